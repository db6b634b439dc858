"""Verbs on the search: write down what can be found of a thing that was saved."""

from datetime import datetime
from typing import Any

from portal.models import Document, Download, Event, FaqEntry, News, Page, Project

Findable = Project | News | Event | FaqEntry | Page | Download


def index(row: Findable) -> Document:
    """Write the document of `row`; call it at the end of the verb that saved it, with everything it shows stored."""
    column = {Project: "project", News: "news", Event: "event", FaqEntry: "faq", Page: "page", Download: "download"}
    about: dict[str, Any] = {column[type(row)]: row}
    document, _ = Document.objects.update_or_create(
        **about,
        defaults={"title": str(row), "url": row.get_absolute_url(), "public_from": _public_from(row)},
    )
    return document


def _public_from(row: Findable) -> datetime | None:
    if isinstance(row, FaqEntry):
        return row.changed_at if row.is_public else None
    return row.changed_at if isinstance(row, Page) else row.published_at
