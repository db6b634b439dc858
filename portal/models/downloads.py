"""Documents to download: talks of the Jahrestagung, handouts, forms."""

import uuid
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.urls import reverse

from accounts.models import User


def upload_path(download: "Download", name: str) -> str:
    return f"downloads/{download.key}.{name.rpartition('.')[2]}"


class DownloadQuerySet(models.QuerySet["Download"]):
    def published(self, now: datetime) -> "DownloadQuerySet":
        return self.filter(published_at__lte=now)

    def visible_to(self, user: User | AnonymousUser, now: datetime) -> "DownloadQuerySet":
        """What is out, and for editors what is not yet."""
        return self if user.has_perm("portal.view_download") else self.published(now)


class Download(models.Model):
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField("Titel", max_length=150)
    slug = models.SlugField("Adresse", max_length=100, unique=True, blank=True, help_text="Leer = aus dem Titel.")
    occasion = models.CharField(
        "Anlass", max_length=120, help_text="Zum Beispiel „Jahrestagung 2025“. Gleicher Anlass steht beieinander."
    )
    held_on = models.DateField("Tag", help_text="Tag des Anlasses; die neuesten stehen oben.")
    speaker = models.CharField("vorgetragen von", max_length=150, blank=True)
    description = models.TextField("Beschreibung", max_length=400, blank=True)
    file = models.FileField("Datei", upload_to=upload_path, max_length=200)
    name = models.CharField("Dateiname", max_length=130, editable=False)
    mimetype = models.CharField("Typ", max_length=60, editable=False)
    size = models.PositiveIntegerField("Größe in Byte", editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, editable=False)
    pages = models.PositiveIntegerField("Seiten", null=True, editable=False)
    published_at = models.DateTimeField(
        "veröffentlicht ab",
        null=True,
        blank=True,
        help_text="Leer = noch nicht; ein Zeitpunkt in der Zukunft erscheint von selbst.",
    )
    changed_at = models.DateTimeField("geändert am", editable=False)

    objects = DownloadQuerySet.as_manager()

    class Meta:
        verbose_name = "Download"
        verbose_name_plural = "Downloads"
        ordering = ("-held_on", "occasion", "pk")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("portal:download", args=[self.slug])

    @property
    def kind(self) -> str:
        """How people call the type."""
        return {"application/pdf": "PDF"}.get(self.mimetype, self.name.rpartition(".")[2].upper())
