"""The newsletter: its issues in blocks, who gets it, and what was sent to whom."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Lower
from django.urls import reverse

from landespreis import keys
from portal.models.events import Event
from portal.models.news import News
from portal.models.projects import Project

ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def roman(number: int) -> str:
    """Return a number from 1 to 39 as Romans wrote it: 3 → «III»."""
    said = ""
    for value, letters in ROMAN:
        said += letters * (number // value)
        number %= value
    return said


class NewsletterQuerySet(models.QuerySet["Newsletter"]):
    def published(self, now: datetime) -> "NewsletterQuerySet":
        """What stands in the archive: everything that went out."""
        return self.filter(released_at__lte=now)


class Newsletter(models.Model):
    """An issue. Its number within the year is given when it is released, and never again."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Entwurf"
        SENDING = "sending", "wird versendet"
        PAUSED = "paused", "angehalten"
        SENT = "sent", "versendet"

    year = models.PositiveSmallIntegerField("Jahr", null=True, editable=False)
    number = models.PositiveSmallIntegerField("Nummer", null=True, editable=False)
    slug = models.SlugField("Adresse", max_length=20, blank=True, default="", editable=False)
    """«iii-2025», from the number; empty before."""
    subject = models.CharField("Betreff", max_length=150, help_text="Ohne Nummer; sie kommt beim Versand davor.")
    lead = models.TextField("Vorspann", max_length=600, blank=True, help_text="Die Begrüßung, ohne Auszeichnung.")
    status = models.CharField("Stand", max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    released_at = models.DateTimeField("freigegeben am", null=True, editable=False)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="freigegeben von",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    finished_at = models.DateTimeField("versendet am", null=True, editable=False)
    recipients = models.PositiveIntegerField("Empfänger", null=True, editable=False)
    """How many it went to; deliveries go away with the subscribers they are to."""
    changed_at = models.DateTimeField("geändert am", editable=False)

    objects = NewsletterQuerySet.as_manager()

    class Meta:
        verbose_name = "Newsletter"
        verbose_name_plural = "Newsletter"
        ordering = (models.F("year").desc(nulls_first=True), models.F("number").desc(nulls_first=True), "-pk")
        constraints = (
            models.UniqueConstraint(fields=["year", "number"], name="one_newsletter_per_number"),
            models.UniqueConstraint(fields=["slug"], condition=~Q(slug=""), name="one_newsletter_per_address"),
            models.CheckConstraint(
                condition=Q(status="draft", number__isnull=True, released_at__isnull=True, slug="")
                | Q(
                    ~Q(status="draft"),
                    year__isnull=False,
                    number__isnull=False,
                    released_at__isnull=False,
                )
                & ~Q(slug=""),
                name="released_newsletter_has_number",
            ),
        )

    def __str__(self) -> str:
        return f"{self.label}: {self.subject}" if self.number else f"{self.subject} (Entwurf)"

    def get_absolute_url(self) -> str:
        return reverse("portal:newsletter", args=[self.slug])

    @property
    def label(self) -> str:
        """«III/2025» once it is released."""
        return f"{roman(self.number)}/{self.year}" if self.number else ""


class Block(models.Model):
    """A piece of an issue: a text, or something from the portal, as it stood when the issue was released."""

    class Kind(models.TextChoices):
        TEXT = "text", "Text"
        NEWS = "meldung", "Meldung"
        PROJECT = "projekt", "Projekt"
        EVENT = "termin", "Termin"

    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="blocks")
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)
    kind = models.CharField("Art", max_length=10, choices=Kind.choices)
    heading = models.CharField("Überschrift", max_length=150, blank=True)
    body = models.TextField("Text", max_length=10_000, blank=True)
    body_html = models.TextField(editable=False, default="")
    news = models.ForeignKey(
        News, verbose_name="Meldung", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    project = models.ForeignKey(
        Project, verbose_name="Projekt", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    event = models.ForeignKey(
        Event, verbose_name="Termin", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "Baustein"
        verbose_name_plural = "Bausteine"
        ordering = ("position", "pk")
        constraints = (
            models.CheckConstraint(
                condition=(Q(kind="text", news__isnull=True, project__isnull=True, event__isnull=True) & ~Q(body=""))
                | Q(kind="meldung", news__isnull=False, project__isnull=True, event__isnull=True)
                | Q(kind="projekt", news__isnull=True, project__isnull=False, event__isnull=True)
                | Q(kind="termin", news__isnull=True, project__isnull=True, event__isnull=False),
                name="block_has_what_its_kind_says",
                violation_error_message="Ein Baustein hat genau das, was seine Art sagt: einen Text, eine Meldung, ein "
                "Projekt oder einen Termin.",
            ),
        )

    def __str__(self) -> str:
        return self.heading or self.get_kind_display()


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def active(self) -> "SubscriberQuerySet":
        return self.filter(status=Subscriber.Status.ACTIVE)


class Subscriber(models.Model):
    """Who gets the newsletter; `key` in every mail lets them leave without an account."""

    class Status(models.TextChoices):
        PENDING = "pending", "noch nicht bestätigt"
        ACTIVE = "active", "angemeldet"
        LEFT = "left", "abgemeldet"
        UNREACHABLE = "unreachable", "nicht erreichbar"

    key = models.UUIDField(default=keys.unguessable, unique=True, editable=False)
    email = models.EmailField("E-Mail-Adresse")
    status = models.CharField("Stand", max_length=12, choices=Status.choices, default=Status.PENDING)
    asked_at = models.DateTimeField("angefragt am")
    confirmed_at = models.DateTimeField("bestätigt am", null=True)
    """With `asked_at` the proof of consent."""
    left_at = models.DateTimeField("abgemeldet am", null=True)
    bounces = models.PositiveSmallIntegerField("Rückläufer", default=0)
    bounced_at = models.DateTimeField("letzter Rückläufer am", null=True)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = "Abonnement"
        verbose_name_plural = "Abonnements"
        ordering = ("email",)
        default_permissions = ("view", "change", "delete")
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                name="one_subscription_per_address",
                violation_error_message="Diese Adresse steht schon im Verteiler.",
            ),
            models.CheckConstraint(
                condition=~Q(status="active") | Q(confirmed_at__isnull=False), name="active_subscriber_has_confirmed"
            ),
        )

    def __str__(self) -> str:
        return self.email


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def owed(self) -> "DeliveryQuerySet":
        return self.filter(status=Delivery.Status.OWED)

    def counts(self) -> dict[str, int]:
        """Return status → how many, also for those that nothing has."""
        counted = self.order_by().values_list("status").annotate(Count("pk"))
        return dict.fromkeys(Delivery.Status.values, 0) | dict(counted)


class Delivery(models.Model):
    """An issue to one subscriber: a row for each, so that nobody gets it twice and nobody is forgotten."""

    class Status(models.TextChoices):
        OWED = "owed", "offen"
        HANDING = "handing", "wird übergeben"
        SENT = "sent", "versendet"
        FAILED = "failed", "nicht zustellbar"
        UNCERTAIN = "uncertain", "ungewiss"

    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="deliveries")
    status = models.CharField("Stand", max_length=10, choices=Status.choices, default=Status.OWED)
    claimed_at = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=60, blank=True)
    due_at = models.DateTimeField("nächster Versuch am", null=True)
    """When a mail that its server put off is tried again; None: at once."""
    sent_at = models.DateTimeField("versendet am", null=True)
    attempts = models.PositiveSmallIntegerField("Versuche", default=0)
    error = models.CharField("letzter Fehler", max_length=500, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = "Zustellung"
        verbose_name_plural = "Zustellungen"
        ordering = ("pk",)
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(fields=["newsletter", "subscriber"], name="one_delivery_per_subscriber"),
        )
        indexes = (models.Index(fields=["newsletter", "status"], name="delivery_by_status"),)

    def __str__(self) -> str:
        return f"Zustellung {self.pk}"
