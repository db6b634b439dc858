"""Verbs on questions and answers: save a section or an entry, each with an anchor of its own."""

from django.db import transaction

from landespreis import clock
from portal import slugs
from portal.actions import indexing, texts
from portal.models import FaqEntry, FaqSection

MOST = 80


@transaction.atomic
def save(entry: FaqEntry) -> FaqEntry:
    """Store an answer sanitised; without an anchor the question gives it one. Raises Unreadable."""
    entry.answer_html = texts.html(entry.answer, headings=False)
    entry.slug = entry.slug or _anchor(entry.question)
    entry.changed_at = clock.now()
    entry.save()
    indexing.index(entry)
    return entry


@transaction.atomic
def save_section(section: FaqSection) -> FaqSection:
    section.slug = section.slug or _anchor(section.title)
    section.save()
    return section


def _anchor(text: str) -> str:
    """Return an anchor that is free on the page, where sections and questions share one space."""
    taken = {
        *FaqEntry.objects.values_list("slug", flat=True),
        *FaqSection.objects.values_list("slug", flat=True),
    }
    return slugs.free(slugs.slug(text, most=MOST), taken, most=MOST)
