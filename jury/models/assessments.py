"""What a juror declares about an entry and how they score it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from jury.models.seats import Juror, Seat
from submissions.models import Criterion, Submission, Version


class Clearance(models.Model):
    """That a juror stated, before the first look, not to be biased about an entry."""

    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="clearances")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("erklärt am")

    class Meta:
        verbose_name = "Erklärung „nicht befangen“"
        verbose_name_plural = "Erklärungen „nicht befangen“"
        constraints = (models.UniqueConstraint(fields=["juror", "submission"], name="one_clearance_per_juror"),)

    def __str__(self) -> str:
        return f"{self.juror}: nicht befangen"


class RecusalQuerySet(models.QuerySet["Recusal"]):
    def standing(self) -> "RecusalQuerySet":
        """Leave out those the Geschäftsstelle took back."""
        return self.filter(taken_back_at__isnull=True)


class Recusal(models.Model):
    """That a juror declared a bias about an entry, with its reason; it stays, also when it is taken back.

    Codes after §§ 20, 21 VwVfG NRW as a model; membership of a municipality in an association is none of them.
    """

    class Reason(models.TextChoices):
        OFFICE = "amt", "Mandat oder Beschäftigung bei einer beteiligten Kommune"
        KINSHIP = "angehoerige", "Angehörige sind beteiligt"
        ADVICE = "beratung", "Ich habe das Projekt beraten oder daran mitgearbeitet"
        FINANCE = "finanzierung", "Meine Institution hat das Projekt finanziert"
        OTHER = "anderer", "Anderer Grund"

    juror = models.ForeignKey(Juror, verbose_name="Jurymitglied", on_delete=models.PROTECT, related_name="recusals")
    submission = models.ForeignKey(Submission, verbose_name="Einreichung", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField("Grund", max_length=15, choices=Reason.choices)
    text = models.TextField("Erläuterung", max_length=1000)
    at = models.DateTimeField("erklärt am")
    taken_back_at = models.DateTimeField("aufgehoben am", null=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="aufgehoben von",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    taken_back_reason = models.TextField("Grund der Aufhebung", max_length=1000, blank=True)

    objects = RecusalQuerySet.as_manager()

    class Meta:
        verbose_name = "Befangenheit"
        verbose_name_plural = "Befangenheiten"
        ordering = ("-at",)
        constraints = (
            models.UniqueConstraint(
                fields=["juror", "submission"],
                condition=Q(taken_back_at__isnull=True),
                name="one_standing_recusal",
                violation_error_message="Die Befangenheit ist schon erklärt.",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True, taken_back_reason="")
                | (Q(taken_back_at__isnull=False, taken_back_by__isnull=False) & ~Q(taken_back_reason="")),
                name="recusal_taken_back_has_who_when_why",
            ),
        )

    def __str__(self) -> str:
        return f"{self.juror}: {self.get_reason_display()}"


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def standing(self) -> "AssessmentQuerySet":
        """Leave out what stopped counting by a recusal; it is kept for the minutes only."""
        return self.exclude(status=Assessment.Status.VOID)

    def final(self) -> "AssessmentQuerySet":
        return self.filter(status=Assessment.Status.FINAL)


class Assessment(models.Model):
    """The score sheet of a seat for an entry: a draft, final, or void since a recusal."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Entwurf"
        FINAL = "final", "abgeschlossen"
        VOID = "void", "zählt nicht, befangen"

    seat = models.ForeignKey(Seat, verbose_name="Sitz", on_delete=models.PROTECT, related_name="assessments")
    juror = models.ForeignKey(Juror, verbose_name="bewertet von", on_delete=models.PROTECT, related_name="assessments")
    submission = models.ForeignKey(
        Submission, verbose_name="Einreichung", on_delete=models.PROTECT, related_name="assessments"
    )
    version = models.ForeignKey(Version, verbose_name="Version", on_delete=models.PROTECT, related_name="+")
    status = models.CharField("Stand", max_length=5, choices=Status.choices, default=Status.DRAFT)
    comment = models.TextField("Gesamteindruck", max_length=3000, blank=True)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField("gespeichert am")
    finalised_at = models.DateTimeField("abgeschlossen am", null=True)
    first_finalised_at = models.DateTimeField("zuerst abgeschlossen am", null=True)
    """Stays when the sheet is reopened: from it on weights and scale of the round are frozen."""

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = "Bewertung"
        verbose_name_plural = "Bewertungen"
        constraints = (
            models.UniqueConstraint(
                fields=["seat", "submission"],
                condition=~Q(status="void"),
                name="one_standing_assessment_per_seat",
            ),
            models.CheckConstraint(
                condition=Q(status="final", finalised_at__isnull=False, first_finalised_at__isnull=False)
                | ~Q(status="final"),
                name="final_assessment_has_moment",
            ),
        )

    def __str__(self) -> str:
        """Never the points: this name stands in the admin."""
        return f"{self.submission} – {self.seat.short_name}"


class Score(models.Model):
    """Points for one criterion; none yet while the sheet is a draft. A trigger refuses points outside the scale."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, verbose_name="Kriterium", on_delete=models.PROTECT, related_name="scores")
    points = models.PositiveSmallIntegerField("Punkte", null=True)
    comment = models.TextField("Begründung", max_length=2000, blank=True)

    class Meta:
        verbose_name = "Punkte"
        verbose_name_plural = "Punkte"
        ordering = ("criterion__position",)
        constraints = (models.UniqueConstraint(fields=["assessment", "criterion"], name="one_score_per_criterion"),)

    def __str__(self) -> str:
        return str(self.criterion)
