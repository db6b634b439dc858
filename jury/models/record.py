"""What happened in the jury: its journal, and the reminders that went out."""

from django.conf import settings
from django.db import models

from jury.models.seats import Juror, Seat
from landespreis import wording
from submissions.models import Category, Round, Submission


class JuryEvent(models.Model):
    """A line of the jury's journal. A database trigger refuses every change.

    `detail` may hold points; the admin never shows it before the decision is locked.
    """

    class Verb(models.TextChoices):
        NAMED = "named", "benannt"
        INVITED = "invited", "eingeladen"
        CONFIRMED = "confirmed", "zugesagt"
        NOTICE_ACCEPTED = "notice_accepted", "Hinweise angenommen"
        ENDED = "ended", "Amt beendet"
        CLEARED = "cleared", "nicht befangen erklärt"
        RECUSED = "recused", "Befangenheit erklärt"
        RECUSAL_TAKEN_BACK = "recusal_taken_back", "Befangenheit aufgehoben"
        FINALISED = "finalised", "Bewertung abgeschlossen"
        REOPENED = "reopened", "Bewertung wieder geöffnet"
        OPENED = "opened", "Sitzung eröffnet"
        ATTENDANCE = "attendance", "Anwesenheit festgehalten"
        REVISED = "revised", "Bewertung in der Sitzung geändert"
        RECORDED = "recorded", "Beschluss festgehalten"
        CHAIR_CONFIRMED = "chair_confirmed", "Beschluss vom Vorsitz bestätigt"
        OFFICE_CONFIRMED = "office_confirmed", "Beschluss von der Geschäftsstelle bestätigt"
        LOCKED = "locked", "Beschluss gesperrt"
        LOOKED = "looked", "Punkte vor dem Beschluss eingesehen"
        RELEASED = "released", "Brief freigegeben"
        REMINDED = "reminded", "erinnert"

    round = models.ForeignKey(Round, verbose_name="Runde", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("Zeitpunkt")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="von",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Leer: das Portal selbst.",
    )
    verb = models.CharField("Vorgang", max_length=20, choices=Verb.choices)
    seat = models.ForeignKey(Seat, verbose_name="Sitz", on_delete=models.PROTECT, null=True, related_name="+")
    category = models.ForeignKey(
        Category, verbose_name="Kategorie", on_delete=models.PROTECT, null=True, related_name="+"
    )
    submission = models.ForeignKey(
        Submission, verbose_name="Einreichung", on_delete=models.PROTECT, null=True, related_name="+"
    )
    detail = models.JSONField("Einzelheiten", default=dict)

    class Meta:
        verbose_name = "Vorgang der Jury"
        verbose_name_plural = "Verlauf der Jury"
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.get_verb_display()} am {wording.moment_short(self.at)}"


class ScoringReminder(models.Model):
    """That a juror was told how long they can still score, once per offset; 0 hours: that scoring has begun."""

    juror = models.ForeignKey(Juror, verbose_name="Jurymitglied", on_delete=models.CASCADE, related_name="reminders")
    hours = models.PositiveIntegerField("Stunden vor Schluss")
    deadline = models.DateTimeField("Schluss")
    sent_at = models.DateTimeField("verschickt am")

    class Meta:
        verbose_name = "Erinnerung der Jury"
        verbose_name_plural = "Erinnerungen der Jury"
        ordering = ("-sent_at",)
        constraints = (
            models.UniqueConstraint(fields=["juror", "hours", "deadline"], name="one_scoring_reminder_per_offset"),
        )

    def __str__(self) -> str:
        return f"{self.hours} Stunden vor Schluss"
