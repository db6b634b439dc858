"""What the office does for the people of an entry: requests for help, answers, offers to successors."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from submissions.models.entry import Submission
from submissions.models.people import Editor

MOST_CHARACTERS = 2000


class HelpRequestQuerySet(models.QuerySet["HelpRequest"]):
    def open(self, now: datetime) -> "HelpRequestQuerySet":
        """Neither ended nor run out: as long as a request is among these, the office may read the draft."""
        return self.filter(ended_at__isnull=True, until__gt=now)

    def waiting(self, now: datetime) -> "HelpRequestQuerySet":
        """Those the office owes something: open, or run out without an answer."""
        unanswered = ~Exists(HelpAnswer.objects.filter(request=OuterRef("pk")))
        return self.filter(Q(until__gt=now) | unanswered, ended_at__isnull=True)


class HelpRequest(models.Model):
    """The people of an entry let the office read their draft, for a time they chose; its words never change."""

    class Days(models.IntegerChoices):
        ONE = 1, "1 Tag"
        THREE = 3, "3 Tage"
        SEVEN = 7, "7 Tage"

    submission = models.ForeignKey(
        Submission, verbose_name="Einreichung", on_delete=models.CASCADE, related_name="help_requests"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="gebeten von", on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField("gebeten am")
    question = models.TextField("Frage", validators=[MaxLengthValidator(MOST_CHARACTERS)])
    days = models.PositiveSmallIntegerField("Entwurf einsehbar", choices=Days.choices, default=Days.THREE)
    until = models.DateTimeField("einsehbar bis")
    ended_at = models.DateTimeField("beendet am", null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="beendet von",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Leer: Die Zeit war abgelaufen.",
    )

    objects = HelpRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "Bitte um Hilfe"
        verbose_name_plural = "Bitten um Hilfe"
        ordering = ("-asked_at", "-pk")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(ended_at__isnull=True),
                name="one_help_request_at_a_time",
                violation_error_message="Für diese Einreichung ist schon um Hilfe gebeten.",
            ),
            models.CheckConstraint(
                condition=~Q(question=""),
                name="help_request_has_question",
                violation_error_message="Bitte schreiben Sie Ihre Frage.",
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("asked_at")),
                name="help_request_runs_forward",
                violation_error_message="Das Ende liegt nach dem Anfang.",
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True) | Q(ended_at__isnull=False),
                name="help_request_ended_by_when",
                violation_error_message="Beendet braucht einen Zeitpunkt.",
            ),
        )

    def __str__(self) -> str:
        return f"Bitte um Hilfe von {self.asked_by}"


class HelpAnswer(models.Model):
    """What the office wrote back."""

    request = models.ForeignKey(
        HelpRequest, verbose_name="Bitte um Hilfe", on_delete=models.CASCADE, related_name="answers"
    )
    text = models.TextField("Antwort")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="von", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("am")

    class Meta:
        verbose_name = "Antwort der Geschäftsstelle"
        verbose_name_plural = "Antworten der Geschäftsstelle"
        ordering = ("at", "pk")
        default_permissions = ("view",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(text=""),
                name="help_answer_has_text",
                violation_error_message="Bitte schreiben Sie eine Antwort.",
            ),
        )

    def __str__(self) -> str:
        return f"Antwort von {self.by}"


class OfferQuerySet(models.QuerySet["Offer"]):
    def waiting(self) -> "OfferQuerySet":
        """Neither taken nor taken back; whether the time is over, `Offer.expires_at` says."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)


class Offer(models.Model):
    """An entry whose owner has left, offered by the office to somebody who first needs an account or a workplace."""

    DAYS = timedelta(days=14)
    """How long the link in the mail holds."""

    submission = models.ForeignKey(
        Submission, verbose_name="Einreichung", on_delete=models.CASCADE, related_name="offers"
    )
    email = models.EmailField("E-Mail-Adresse")
    keeps = models.CharField("bisherige Person darf weiter", max_length=10, choices=Editor.Role.choices, blank=True)
    reason = models.TextField("Grund")
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="angeboten von", on_delete=models.PROTECT, related_name="+"
    )
    offered_at = models.DateTimeField("angeboten am")
    accepted_at = models.DateTimeField("angenommen am", null=True)
    withdrawn_at = models.DateTimeField("zurückgenommen am", null=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = "angebotene Übernahme"
        verbose_name_plural = "angebotene Übernahmen"
        ordering = ("-offered_at",)
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="one_offer_at_a_time",
                violation_error_message="Diese Einreichung ist schon jemandem angeboten.",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="offer_has_reason",
                violation_error_message="Bitte nennen Sie den Grund.",
            ),
        )

    def __str__(self) -> str:
        return f"Übernahme durch {self.email}"

    @property
    def expires_at(self) -> datetime:
        return self.offered_at + self.DAYS
