"""Files that the worker makes on request, with progress: whoever asked gets a link, and after a while it is gone."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from landespreis import drift

CLAIM = timedelta(seconds=settings.CLAIM_SECONDS)
"""How long a worker may be silent about a parcel before another may try."""


class ParcelQuerySet(models.QuerySet["Parcel"]):
    def owed(self) -> "ParcelQuerySet":
        return self.filter(finished_at__isnull=True, failed_at__isnull=True)

    def free(self) -> "ParcelQuerySet":
        """Owed, and no worker is busy with it."""
        return self.owed().filter(Q(claimed_at__isnull=True) | Q(claimed_at__lt=drift.now() - CLAIM))

    def outlived(self) -> "ParcelQuerySet":
        """Given up, or expired, and there may still be a file."""
        return self.exclude(file="").filter(Q(failed_at__isnull=False) | Q(expires_at__lte=timezone.now()))


class Parcel(models.Model):
    """A ZIP that somebody asked for; owed as a row, like a receipt. All moments are the machine's."""

    FILE_IS_STORED = Q(finished_at__isnull=False)
    """See `landespreis/belonging.py`."""

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
    """Named before it is stored, so that what a worker leaves behind when it dies is found again."""
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

    def get_absolute_url(self) -> str:
        return reverse("admin:parcel", args=[self.pk])

    @property
    def state(self) -> str:
        """«owed», «failed», «ready» or «expired»."""
        if self.failed_at:
            return "failed"
        if self.finished_at is None or self.expires_at is None:
            return "owed"
        return "ready" if timezone.now() < self.expires_at else "expired"
