"""Messages to a group, who gets each of them, and the texts that staff keep for them."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

SUBJECT_LENGTH = 150
TEXT_LENGTH = 10_000


class Wording(models.Model):
    """A text that staff keep: their own, or their wording of a shipped one with the same key."""

    key = models.SlugField("Kürzel", max_length=60, unique=True)
    kind = models.SlugField("Gruppen", max_length=40, blank=True)
    """Names the placeholders it may use, see `landespreis/audiences.py`; empty: those that every group has."""
    title = models.CharField("Titel", max_length=100)
    subject = models.CharField("Betreff", max_length=SUBJECT_LENGTH, blank=True)
    text = models.TextField("Text", max_length=TEXT_LENGTH)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="geändert von", on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField("geändert am")

    class Meta:
        verbose_name = "Textvorlage"
        verbose_name_plural = "Textvorlagen"
        ordering = ("title", "pk")
        default_permissions = ("view", "change")

    def __str__(self) -> str:
        return self.title


class Circular(models.Model):
    """A message to a group. Once it is released its recipients are rows, and it does not change any more."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Entwurf"
        SENDING = "sending", "wird verschickt"
        SENT = "sent", "verschickt"
        CANCELLED = "cancelled", "abgebrochen"

    audience = models.SlugField("Gruppe", max_length=60)
    kind = models.SlugField(max_length=40)
    """Names the placeholders of the group."""
    params = models.JSONField("Auswahl", default=dict)
    group = models.CharField("Gruppe", max_length=300)
    """What the group was called when the message was written."""
    template = models.CharField("Vorlage", max_length=100, blank=True)
    """Title of the text it began from."""
    subject = models.CharField("Betreff", max_length=SUBJECT_LENGTH)
    text = models.TextField("Text", max_length=TEXT_LENGTH)
    status = models.CharField("Stand", max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="geschrieben von", on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField("geändert am")
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="freigegeben von", on_delete=models.PROTECT, null=True, related_name="+"
    )
    released_at = models.DateTimeField("freigegeben am", null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="abgebrochen von", on_delete=models.PROTECT, null=True, related_name="+"
    )
    finished_at = models.DateTimeField("fertig am", null=True)
    claimed_at = models.DateTimeField(null=True)
    """When a worker last took a part of it; by the machine's clock."""
    total = models.PositiveIntegerField("Empfänger", default=0)
    done = models.PositiveIntegerField("erledigt", default=0)

    class Meta:
        verbose_name = "Nachricht"
        verbose_name_plural = "Nachrichten"
        ordering = ("-changed_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(status="draft", released_by__isnull=True, released_at__isnull=True, total=0)
                | (~Q(status="draft") & Q(released_by__isnull=False, released_at__isnull=False, total__gt=0)),
                name="circular_released_by_somebody_to_somebody",
                violation_error_message="Eine Nachricht an niemanden lässt sich nicht freigeben.",
            ),
            models.CheckConstraint(
                condition=Q(status="cancelled", cancelled_by__isnull=False)
                | (~Q(status="cancelled") & Q(cancelled_by__isnull=True)),
                name="circular_cancelled_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return self.subject


class CircularRecipientQuerySet(models.QuerySet["CircularRecipient"]):
    def waiting(self) -> "CircularRecipientQuerySet":
        """Those for whom no mail is owed yet."""
        return self.filter(settled_at__isnull=True)

    def erasable(self) -> "CircularRecipientQuerySet":
        """Leave out those about entries: they are part of its proceedings and go with it."""
        return self.exclude(about__startswith="submissions:")

    def unmailed(self, before: datetime) -> "CircularRecipientQuerySet":
        """Those of messages released before, to whom no mail went or will go."""
        sending = Circular.Status.SENDING
        return self.filter(mail=None, circular__released_at__lt=before).exclude(circular__status=sending)


class CircularRecipient(models.Model):
    """Somebody who gets a message, with the values of its placeholders, until the mail is owed."""

    circular = models.ForeignKey(Circular, on_delete=models.CASCADE, related_name="recipients")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="Konto", on_delete=models.PROTECT, null=True, related_name="+"
    )
    address = models.EmailField("Adresse")
    about = models.CharField("worum es geht", max_length=80, blank=True)
    """The row it is about: app, colon, key; empty when it is about none."""
    label = models.CharField("wozu", max_length=200, blank=True)
    """What staff call that row."""
    values = models.JSONField("Angaben", default=dict)
    """What stands for the placeholders; emptied as soon as the mail is owed."""
    settled_at = models.DateTimeField("erledigt am", null=True)
    mail = models.ForeignKey(
        "post_office.Email", verbose_name="Mail", on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = CircularRecipientQuerySet.as_manager()

    class Meta:
        verbose_name = "Empfängerin oder Empfänger"
        verbose_name_plural = "Empfängerinnen und Empfänger"
        ordering = ("pk",)
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint("circular", Lower("address"), "about", name="circular_once_per_address_and_row"),
        )

    def __str__(self) -> str:
        return self.address
