"""Which public pages there are, for the sitemap: parts of a limited length, each in a fixed number of queries."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse

from landespreis import clock, wording
from portal.models import Download, Event, FaqEntry, News, Newsletter, Page, Project
from portal.remembering import Numbers

ALWAYS = (
    "portal:home", "portal:award", "portal:projects", "portal:projects_map", "portal:open_data", "portal:news",
    "portal:events", "portal:newsletters", "portal:faq", "portal:downloads",
)  # fmt: skip
PROJECTS_PER_PART = 5_000
"""The protocol allows 50,000 addresses in a file; some thousands are read and kept more easily."""
Row = tuple[str, datetime | None]


class Address(NamedTuple):
    url: str
    changed: str
    """Since when its content stands where that is known, as the protocol writes it; else empty."""


def parts() -> list[str]:
    """Return the names of the parts: «seiten» first, then projects in as many as they need."""
    count = Project.objects.published(clock.now()).count()
    return ["seiten", *(f"projekte-{number}" for number in range(1, 1 - (-count // PROJECTS_PER_PART)))]


def addresses(part: str) -> list[Address] | None:
    """Return the pages of a part with their whole addresses; None for one that does not exist."""
    if part == "seiten":
        rows = [*_pages(), *_news(), *_events(), *_newsletters()]
    elif part in parts():
        rows = list(_projects(int(part.removeprefix("projekte-"))))
    else:
        return None
    return [Address(f"{settings.BASE_URL}{path}", wording.iso(changed) if changed else "") for path, changed in rows]


def next_change(now: datetime, numbers: Numbers) -> datetime | None:
    """Return when the next project, item or date comes out by itself, or None."""
    waiting = (model._default_manager.filter(published_at__gt=now) for model in (Project, News, Event))
    moments = [rows.order_by("published_at").values_list("published_at", flat=True).first() for rows in waiting]
    return min(filter(None, moments), default=None)


def _pages() -> Iterator[Row]:
    now = clock.now()
    faq = FaqEntry.objects.public().order_by("-changed_at").values_list("changed_at", flat=True).first()
    downloads = Download.objects.published(now).order_by("-changed_at").values_list("changed_at", flat=True).first()
    known = {"portal:faq": faq, "portal:downloads": downloads}
    for name in ALWAYS:
        yield reverse(name), known.get(name)
    for page in Page.objects.defer("body", "body_html"):
        yield page.get_absolute_url(), page.changed_at


def _news() -> Iterator[Row]:
    for news in News.objects.published(clock.now()).defer("body", "body_html"):
        yield news.get_absolute_url(), max(filter(None, (news.changed_at, news.published_at)))


def _events() -> Iterator[Row]:
    for event in Event.objects.published(clock.now()).defer("body", "body_html"):
        yield event.get_absolute_url(), max(filter(None, (event.changed_at, event.published_at)))


def _newsletters() -> Iterator[Row]:
    for issue in Newsletter.objects.published(clock.now()):
        yield issue.get_absolute_url(), issue.released_at


def _projects(number: int) -> Iterator[Row]:
    """Yield the projects of a part; in the order in which they were made, so that new ones move no other."""
    base = reverse("portal:projects")
    rows = Project.objects.published(clock.now()).order_by("pk").values_list("slug", "changed_at", "published_at")
    for slug, changed_at, published_at in rows[(number - 1) * PROJECTS_PER_PART : number * PROJECTS_PER_PART]:
        yield f"{base}{slug}/", max(filter(None, (changed_at, published_at)))
