"""Seats of the jury (institutions) and the people who fill them, one after the other."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from submissions.models import Round, guards


class Seat(models.Model):
    """An institution's place in the jury of a round. What is scored belongs to the seat, whoever fills it."""

    round = models.ForeignKey(Round, verbose_name="Runde", on_delete=models.CASCADE, related_name="seats")
    key = models.SlugField("Kürzel", max_length=40)
    institution = models.CharField("Institution", max_length=120)
    short_name = models.CharField("kurzer Name", max_length=40, help_text="Steht in Tabellen und unter Bildern.")
    position = models.PositiveSmallIntegerField("Reihenfolge", help_text="1 heißt in Bildern A, 2 heißt B und so fort.")
    is_chair = models.BooleanField("Vorsitz", default=False)

    class Meta:
        verbose_name = "Sitz"
        verbose_name_plural = "Sitze"
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["round", "key"], name="one_seat_per_key"),
            models.UniqueConstraint(
                fields=["round", "position"],
                name="one_seat_per_position",
                violation_error_message="Auf diesem Platz steht schon ein Sitz.",
            ),
            models.UniqueConstraint(
                fields=["round"],
                condition=Q(is_chair=True),
                name="one_chair_per_round",
                violation_error_message="Den Vorsitz hat schon ein anderer Sitz.",
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=26),
                name="seat_has_a_letter",
                violation_error_message="Die Reihenfolge geht von 1 bis 26.",
            ),
        )

    def __str__(self) -> str:
        return self.institution

    @property
    def letter(self) -> str:
        """The letter that stands for the seat in pictures."""
        return chr(ord("A") + self.position - 1)

    def clean(self) -> None:
        """Refuse a further seat while a Session of its round is open: its quorum was met without."""
        if self._state.adding and self.round_id and (reason := guards.in_session(self.round)):
            raise ValidationError(reason)


class JurorQuerySet(models.QuerySet["Juror"]):
    def serving(self) -> "JurorQuerySet":
        """Leave out those whose time on the seat has ended."""
        return self.filter(until__isnull=True)

    def confirmed(self) -> "JurorQuerySet":
        """Those who accepted the invitation and still serve."""
        return self.serving().filter(user__isnull=False)


class Juror(models.Model):
    """A person on a seat, from an invitation until a successor is named; `user` is empty until they confirm."""

    seat = models.ForeignKey(Seat, verbose_name="Sitz", on_delete=models.PROTECT, related_name="jurors")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="Konto",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="jury_service",
    )
    name = models.CharField("Vor- und Nachname", max_length=120)
    email = models.EmailField("E-Mail-Adresse")
    since = models.DateField("im Amt ab")
    until = models.DateTimeField("im Amt bis", null=True, editable=False)
    invited_at = models.DateTimeField("eingeladen am", null=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="eingeladen von",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    confirmed_at = models.DateTimeField("zugesagt am", null=True, editable=False)
    notice_accepted_at = models.DateTimeField("Hinweise angenommen am", null=True, editable=False)

    objects = JurorQuerySet.as_manager()

    class Meta:
        verbose_name = "Jurymitglied"
        verbose_name_plural = "Jurymitglieder"
        ordering = ("seat__position", "-since", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["seat"],
                condition=Q(until__isnull=True),
                name="one_serving_juror_per_seat",
                violation_error_message="Auf diesem Sitz ist schon jemand. Benennen Sie eine Nachfolge.",
            ),
            models.UniqueConstraint("seat", Lower("email"), condition=Q(until__isnull=True), name="juror_address_once"),
            models.CheckConstraint(
                condition=Q(user__isnull=True, confirmed_at__isnull=True)
                | Q(user__isnull=False, confirmed_at__isnull=False, invited_at__isnull=False),
                name="juror_confirmed_has_account",
            ),
            models.CheckConstraint(
                condition=Q(notice_accepted_at__isnull=True) | Q(notice_accepted_at__gte=F("confirmed_at")),
                name="juror_notice_after_confirmation",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.seat.short_name})"
