"""A round of the award: its calendar, its limits, and the phase they make."""

import uuid
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from landespreis import clock
from submissions.models import guards

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
