"""The files of an entry; the bytes lie in private storage."""

import uuid

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from accounts.models import User
from submissions.models.entry import Submission


def upload_path(attachment: "Attachment", name: str) -> str:
    """Return the storage path; it says nothing about the person's own file name."""
    extension = name.rpartition(".")[2]
    return f"einreichungen/{attachment.submission_id}/{attachment.pk}.{extension}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def present(self) -> "AttachmentQuerySet":
        """Leave out what was removed; removed rows stay while a version may name them."""
        return self.filter(removed_at__isnull=True)

    def unscanned(self) -> "AttachmentQuerySet":
        """Files that wait for the scanner, but not those that were removed before a version named them."""
        wanted = Q(removed_at__isnull=True) | Q(pk__in=self.model.versions.through.objects.values("attachment_id"))
        return self.filter(wanted, scan=Attachment.Scan.PENDING)

    def visible_to(self, user: User | AnonymousUser) -> "AttachmentQuerySet":
        """Files of the person's own entries, and for staff those that a version contains."""
        own = Q(submission__in=Submission.objects.visible_to(user))
        handed_in = Q(pk__in=self.model.versions.through.objects.values("attachment_id"))
        return self.filter(own | handed_in if user.has_perm("submissions.view_version") else own)

    def downloadable(self) -> "AttachmentQuerySet":
        """Only what the scanner let pass, or what no scanner was asked about."""
        return self.filter(scan=Attachment.Scan.CLEAN)


class Attachment(models.Model):
    class Kind(models.TextChoices):
        PROOF = "bestaetigung", "Bestätigung oder Niederschrift"
        IMAGE = "bild", "Bild"
        ANNEX = "anlage", "Weitere Anlage"

    class Scan(models.TextChoices):
        PENDING = "pending", "wird geprüft"
        CLEAN = "clean", "in Ordnung"
        INFECTED = "infected", "abgelehnt"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(
        Submission,
        verbose_name="Einreichung",
        on_delete=models.CASCADE,
        related_name="attachments",
    )
    kind = models.CharField("Art", max_length=15, choices=Kind.choices)
    name = models.CharField("Dateiname", max_length=130)
    file = models.FileField("Datei", upload_to=upload_path, max_length=200)
    mimetype = models.CharField("Typ", max_length=60)
    size = models.PositiveIntegerField("Größe in Byte")
    sha256 = models.CharField("SHA-256", max_length=64)
    width = models.PositiveIntegerField("Breite", null=True)
    height = models.PositiveIntegerField("Höhe", null=True)
    pages = models.PositiveIntegerField("Seiten", null=True)
    alt = models.CharField("Alternativtext", max_length=200, blank=True)
    rights = models.CharField("Bildrechte", max_length=150, blank=True)
    scan = models.CharField("Prüfung", max_length=10, choices=Scan.choices, default=Scan.PENDING)
    finding = models.CharField("Fund", max_length=200, blank=True)
    tried_at = models.DateTimeField("zuletzt ohne Urteil geprüft am", null=True, editable=False)
    uploaded_at = models.DateTimeField("hochgeladen am")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="hochgeladen von",
        on_delete=models.PROTECT,
        related_name="+",
    )
    removed_at = models.DateTimeField("entfernt am", null=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "Datei"
        verbose_name_plural = "Dateien"
        ordering = ("uploaded_at", "pk")

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.kind == Attachment.Kind.IMAGE
