"""Pages whose text stands in templates, as the search finds them; every other page has a row and a document."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from django.template.loader import render_to_string
from django.urls import reverse

from portal import findable, finding, open_data
from portal.findable import Content
from portal.finding import Wanted
from portal.models import Document
from portal.remembering import Memory, Numbers
from portal.views.start import about_award
from submissions.models import Round


class Found(NamedTuple):
    """Documents, not stored: those whose title or summary says every word, and those in whose text they stand."""

    by_title: list[Document]
    by_text: list[Document]


NONE = Found([], [])
HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>\s*<p class=\"lp-lead\">(.*?)</p>", re.DOTALL)
MOVING: Mapping[str, object] = {"winners": [], "course": [], "standing": None}
"""What the page of the award says besides, and what time changes by itself; winners have news and projects."""
_PLACES = Memory[list[Document]]("round")


def find(wanted: Wanted, now: datetime, numbers: Numbers) -> Found:
    """Return the places in which every word stands."""
    known = _PLACES.get(numbers, now, lambda: list(_places(now))) if wanted.words else []
    by_title = [one for one in known if finding.stands_in(one.stems_title + one.stems_summary, wanted)]
    others = [one for one in known if one not in by_title]
    return Found(by_title, [one for one in others if finding.stands_in(one.stems, wanted)])


def _places(now: datetime) -> Iterator[Document]:
    yield _place("award", about_award(Round.objects.current(), now) | dict(MOVING))
    yield _place("open_data", open_data.explained())


def _place(name: str, context: Mapping[str, object]) -> Document:
    """Return what the page of this name says, read from its template."""
    html = render_to_string(f"portal/_{name}.html", context)
    head, _, body = html.partition("</header>")
    title, lead = (findable.spoken(piece) for piece in HEADING.findall(head)[0])
    content = Content(title, None, summary=lead, text=findable.spoken(body))
    return findable.described(content, reverse(f"portal:{name}"))
