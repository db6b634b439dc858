"""Questions and answers in sections."""

from django.db import models
from django.urls import reverse

ANCHOR_HELP = "Teil des Links auf die Stelle. Leer = aus dem Text. Ändern Sie ihn nicht ohne Not: Links zeigen darauf."


class FaqSection(models.Model):
    title = models.CharField("Überschrift", max_length=80, unique=True)
    slug = models.SlugField("Sprungmarke", max_length=80, unique=True, blank=True, help_text=ANCHOR_HELP)
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)

    class Meta:
        verbose_name = "Fragen: Abschnitt"
        verbose_name_plural = "Fragen: Abschnitte"
        ordering = ("position", "title")

    def __str__(self) -> str:
        return self.title


class FaqEntryQuerySet(models.QuerySet["FaqEntry"]):
    def public(self) -> "FaqEntryQuerySet":
        return self.filter(is_public=True)


class FaqEntry(models.Model):
    section = models.ForeignKey(FaqSection, verbose_name="Abschnitt", on_delete=models.PROTECT, related_name="entries")
    question = models.CharField("Frage", max_length=200)
    slug = models.SlugField("Sprungmarke", max_length=100, unique=True, blank=True, help_text=ANCHOR_HELP)
    answer = models.TextField("Antwort", max_length=8_000)
    answer_html = models.TextField(editable=False, default="")
    is_public = models.BooleanField("öffentlich", default=True)
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)
    changed_at = models.DateTimeField("geändert am", editable=False)

    objects = FaqEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "Frage und Antwort"
        verbose_name_plural = "Fragen und Antworten"
        ordering = ("section__position", "position", "pk")

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        return f"{reverse('portal:faq')}#{self.slug}"
