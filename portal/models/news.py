"""News: what is announced, in which category, from when on; and the addresses an item had before."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from portal.models.pictures import Picture


class NewsCategory(models.Model):
    name = models.CharField("Name", max_length=60, unique=True)
    slug = models.SlugField("Adresse", max_length=60, unique=True)
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)

    class Meta:
        verbose_name = "Rubrik"
        verbose_name_plural = "Rubriken"
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


class NewsQuerySet(models.QuerySet["News"]):
    def published(self, now: datetime) -> "NewsQuerySet":
        return self.filter(published_at__lte=now)

    def visible_to(self, user: User | AnonymousUser, now: datetime) -> "NewsQuerySet":
        """What is out, and for editors what is not yet."""
        return self if user.has_perm("portal.view_news") else self.published(now)

    def with_all(self) -> "NewsQuerySet":
        return self.select_related("category", "picture")


class News(models.Model):
    title = models.CharField("Überschrift", max_length=150)
    slug = models.SlugField(
        "Adresse",
        max_length=100,
        unique=True,
        blank=True,
        help_text="Der letzte Teil der Adresse. Leer = aus der Überschrift. Frühere Adressen leiten weiter.",
    )
    category = models.ForeignKey(NewsCategory, verbose_name="Rubrik", on_delete=models.PROTECT, related_name="news")
    lead = models.TextField(
        "Vorspann",
        max_length=400,
        help_text="Ein oder zwei Sätze, ohne Auszeichnung. Steht auch in Listen und im Feed.",
    )
    body = models.TextField("Text", max_length=30_000)
    body_html = models.TextField(editable=False, default="")
    picture = models.ForeignKey(
        Picture, verbose_name="Bild", on_delete=models.PROTECT, null=True, blank=True, related_name="news"
    )
    published_at = models.DateTimeField(
        "veröffentlicht ab",
        null=True,
        blank=True,
        db_index=True,
        help_text="Ortszeit in Nordrhein-Westfalen. Leer = Entwurf; ein Zeitpunkt in der Zukunft erscheint von selbst.",
    )
    changed_at = models.DateTimeField("geändert am", editable=False)

    objects = NewsQuerySet.as_manager()

    class Meta:
        verbose_name = "Meldung"
        verbose_name_plural = "Meldungen"
        ordering = ("-published_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(slug=""),
                name="news_has_address",
                violation_error_message="Die Meldung braucht eine Adresse.",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("portal:news_item", args=[self.slug])

    def is_public(self, now: datetime) -> bool:
        return self.published_at is not None and self.published_at <= now


class FormerAddress(models.Model):
    """Where an item of news was found before; the old address leads to the new one."""

    slug = models.SlugField("frühere Adresse", max_length=100, unique=True)
    news = models.ForeignKey(News, verbose_name="Meldung", on_delete=models.CASCADE, related_name="former_addresses")

    class Meta:
        verbose_name = "frühere Adresse"
        verbose_name_plural = "frühere Adressen"
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.slug
