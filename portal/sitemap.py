"""Which public pages there are, for the sitemap."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse

from landespreis import clock
from portal.models import Download, FaqEntry, News, Newsletter, Page

ALWAYS = ("portal:home", "portal:award", "portal:news", "portal:faq", "portal:downloads", "portal:newsletters")


class Address(NamedTuple):
    url: str
    changed_at: datetime | None


def addresses() -> list[Address]:
    """Return every public page with its whole address, and since when its content stands where that is known."""
    return [Address(f"{settings.BASE_URL}{path}", changed_at) for path, changed_at in _paths()]


def _paths() -> Iterator[tuple[str, datetime | None]]:
    faq = FaqEntry.objects.public().order_by("-changed_at").values_list("changed_at", flat=True).first()
    now = clock.now()
    downloads = Download.objects.published(now).order_by("-changed_at").values_list("changed_at", flat=True).first()
    known = {"portal:faq": faq, "portal:downloads": downloads}
    for name in ALWAYS:
        yield reverse(name), known.get(name)
    for page in Page.objects.defer("body", "body_html"):
        yield page.get_absolute_url(), page.changed_at
    for news in News.objects.published(now).defer("body", "body_html"):
        yield news.get_absolute_url(), max(news.changed_at, news.published_at or news.changed_at)
    for newsletter in Newsletter.objects.published(now):
        yield newsletter.get_absolute_url(), newsletter.released_at
