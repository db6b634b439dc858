"""What the search knows: a row for everything public, with its words reduced to stems, and the words there are."""

from datetime import datetime

from django.db import models
from django.db.models import Count, Q

from portal.models.downloads import Download
from portal.models.events import Event
from portal.models.faq import FaqEntry
from portal.models.news import News
from portal.models.newsletters import Newsletter
from portal.models.pages import Page
from portal.models.projects import Project

KINDS = ("project", "news", "event", "faq", "page", "download", "newsletter")
"""Names of the columns that lead to what a document is about; exactly one is filled."""


class DocumentQuerySet(models.QuerySet["Document"]):
    def public(self, now: datetime) -> "DocumentQuerySet":
        return self.filter(public_from__lte=now)

    def of(self, kind: str) -> "DocumentQuerySet":
        """Those of one of KINDS."""
        return self.filter(**{f"{kind}__isnull": False})

    def tally(self) -> dict[str, int]:
        """Return how many there are of each of KINDS, in one query."""
        counted = self.order_by().aggregate(**{f"{kind}_count": Count(kind) for kind in KINDS})
        return {kind: counted[f"{kind}_count"] for kind in KINDS}


class Document(models.Model):
    """A searchable thing. Stems stand between blanks with a blank at each end, in the four weights of the ranking.

    On PostgreSQL a column `words` beside them, which the database derives and indexes, holds the stems of all four.
    """

    project = models.OneToOneField(Project, on_delete=models.CASCADE, null=True, related_name="document")
    news = models.OneToOneField(News, on_delete=models.CASCADE, null=True, related_name="document")
    event = models.OneToOneField(Event, on_delete=models.CASCADE, null=True, related_name="document")
    faq = models.OneToOneField(FaqEntry, on_delete=models.CASCADE, null=True, related_name="document")
    page = models.OneToOneField(Page, on_delete=models.CASCADE, null=True, related_name="document")
    download = models.OneToOneField(Download, on_delete=models.CASCADE, null=True, related_name="document")
    newsletter = models.OneToOneField(Newsletter, on_delete=models.CASCADE, null=True, related_name="document")
    title = models.CharField(max_length=250)
    url = models.CharField(max_length=250)
    summary = models.TextField(blank=True)
    """What a hit shows where none of the words stands in the text."""
    text = models.TextField(blank=True)
    """The whole text without marks, for the piece around a hit."""
    public_from = models.DateTimeField(null=True, db_index=True)
    """None: not public."""
    stems_title = models.TextField(default="")
    stems_place = models.TextField(default="")
    stems_summary = models.TextField(default="")
    stems_text = models.TextField(default="")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "Suchtext"
        verbose_name_plural = "Suchtexte"
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    *[Q(**{f"{kind}__isnull": kind != filled for kind in KINDS}) for filled in KINDS],
                    _connector=Q.OR,
                ),
                name="document_is_about_one_thing",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def kind(self) -> str:
        """Return one of KINDS; one that lies in no database is about a page without a row."""
        return next((kind for kind in KINDS if getattr(self, f"{kind}_id") is not None), "page")

    @property
    def stems(self) -> str:
        """All stems of it, as the database keeps those of one weight."""
        return self.stems_title + self.stems_place + self.stems_summary + self.stems_text


class Spelling(models.Model):
    """A word of the documents, once as it is and once with each of its letters left out, to find it misspelled."""

    spelling = models.CharField(max_length=60)
    word = models.CharField(max_length=60)
    """The word, folded."""
    stem = models.CharField(max_length=60)
    shown = models.CharField(max_length=60)
    """The word as it stood in a text."""

    class Meta:
        verbose_name = "Schreibweise"
        verbose_name_plural = "Schreibweisen"
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=["spelling", "word"], name="one_row_per_spelling_of_a_word"),)
        indexes = (models.Index(fields=["stem"], name="spelling_by_stem"),)

    def __str__(self) -> str:
        return self.spelling
