"""What a round asks for: its categories, its criteria and the questions of the form."""

from collections.abc import Iterable
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from submissions.models import guards
from submissions.models.round import FROZEN, Round

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
