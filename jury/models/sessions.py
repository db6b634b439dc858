"""The Session of a category, who attended it, and what it decided."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from jury.models.seats import Juror, Seat
from submissions.models import Category, Submission


class Session(models.Model):
    """The meeting in which the jury decides a category; the row is written when the Geschäftsstelle opens it."""

    category = models.OneToOneField(
        Category, verbose_name="Kategorie", on_delete=models.PROTECT, related_name="session"
    )
    opened_at = models.DateTimeField("eröffnet am")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="eröffnet von", on_delete=models.PROTECT, related_name="+"
    )
    revision = models.PositiveIntegerField(default=0)
    """Grows with every change anybody in the room should see; pages ask for it."""

    class Meta:
        verbose_name = "Sitzung"
        verbose_name_plural = "Sitzungen"
        ordering = ("category__position",)

    def __str__(self) -> str:
        return f"Sitzung {self.category.short_name}"


class Attendance(models.Model):
    """That a juror took part in a Session."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="attendances")
    juror = models.ForeignKey(Juror, verbose_name="Jurymitglied", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "Anwesenheit"
        verbose_name_plural = "Anwesenheiten"
        ordering = ("juror__seat__position",)
        constraints = (models.UniqueConstraint(fields=["session", "juror"], name="juror_attends_once"),)

    def __str__(self) -> str:
        return str(self.juror)


class Decision(models.Model):
    """What the jury decided in a category: a winner or no prize. Locked once chair and Geschäftsstelle confirmed."""

    session = models.OneToOneField(Session, verbose_name="Sitzung", on_delete=models.PROTECT, related_name="decision")
    winner = models.ForeignKey(
        Submission,
        verbose_name="Preis für",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Leer: kein Preis.",
    )
    votes_for = models.PositiveSmallIntegerField("Ja")
    votes_against = models.PositiveSmallIntegerField("Nein")
    votes_abstained = models.PositiveSmallIntegerField("Enthaltung")
    reasons = models.TextField("Gründe der Jury", max_length=5000)
    laudatio = models.ForeignKey(
        Seat, verbose_name="Laudatio schreibt", on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_by = models.ForeignKey(Juror, verbose_name="festgehalten von", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("festgehalten am")
    revision = models.PositiveIntegerField(default=1)
    """Who confirms says which revision; a change takes both confirmations away."""
    chair = models.ForeignKey(
        Juror, verbose_name="bestätigt vom Vorsitz", on_delete=models.PROTECT, null=True, related_name="+"
    )
    chair_at = models.DateTimeField("bestätigt vom Vorsitz am", null=True)
    office = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="bestätigt von der Geschäftsstelle",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    office_at = models.DateTimeField("bestätigt von der Geschäftsstelle am", null=True)
    locked_at = models.DateTimeField("gesperrt am", null=True)

    class Meta:
        verbose_name = "Beschluss"
        verbose_name_plural = "Beschlüsse"
        constraints = (
            models.CheckConstraint(condition=~Q(reasons=""), name="decision_has_reasons"),
            models.CheckConstraint(
                condition=Q(winner__isnull=True, laudatio__isnull=True)
                | Q(winner__isnull=False, laudatio__isnull=False),
                name="laudatio_only_for_a_winner",
                violation_error_message="Eine Laudatio gibt es genau dann, wenn es einen Preis gibt.",
            ),
            models.CheckConstraint(
                condition=Q(chair__isnull=True, chair_at__isnull=True) | Q(chair__isnull=False, chair_at__isnull=False),
                name="chair_confirmation_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(office__isnull=True, office_at__isnull=True)
                | Q(office__isnull=False, office_at__isnull=False),
                name="office_confirmation_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(locked_at__isnull=True) | Q(chair__isnull=False, office__isnull=False),
                name="decision_locked_by_two",
            ),
        )

    def __str__(self) -> str:
        """Never the winner: this name stands in the admin."""
        return f"Beschluss {self.session.category.short_name}"
