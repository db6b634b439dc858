"""A round of the award and its rows: categories, criteria and the questions of the form."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from landespreis import clock
from submissions.models import guards

RESERVED_KEYS = frozenset(
    [
        "titel",
        "kommune",
        "partner",
        "rechtsform",
        "kurzbeschreibung",
        "dateien",
        "mitwirkende",
        "pruefen",
        "zurueckziehen",
        "uebergeben",
        "versionen",
        "fassungen",
        "zuruecksetzen",
        "hilfe",
        "neu",
        "einladung",
    ]
)
"""Path segments below an entry that a question's key must not take."""
FROZEN = "Seit der ersten abgeschlossenen Bewertung gilt für alle dasselbe: Skala, Kriterien und Gewichte stehen fest."


def default_reminder_hours() -> list[int]:
    return [14 * 24, 7 * 24, 3 * 24, 24, 3]


def default_scoring_reminder_hours() -> list[int]:
    return [7 * 24, 3 * 24, 24]


def validate_reminder_hours(value: Any) -> None:
    """Raise ValidationError unless `value` is a list of different whole hours, at most a year."""
    if not isinstance(value, list) or not all(type(hours) is int and 0 < hours <= 8784 for hours in value):
        raise ValidationError("Bitte geben Sie eine Liste ganzer Stunden an, zum Beispiel [336, 168, 72, 24, 3].")
    if len(set(value)) != len(value):
        raise ValidationError("Jeder Abstand darf nur einmal vorkommen.")


class RoundQuerySet(models.QuerySet["Round"]):
    def announced(self) -> "RoundQuerySet":
        """Rounds that everybody may know of; the others the office still prepares, and they may lack their dates."""
        return self.filter(announced_at__isnull=False)

    def current(self) -> "Round | None":
        """The round the portal is about: of those announced the one that opened or will open last."""
        return self.announced().order_by("-opens_at").first()


class Round(models.Model):
    """One edition of the award. Nothing about an edition is in the code; all of it is here and in the rows below."""

    class Phase(models.TextChoices):
        ANNOUNCED = "announced", "angekündigt"
        OPEN = "open", "Einreichung offen"
        REVIEW = "review", "Prüfung und Jury"
        DECIDED = "decided", "entschieden"
        PUBLISHED = "published", "veröffentlicht"

    key = models.SlugField("Kürzel", unique=True, max_length=30)
    name = models.CharField("Name", max_length=150)
    number_prefix = models.CharField("Anfang der Nummern", max_length=20, help_text="Zum Beispiel „IKZ-2026“.")
    # A round in preparation may lack the four dates; of announced ones, which all others read, a constraint holds them.
    opens_at: "models.DateTimeField[datetime | str, datetime]" = models.DateTimeField(  # type: ignore[misc]
        "Einreichung ab", null=True, blank=True
    )
    closes_at: "models.DateTimeField[datetime | str, datetime]" = models.DateTimeField(  # type: ignore[misc]
        "Einreichungsschluss",
        null=True,
        blank=True,
        help_text="Der erste Augenblick, in dem nichts mehr angenommen wird.",
    )
    contract_after = models.DateField(
        "Stichtag der Vereinbarung",
        null=True,
        blank=True,
        help_text="Leer: Der Stichtag wird nicht geprüft.",
    )
    ceremony_on: "models.DateField[date | str, date]" = models.DateField(  # type: ignore[misc]
        "Preisverleihung am", null=True, blank=True
    )
    embargo_until: "models.DateTimeField[datetime | str, datetime]" = models.DateTimeField(  # type: ignore[misc]
        "Preisträger nicht öffentlich vor", null=True, blank=True
    )
    announced_at = models.DateTimeField("bekannt gemacht am", null=True, default=timezone.now, editable=False)
    """Empty while the Geschäftsstelle prepares the round: nobody else knows of it."""
    decided_at = models.DateTimeField("entschieden am", null=True, editable=False)
    prize = models.PositiveIntegerField("Preisgeld je Kategorie in Euro", default=10_000)
    scale_min = models.PositiveSmallIntegerField("kleinste Punktzahl", default=0)
    scale_max = models.PositiveSmallIntegerField("größte Punktzahl", default=10)
    max_file_megabytes = models.PositiveSmallIntegerField(
        "größte Datei in MB",
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
    )
    max_files = models.PositiveSmallIntegerField("Dateien je Einreichung", default=10)
    max_abstract = models.PositiveIntegerField("Zeichen der Kurzbeschreibung", default=800)
    proof_required = models.BooleanField(
        "Bestätigung als Datei verlangen",
        default=False,
        help_text="Ohne Haken genügt die Erklärung, dass die Gremien zugestimmt haben.",
    )
    four_eyes = models.BooleanField(
        "formale Prüfung zu zweit",
        default=False,
        help_text="Eine Person schlägt die Entscheidung vor, eine andere bestätigt sie.",
    )
    reminder_hours = models.JSONField(
        "Erinnerungen, Stunden vor Schluss",
        default=default_reminder_hours,
        validators=[validate_reminder_hours],
    )
    scoring_opens_at = models.DateTimeField(
        "Bewertung ab",
        null=True,
        blank=True,
        help_text="Vorher sieht die Jury keine Einreichung. Leer: Die Jury wartet.",
    )
    scoring_closes_at = models.DateTimeField(
        "Bewertungsschluss",
        null=True,
        blank=True,
        help_text="Bis dahin erinnert das Portal die Jury. Ändern kann sie Bewertungen bis zur Eröffnung der Sitzung.",
    )
    session_at = models.DateTimeField("Jurysitzung am", null=True, blank=True)
    scoring_reminder_hours = models.JSONField(
        "Erinnerungen der Jury, Stunden vor Bewertungsschluss",
        default=default_scoring_reminder_hours,
        validators=[validate_reminder_hours],
    )
    quorum = models.PositiveSmallIntegerField(
        "Quorum",
        default=3,
        validators=[MinValueValidator(1)],
        help_text="So viele gültige Bewertungen braucht jede Einreichung, bevor ihre Sitzung eröffnet werden kann.",
    )
    last_number = models.PositiveIntegerField("letzte vergebene Nummer", default=0, editable=False)
    stamp = models.UUIDField(default=uuid.uuid4, editable=False)
    """Renewed by a database trigger with every change of the round and its rows, but for `last_number`."""

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = "Wettbewerbsrunde"
        verbose_name_plural = "Wettbewerbsrunden"
        ordering = ("-opens_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(announced_at__isnull=True)
                | Q(opens_at__isnull=False)
                & Q(closes_at__isnull=False)
                & Q(ceremony_on__isnull=False)
                & Q(embargo_until__isnull=False),
                name="round_announced_with_dates",
                violation_error_message="Bekannt wird eine Runde mit Beginn, Schluss, Preisverleihung und Sperrfrist.",
            ),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")),
                name="round_opens_before_it_closes",
                violation_error_message="Der Einreichungsschluss muss nach dem Beginn liegen.",
            ),
            models.CheckConstraint(
                condition=Q(scale_min__lt=F("scale_max")),
                name="round_scale_grows",
                violation_error_message="Die größte Punktzahl muss über der kleinsten liegen.",
            ),
            models.CheckConstraint(
                condition=Q(scoring_opens_at__isnull=True)
                | Q(scoring_closes_at__isnull=True)
                | Q(scoring_opens_at__lt=F("scoring_closes_at")),
                name="round_scoring_opens_before_it_closes",
                violation_error_message="Der Bewertungsschluss muss nach dem Beginn der Bewertung liegen.",
            ),
            models.CheckConstraint(
                condition=Q(scoring_opens_at__isnull=True) | Q(scoring_opens_at__gte=F("closes_at")),
                name="round_scoring_after_window",
                violation_error_message="Die Bewertung kann erst nach dem Einreichungsschluss beginnen.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def max_file_bytes(self) -> int:
        return self.max_file_megabytes * 1024 * 1024

    def clean(self) -> None:
        """Refuse contradictions and what would break running entries, with the reasons.

        The scale once the jury has finished an assessment too; a trigger would refuse it without words.
        """
        before = Round.objects.filter(pk=self.pk).first() if self.pk else None
        if reasons := guards.gathered(guards.of_round(before, self, clock.now())):
            raise ValidationError(reasons)
        if before is None or (before.scale_min, before.scale_max) == (self.scale_min, self.scale_max):
            return
        if self.is_scored:
            raise ValidationError(f"Die Skala lässt sich nicht mehr ändern. {FROZEN}")

    @property
    def is_scored(self) -> bool:
        """Whether the jury has finished an assessment: from then on scale, criteria and weights are frozen."""
        return self.submissions.filter(assessments__first_finalised_at__isnull=False).exists()

    def lacks(self, *names: str) -> list[str]:
        """Return which of the four dates are empty, or of those named; only a round in preparation may lack any."""
        return [name for name in names or guards.DATES if getattr(self, name) is None]

    @property
    def is_announced(self) -> bool:
        """Whether everybody may know of the round; otherwise it is in preparation and may lack its dates."""
        return self.announced_at is not None

    def phase(self, now: datetime) -> "Round.Phase":
        """Return the phase of an announced round at `now`; derived from the dates, never stored."""
        if now < self.opens_at:
            return Round.Phase.ANNOUNCED
        if now < self.closes_at:
            return Round.Phase.OPEN
        if now >= self.embargo_until:
            return Round.Phase.PUBLISHED
        return Round.Phase.DECIDED if self.decided_at and now >= self.decided_at else Round.Phase.REVIEW


class Category(models.Model):
    round = models.ForeignKey(Round, verbose_name="Runde", on_delete=models.CASCADE, related_name="categories")
    key = models.SlugField("Kürzel", max_length=40)
    name = models.CharField("Name", max_length=120)
    short_name = models.CharField("kurzer Name", max_length=60)
    blurb = models.CharField("Erklärung in einem Satz", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("Reihenfolge")
    decided_at = models.DateTimeField("entschieden am", null=True, editable=False)
    """Set when the jury's decision is locked: from then on nothing about the category's entries changes."""

    class Meta:
        verbose_name = "Kategorie"
        verbose_name_plural = "Kategorien"
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["round", "key"], name="one_category_per_key"),
            models.UniqueConstraint(
                fields=["round", "position"],
                name="one_category_per_position",
                violation_error_message="Auf diesem Platz steht schon eine Kategorie.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        before = Category.objects.filter(pk=self.pk).first() if self.pk else None
        if reasons := guards.gathered(guards.of_category(before, self)):
            raise ValidationError(reasons)


class Criterion(models.Model):
    round = models.ForeignKey(Round, verbose_name="Runde", on_delete=models.CASCADE, related_name="criteria")
    key = models.SlugField("Kürzel", max_length=40)
    title = models.CharField("Name", max_length=120)
    explanation = models.TextField("Erläuterung")
    weight = models.DecimalField(
        "Gewicht",
        max_digits=6,
        decimal_places=3,
        default=1,
        validators=[MinValueValidator(0)],
    )
    tie_break = models.PositiveSmallIntegerField(
        "entscheidet bei Gleichstand",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="1: zuerst, 2: danach. Leer: nie. Nach den Kriterien entscheidet der Median, dann eine Abstimmung.",
    )
    position = models.PositiveSmallIntegerField("Reihenfolge")

    class Meta:
        verbose_name = "Kriterium"
        verbose_name_plural = "Kriterien"
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["round", "key"], name="one_criterion_per_key"),
            models.UniqueConstraint(
                fields=["round", "tie_break"],
                name="one_criterion_per_tie_break",
                violation_error_message="An dieser Stelle entscheidet schon ein anderes Kriterium.",
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=0),
                name="criterion_weight_not_negative",
                violation_error_message="Ein Gewicht kann nicht negativ sein.",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse a change once the jury has finished an assessment; a trigger would refuse it without words."""
        before = Criterion.objects.filter(pk=self.pk).first() if self.pk else None
        frozen = ("key", "title", "explanation", "weight", "tie_break", "position")
        if before and all(getattr(before, name) == getattr(self, name) for name in frozen):
            return
        if self.round_id and self.round.is_scored:
            raise ValidationError(f"Die Kriterien lassen sich nicht mehr ändern. {FROZEN}")


def require_weights(weights: Iterable[Decimal]) -> None:
    """Raise ValidationError when there are criteria and none of them counts."""
    given = list(weights)
    if given and not sum(given):
        raise ValidationError("Mindestens ein Kriterium muss zählen: Die Summe der Gewichte ist null.")


class Question(models.Model):
    """One text section of the form."""

    round = models.ForeignKey(Round, verbose_name="Runde", on_delete=models.CASCADE, related_name="questions")
    key = models.SlugField("Kürzel", max_length=40, help_text="Steht in der Adresse des Abschnitts.")
    title = models.CharField("Überschrift", max_length=120)
    short_title = models.CharField("kurze Überschrift", max_length=40)
    intro = models.TextField("Einleitung", blank=True)
    prompt = models.CharField("Frage", max_length=200)
    help = models.CharField("Hinweis", max_length=300, blank=True)
    example = models.TextField("Beispiel für eine gute Antwort", blank=True)
    max_characters = models.PositiveIntegerField(
        "höchstens Zeichen",
        default=3000,
        validators=[MinValueValidator(100), MaxValueValidator(20_000)],
    )
    required = models.BooleanField("muss beantwortet werden", default=True)
    criterion = models.ForeignKey(
        Criterion,
        verbose_name="Kriterium",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="questions",
    )
    position = models.PositiveSmallIntegerField("Reihenfolge")

    class Meta:
        verbose_name = "Frage"
        verbose_name_plural = "Fragen"
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=["round", "key"], name="one_question_per_key"),)

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.key in RESERVED_KEYS:
            raise ValidationError({"key": f"Das Kürzel „{self.key}“ ist für einen festen Abschnitt vergeben."})
        if self.criterion_id and self.criterion and self.criterion.round_id != self.round_id:
            raise ValidationError({"criterion": "Das Kriterium gehört zu einer anderen Runde."})
        before = Question.objects.filter(pk=self.pk).first() if self.pk else None
        reasons = guards.gathered(guards.of_question(before, self)) if self.round_id else {}
        if reasons:
            raise ValidationError(reasons)
