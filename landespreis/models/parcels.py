"""Files that the worker makes on request, with progress: whoever asked gets a link, and after a while it is gone."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class ParcelQuerySet(models.QuerySet["Parcel"]):
    def owed(self) -> "ParcelQuerySet":
        return self.filter(finished_at__isnull=True, failed_at__isnull=True)


class Parcel(models.Model):
    """A ZIP that somebody asked for; owed as a row, like a receipt. All moments are the machine's."""

    kind = models.SlugField("Art", max_length=40)
    """Names who makes it, see `landespreis/parcels.py`."""
    title = models.CharField("Titel", max_length=200)
    params = models.JSONField("Angaben", default=dict)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="angefordert von", on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField("angefordert am", default=timezone.now)
    claimed_at = models.DateTimeField("in Arbeit seit", null=True)
    done = models.PositiveIntegerField("fertige Teile", default=0)
    total = models.PositiveIntegerField("Teile", default=0)
    attempts = models.PositiveIntegerField("Versuche", default=0)
    error = models.TextField("letzter Fehler", blank=True)
    failed_at = models.DateTimeField("aufgegeben am", null=True)
    finished_at = models.DateTimeField("fertig seit", null=True)
    expires_at = models.DateTimeField("abrufbar bis", null=True)
    file = models.FileField("Datei", upload_to="pakete/", max_length=200, blank=True)
    size = models.PositiveBigIntegerField("Größe in Byte", default=0)
    sha256 = models.CharField("Prüfsumme", max_length=64, blank=True)

    objects = ParcelQuerySet.as_manager()

    class Meta:
        verbose_name = "Paket"
        verbose_name_plural = "Pakete"
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(expires_at__isnull=False), name="parcel_finished_expires"
            ),
        )

    def __str__(self) -> str:
        return self.title
