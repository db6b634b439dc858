"""What the portal owes on paper: dossiers, minutes and certificates as PDF, letters as drafts for release."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from jury.models.seats import Juror
from landespreis import clock, drift
from submissions.models import Category, Submission

CLAIM = timedelta(seconds=settings.CLAIM_SECONDS)
"""How long a worker may be silent about a paper before another may try; progress renews the claim."""


class PaperQuerySet(models.QuerySet["Paper"]):
    def owed(self) -> "PaperQuerySet":
        return self.filter(rendered_at__isnull=True)

    def free(self) -> "PaperQuerySet":
        """Owed, and no worker is busy with it."""
        return self.owed().filter(Q(claimed_at__isnull=True) | Q(claimed_at__lt=drift.now() - CLAIM))


class Paper(models.Model):
    """A PDF that the worker renders; owed as a row, like a receipt."""

    class Kind(models.TextChoices):
        DOSSIER = "dossier", "Dossier"
        MINUTES = "niederschrift", "Niederschrift"
        CERTIFICATE = "urkunde", "Urkunde"

    kind = models.CharField("Art", max_length=15, choices=Kind.choices)
    category = models.ForeignKey(Category, verbose_name="Kategorie", on_delete=models.PROTECT, related_name="+")
    juror = models.ForeignKey(
        Juror,
        verbose_name="für",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Ein Dossier ist für ein Jurymitglied, weil es nur enthält, was dieses sehen darf.",
    )
    submission = models.ForeignKey(
        Submission,
        verbose_name="Einreichung",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Für wen eine Urkunde ist.",
    )
    content_key = models.CharField(max_length=64, blank=True)
    """What the paper was made of; another key means that it is out of date."""
    entries = models.JSONField("enthält", default=list)
    """The entries (pk) in a dossier: once its juror may not read one of them any more, nobody gets the file."""
    owed_at = models.DateTimeField("geschuldet seit", default=timezone.now)
    claimed_at = models.DateTimeField("in Arbeit seit", null=True)
    done = models.PositiveIntegerField("fertige Teile", default=0)
    total = models.PositiveIntegerField("Teile", default=1)
    rendered_at = models.DateTimeField("erstellt am", null=True)
    attempts = models.PositiveIntegerField("Versuche", default=0)
    error = models.TextField("letzter Fehler", blank=True)
    file = models.FileField("PDF", upload_to="jury/", max_length=200, blank=True)
    size = models.PositiveIntegerField("Größe in Byte", default=0)
    pages = models.PositiveIntegerField("Seiten", default=0)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = "Dokument"
        verbose_name_plural = "Dokumente"
        ordering = ("-owed_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["category", "juror"], condition=Q(kind="dossier"), name="one_dossier_per_juror"
            ),
            models.UniqueConstraint(fields=["category"], condition=Q(kind="niederschrift"), name="one_minutes"),
            models.UniqueConstraint(fields=["submission"], condition=Q(kind="urkunde"), name="one_certificate"),
            models.CheckConstraint(
                condition=Q(kind="dossier", juror__isnull=False, submission__isnull=True)
                | Q(kind="niederschrift", juror__isnull=True, submission__isnull=True)
                | Q(kind="urkunde", juror__isnull=True, submission__isnull=False),
                name="paper_is_for_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.category.short_name}"

    @property
    def filename(self) -> str:
        """The name of the download: without anything a recused person must not see."""
        whose = self.submission.label if self.submission else self.category.key
        return f"{self.get_kind_display()}-{whose}.pdf"

    @property
    def told_at(self) -> datetime | None:
        """The moment at which it was rendered, told by the award's clock."""
        return clock.told(self.rendered_at) if self.rendered_at else None


class Letter(models.Model):
    """The letter to the people of an entry after the decision; staff read, change and release it."""

    class Kind(models.TextChoices):
        WINNER = "preis", "Brief an die Preisträger"
        THANKS = "dank", "Dank für die Teilnahme"

    submission = models.OneToOneField(
        Submission, verbose_name="Einreichung", on_delete=models.PROTECT, related_name="letter"
    )
    kind = models.CharField("Art", max_length=5, choices=Kind.choices, editable=False)
    subject = models.CharField("Betreff", max_length=200)
    text = models.TextField("Text", max_length=10_000)
    released_at = models.DateTimeField("freigegeben am", null=True, editable=False)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="freigegeben von",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        verbose_name = "Brief"
        verbose_name_plural = "Briefe"
        ordering = ("submission__number",)
        constraints = (
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by__isnull=True)
                | Q(released_at__isnull=False, released_by__isnull=False),
                name="letter_release_has_who_and_when",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.submission}"
