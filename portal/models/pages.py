"""Pages whose text staff keep: imprint, privacy, accessibility and the like, with every version that stood there."""

from django.conf import settings
from django.db import models
from django.urls import reverse

FIXED = (
    "impressum",
    "datenschutz",
    "barrierefreiheit",
    "barriere-melden",
    "leichte-sprache",
    "gebaerdensprache",
    "kontakt",
)
"""Slugs of the pages that every footer links to; they cannot be deleted or moved."""


class Page(models.Model):
    slug = models.SlugField(
        "Adresse", max_length=60, unique=True, help_text="Zum Beispiel „impressum“ für /impressum/."
    )
    title = models.CharField("Überschrift", max_length=120)
    lead = models.TextField(
        "Vorspann", max_length=400, blank=True, help_text="Ein oder zwei Sätze unter der Überschrift."
    )
    body = models.TextField("Text", max_length=60_000)
    body_html = models.TextField(editable=False, default="")
    is_placeholder = models.BooleanField(
        "Platzhalter",
        default=False,
        help_text="Kennzeichnet den Text auf der Seite als vorläufig. Entfernen Sie den Haken, wenn er gilt.",
    )
    changed_at = models.DateTimeField("Stand", editable=False)

    class Meta:
        verbose_name = "Seite"
        verbose_name_plural = "Seiten"
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("portal:page", args=[self.slug])

    @property
    def is_fixed(self) -> bool:
        return self.slug in FIXED


class PageVersion(models.Model):
    """The text of a page as it was saved; `saved_by` is None for the text that came with the portal. Never changes."""

    page = models.ForeignKey(Page, verbose_name="Seite", on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField("Version")
    title = models.CharField("Überschrift", max_length=120)
    lead = models.TextField("Vorspann", blank=True)
    body = models.TextField("Text")
    is_placeholder = models.BooleanField("Platzhalter")
    saved_at = models.DateTimeField("gespeichert am")
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="gespeichert von",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )

    class Meta:
        verbose_name = "Version"
        verbose_name_plural = "Versionen"
        ordering = ("-number",)
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=["page", "number"],
                name="page_versions_are_numbered",
                violation_error_message="Diese Version gibt es schon.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.page} – Version {self.number}"
