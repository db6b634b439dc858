"""Dates (Termine): when and where people meet, who has registered, what is told to them."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, F, Q
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import User
from landespreis import keys, wording
from landespreis.clock import BERLIN
from portal.models.downloads import Download
from portal.models.pictures import Picture

CONFIRMED_WITHIN = timedelta(hours=48)
"""How long a registration waits for its confirmation; after that it is forgotten."""


class EventQuerySet(models.QuerySet["Event"]):
    def published(self, now: datetime) -> "EventQuerySet":
        return self.filter(published_at__lte=now)

    def visible_to(self, user: User | AnonymousUser, now: datetime) -> "EventQuerySet":
        """What is out, and for editors what is not yet."""
        return self if user.has_perm("portal.view_event") else self.published(now)

    def coming(self, now: datetime) -> "EventQuerySet":
        """What has not ended, the next one first."""
        return self.filter(ends_at__gt=now).order_by("starts_at", "pk")

    def past(self, now: datetime) -> "EventQuerySet":
        return self.filter(ends_at__lte=now).order_by("-starts_at", "-pk")


class Event(models.Model):
    """A date. `key` is its UID in calendars, `sequence` grows with every change that calendars have to follow."""

    class Kind(models.TextChoices):
        CONSULTATION = "sprechstunde", "Digitale Sprechstunde"
        SPOTLIGHT = "spotlight", "Spotlight"
        EXCHANGE = "austausch", "Erfahrungsaustausch"
        CONFERENCE = "jahrestagung", "Jahrestagung"
        CEREMONY = "preisverleihung", "Preisverleihung"
        OTHER = "termin", "Termin"

    class Registration(models.TextChoices):
        NONE = "ohne", "ohne Anmeldung"
        OPEN = "anmeldung", "mit Anmeldung"
        INVITATION = "einladung", "nur auf Einladung"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField("Titel", max_length=150)
    slug = models.SlugField(
        "Adresse",
        max_length=100,
        unique=True,
        blank=True,
        help_text="Der letzte Teil der Adresse. Leer = aus Titel und Tag. Frühere Adressen leiten weiter.",
    )
    kind = models.CharField("Art", max_length=15, choices=Kind.choices)
    lead = models.TextField("Vorspann", max_length=400, help_text="Ein oder zwei Sätze, ohne Auszeichnung.")
    body = models.TextField("Text", max_length=30_000, blank=True)
    body_html = models.TextField(editable=False, default="")
    picture = models.ForeignKey(
        Picture, verbose_name="Bild", on_delete=models.PROTECT, null=True, blank=True, related_name="events"
    )
    starts_at = models.DateTimeField("Beginn", db_index=True)
    ends_at = models.DateTimeField("Ende")
    is_online = models.BooleanField("online", default=True)
    place = models.CharField("Ort", max_length=200, blank=True, help_text="Leer bei reinen Online-Terminen.")
    joining_link = models.URLField(
        "Zugangslink",
        blank=True,
        max_length=500,
        help_text="Bekommen nur bestätigte Angemeldete, nie die Öffentlichkeit.",
    )
    registration = models.CharField("Teilnahme", max_length=10, choices=Registration.choices, default=Registration.OPEN)
    capacity = models.PositiveIntegerField("Plätze", null=True, blank=True, help_text="Leer = unbegrenzt.")
    registration_until = models.DateTimeField(
        "Anmeldung bis", null=True, blank=True, help_text="Leer = bis zum Beginn."
    )
    asks_questions = models.BooleanField("Fragen vorab erbitten", default=True)
    keep_days = models.PositiveSmallIntegerField(
        "Anmeldungen löschen nach Tagen", default=30, help_text="So lange nach dem Termin bleiben Namen und Adressen."
    )
    downloads = models.ManyToManyField(Download, verbose_name="Unterlagen", blank=True, related_name="events")
    sequence = models.PositiveIntegerField(default=0, editable=False)
    moved_from = models.DateTimeField("ursprünglich am", null=True, editable=False)
    cancelled_at = models.DateTimeField("abgesagt am", null=True, editable=False)
    notice = models.TextField("Hinweis zur Verlegung oder Absage", max_length=1000, blank=True, editable=False)
    published_at = models.DateTimeField(
        "veröffentlicht ab",
        null=True,
        blank=True,
        db_index=True,
        help_text="Ortszeit in Nordrhein-Westfalen. Leer = Entwurf; ein Zeitpunkt in der Zukunft erscheint von selbst.",
    )
    changed_at = models.DateTimeField("geändert am", editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = "Termin"
        verbose_name_plural = "Termine"
        ordering = ("-starts_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(slug=""),
                name="event_has_address",
                violation_error_message="Der Termin braucht eine Adresse.",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")),
                name="event_ends_after_it_starts",
                violation_error_message="Das Ende muss nach dem Beginn liegen.",
            ),
            models.CheckConstraint(
                condition=Q(is_online=True) | ~Q(place=""),
                name="event_has_a_place",
                violation_error_message="Ein Termin, der nicht online ist, braucht einen Ort.",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("portal:event", args=[self.slug])

    def is_public(self, now: datetime) -> bool:
        return self.published_at is not None and self.published_at <= now

    @property
    def when(self) -> str:
        """Weekday, date, clock times and zone."""
        return wording.span(self.starts_at, self.ends_at)

    @property
    def lasts_days(self) -> bool:
        """Whether it ends on another day."""
        return self.starts_at.astimezone(BERLIN).date() != self.ends_at.astimezone(BERLIN).date()

    @property
    def hours(self) -> str:
        return wording.hours(self.starts_at, self.ends_at)

    @property
    def month(self) -> str:
        return wording.MONTHS[self.starts_at.astimezone(BERLIN).month - 1]

    @property
    def day_number(self) -> int:
        return self.starts_at.astimezone(BERLIN).day

    @property
    def year(self) -> str:
        return str(self.starts_at.astimezone(BERLIN).year)

    @property
    def weekday_name(self) -> str:
        return wording.WEEKDAYS[self.starts_at.astimezone(BERLIN).weekday()]

    @property
    def where(self) -> str:
        if not self.is_online:
            return self.place
        return f"{self.place}, auch online" if self.place else "online"

    @property
    def registration_ends_at(self) -> datetime:
        """The first instant at which nobody can register any more."""
        return min(self.registration_until, self.starts_at) if self.registration_until else self.starts_at


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def alive(self) -> "RegistrationQuerySet":
        return self.exclude(status=Registration.Status.CANCELLED)

    def seated(self) -> "RegistrationQuerySet":
        """Who has a place."""
        return self.filter(status=Registration.Status.CONFIRMED)

    def waiting(self) -> "RegistrationQuerySet":
        """Who moves up next comes first."""
        return self.filter(status=Registration.Status.WAITING).order_by("confirmed_at", "pk")

    def told(self) -> "RegistrationQuerySet":
        """Who has confirmed and hears of every change: with a place or waiting for one."""
        return self.filter(status__in=[Registration.Status.CONFIRMED, Registration.Status.WAITING])

    def taken(self, events: Iterable[Event]) -> dict[int, int]:
        """Return how many places are taken by the pk of each date; no entry where none is."""
        rows = self.seated().filter(event__in=list(events)).order_by().values_list("event_id")
        return dict(rows.annotate(taken=Count("pk")))


class Registration(models.Model):
    """That somebody comes to a date; `key` in their mails lets them confirm and cancel without an account."""

    class Status(models.TextChoices):
        PENDING = "pending", "noch nicht bestätigt"
        CONFIRMED = "confirmed", "angemeldet"
        WAITING = "waiting", "auf der Warteliste"
        CANCELLED = "cancelled", "abgemeldet"

    event = models.ForeignKey(Event, verbose_name="Termin", on_delete=models.CASCADE, related_name="registrations")
    key = models.UUIDField(default=keys.unguessable, unique=True, editable=False)
    name = models.CharField("Vor- und Nachname", max_length=120)
    email = models.EmailField("E-Mail-Adresse")
    organisation = models.CharField("Kommune oder Einrichtung", max_length=150, blank=True)
    question = models.TextField("Frage vorab", max_length=2000, blank=True)
    status = models.CharField("Stand", max_length=10, choices=Status.choices, default=Status.PENDING)
    created_at = models.DateTimeField("eingegangen am")
    confirmed_at = models.DateTimeField("bestätigt am", null=True)
    """When the address was confirmed; the waiting list keeps to it."""
    seated_at = models.DateTimeField("Platz seit", null=True)
    cancelled_at = models.DateTimeField("abgemeldet am", null=True)
    reminded_at = models.DateTimeField("erinnert am", null=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = "Anmeldung"
        verbose_name_plural = "Anmeldungen"
        ordering = ("created_at", "pk")
        default_permissions = ("view", "change", "delete")
        constraints = (
            models.UniqueConstraint(
                "event",
                Lower("email"),
                condition=~Q(status="cancelled"),
                name="one_registration_per_address",
                violation_error_message="Diese Adresse ist schon angemeldet.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["confirmed", "waiting"]) | Q(confirmed_at__isnull=False),
                name="registration_is_confirmed_at_some_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="confirmed") | Q(seated_at__isnull=False), name="a_seat_is_taken_at_some_time"
            ),
        )

    def __str__(self) -> str:
        return f"Anmeldung {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("portal:registration", args=[self.key])

    def is_pending(self, now: datetime) -> bool:
        """Say whether it still waits for its confirmation."""
        return self.status == self.Status.PENDING and now < self.created_at + CONFIRMED_WITHIN


class FormerEventAddress(models.Model):
    """Where a date was found before; the old address leads to the new one."""

    slug = models.SlugField("frühere Adresse", max_length=100, unique=True)
    event = models.ForeignKey(Event, verbose_name="Termin", on_delete=models.CASCADE, related_name="former_addresses")

    class Meta:
        verbose_name = "frühere Adresse"
        verbose_name_plural = "frühere Adressen"
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.slug
