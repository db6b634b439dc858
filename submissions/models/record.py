"""What was handed in and what happened: versions, receipts, journal, extensions, reminders."""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from landespreis import drift, wording
from submissions.models.entry import Submission
from submissions.models.files import Attachment

CLAIM = timedelta(seconds=settings.CLAIM_SECONDS)
"""How long a worker may take for a receipt before another may try."""


class Version(models.Model):
    """What one submit froze. A database trigger refuses every change."""

    submission = models.ForeignKey(
        Submission,
        verbose_name="Einreichung",
        on_delete=models.PROTECT,
        related_name="versions",
    )
    number = models.PositiveSmallIntegerField("Version")
    canonical = models.TextField("Inhalt", help_text="Kanonisches JSON, siehe docs/format.md.")
    sha256 = models.CharField("Prüfsumme", max_length=64, help_text="SHA-256 des Inhalts in UTF-8.")
    submitted_at = models.DateTimeField("eingegangen am")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="eingereicht von",
        on_delete=models.PROTECT,
        related_name="+",
    )
    files = models.ManyToManyField(Attachment, verbose_name="Dateien", related_name="versions")

    class Meta:
        verbose_name = "Version"
        verbose_name_plural = "Versionen"
        ordering = ("-number",)
        indexes = (models.Index(fields=["id", "submitted_at"], name="moments_of_versions"),)
        constraints = (models.UniqueConstraint(fields=["submission", "number"], name="one_version_per_number"),)

    def __str__(self) -> str:
        return f"{self.payload['number']}, Version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("submissions:version", args=[self.submission_id, self.number])

    @property
    def payload(self) -> dict[str, Any]:
        """The frozen content; its shape is described in `submissions/payload.py`."""
        content: dict[str, Any] = json.loads(self.canonical)
        return content


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def owed(self) -> "ReceiptQuerySet":
        return self.filter(rendered_at__isnull=True)

    def free(self) -> "ReceiptQuerySet":
        """Owed, and no worker is busy with it."""
        return self.owed().filter(Q(claimed_at__isnull=True) | Q(claimed_at__lt=drift.now() - CLAIM))


class Receipt(models.Model):
    """The confirmation that a version owes; written in the transaction that froze the version."""

    version = models.OneToOneField(
        Version,
        verbose_name="Version",
        on_delete=models.PROTECT,
        related_name="receipt",
    )
    recipients = models.JSONField("geht an", default=list)
    owed_at = models.DateTimeField("geschuldet seit", default=timezone.now)
    claimed_at = models.DateTimeField("in Arbeit seit", null=True)
    rendered_at = models.DateTimeField("erstellt am", null=True)
    attempts = models.PositiveIntegerField("Versuche", default=0)
    error = models.TextField("letzter Fehler", blank=True)
    file = models.FileField("PDF", upload_to="bestaetigungen/", max_length=200, blank=True)
    size = models.PositiveIntegerField("Größe in Byte", default=0)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = "Eingangsbestätigung"
        verbose_name_plural = "Eingangsbestätigungen"
        ordering = ("-owed_at",)

    def __str__(self) -> str:
        return f"Eingangsbestätigung {self.version}"

    @property
    def filename(self) -> str:
        return f"Eingangsbestaetigung-{self.version.payload['number']}-Version-{self.version.number}.pdf"


class Event(models.Model):
    """A line of the journal. A database trigger refuses every change."""

    class Verb(models.TextChoices):
        STARTED = "started", "begonnen"
        SAVED = "saved", "Abschnitt gespeichert"
        PARTNER_ADDED = "partner_added", "Partner aufgenommen"
        PARTNER_REMOVED = "partner_removed", "Partner entfernt"
        FILE_ADDED = "file_added", "Datei hochgeladen"
        FILE_DESCRIBED = "file_described", "Bildangaben gespeichert"
        FILE_REMOVED = "file_removed", "Datei entfernt"
        FILE_REJECTED = "file_rejected", "Datei nach Prüfung abgelehnt"
        INVITED = "invited", "eingeladen"
        JOINED = "joined", "Einladung angenommen"
        ROLE_CHANGED = "role_changed", "Rolle geändert"
        EDITOR_REMOVED = "editor_removed", "Mitwirkung beendet"
        HANDED_OVER = "handed_over", "übergeben"
        SUBMITTED = "submitted", "eingereicht"
        WITHDRAWN = "withdrawn", "zurückgezogen"
        RESET = "reset", "Entwurf zurückgesetzt"
        EXTENDED = "extended", "Frist verlängert"
        REMINDED = "reminded", "erinnert"
        ADMITTED = "admitted", "zugelassen"
        EXCLUDED = "excluded", "ausgeschlossen"
        HANDED_BACK = "handed_back", "zur Korrektur zurückgegeben"
        CHECK_REOPENED = "check_reopened", "formale Prüfung wieder geöffnet"
        CHECKED = "checked", "Prüfpunkte festgehalten"
        CHECK_PROPOSED = "check_proposed", "Entscheidung vorgeschlagen"
        CHECK_UNPROPOSED = "check_unproposed", "Vorschlag verworfen"
        CHECK_UNDONE = "check_undone", "Entscheidung zurückgenommen"
        HELP_ASKED = "help_asked", "um Hilfe gebeten"
        HELP_ENDED = "help_ended", "Hilfe beendet"
        DRAFT_SEEN = "draft_seen", "Entwurf eingesehen"
        TRANSFERRED = "transferred", "von der Geschäftsstelle übertragen"
        RECEIPT_SENT = "receipt_sent", "Eingangsbestätigung noch einmal verschickt"
        WRITTEN_TO = "written_to", "angeschrieben"

    submission = models.ForeignKey(
        Submission,
        verbose_name="Einreichung",
        on_delete=models.PROTECT,
        related_name="events",
    )
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
    version = models.ForeignKey(
        Version,
        verbose_name="Version",
        on_delete=models.PROTECT,
        null=True,
        related_name="events",
    )
    detail = models.JSONField("Einzelheiten", default=dict)

    class Meta:
        verbose_name = "Vorgang"
        verbose_name_plural = "Verlauf"
        ordering = ("-at", "-pk")
        indexes = (models.Index(fields=["-at", "-id"], name="event_newest_first"),)

    def __str__(self) -> str:
        return f"{self.get_verb_display()} am {wording.moment_short(self.at)}"


class Extension(models.Model):
    """A later deadline for one entry, granted by staff."""

    submission = models.ForeignKey(
        Submission,
        verbose_name="Einreichung",
        on_delete=models.PROTECT,
        related_name="extensions",
    )
    until = models.DateTimeField("Frist bis")
    reason = models.TextField("Grund")
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="gewährt von",
        on_delete=models.PROTECT,
        related_name="+",
    )
    granted_at = models.DateTimeField("gewährt am")

    class Meta:
        verbose_name = "Fristverlängerung"
        verbose_name_plural = "Fristverlängerungen"
        ordering = ("-granted_at",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="extension_has_reason",
                violation_error_message="Bitte nennen Sie den Grund der Verlängerung.",
            ),
        )

    def __str__(self) -> str:
        return f"bis {wording.deadline(self.until)}"


class Reminder(models.Model):
    """That the reminder of one offset went out for one deadline; the constraint makes it once."""

    submission = models.ForeignKey(
        Submission,
        verbose_name="Einreichung",
        on_delete=models.CASCADE,
        related_name="reminders",
    )
    hours = models.PositiveIntegerField("Stunden vor Schluss")
    deadline = models.DateTimeField("Schluss")
    sent_at = models.DateTimeField("verschickt am")

    class Meta:
        verbose_name = "Erinnerung"
        verbose_name_plural = "Erinnerungen"
        ordering = ("-sent_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["submission", "hours", "deadline"],
                name="one_reminder_per_offset",
            ),
        )

    def __str__(self) -> str:
        return f"{self.hours} Stunden vor Schluss"
