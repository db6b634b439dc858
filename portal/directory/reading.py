"""Reads what rows of the list show, as plain values, and what hangs on projects that were read by other ways."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection

from landespreis import composed, composed_rows
from landespreis.composed import Values
from landespreis.composed_rows import Read
from portal.models import Project, ProjectPartner, Topic

PLACE = ["ags", "name", "label", "district_ags", "region", "latitude", "longitude", "kind"]
ROW = Read(
    Project,
    ["id", "slug", "title", "abstract", "prize_year", "is_funded", "category_id", "lead_id", "picture_id"],
    joins={"category": ["short_name", "hue"], "lead": PLACE, "picture": ["key", "width", "height"]},
)
PARTNERS = Read(
    ProjectPartner,
    ["id", "project_id", "municipality_id", "name", "kind", "country"],
    by="project_id",
    joins={"municipality": PLACE},
    order="id",
)
SHOWN = Read(
    Project,
    joins={
        "category": ["key", "name", "short_name", "hue"],
        "lead": PLACE,
        "picture": ["key", "width", "height", "alt", "credit"],
    },
)
TOPICS = Read(Topic, order="position, name")
OF_TOPICS = "SELECT topic_id FROM portal_project_topics WHERE project_id = "
Partners = tuple[Values, ...] | str | None
"""The rows of a project's partners, or the same as a text; what is made of them hangs on no more than that."""
Whole = tuple[Values, Partners]
KEY = ROW.place("id")
"""Where the key of a project stands among the values of a row, and of a partner the key of its project."""
OF_PROJECT = PARTNERS.place("project_id")


def whole(tail: str, params: Sequence[Any], *, head: str = "") -> list[Whole]:
    """Return the rows of projects that `tail` leaves, as `Read.values_where`, with their partners.

    PostgreSQL is asked once: each question more costs as much as drawing three rows.
    """
    if connection.vendor == "postgresql":
        return [(row[:-1], row[-1]) for row in ROW.values_where(tail, params, head=head, more=_as_text())]
    rows = ROW.values_where(tail, params, head=head)
    partners = _partners(row[KEY] for row in rows)
    return [(row, tuple(partners[row[KEY]])) for row in rows]


def of_keys(keys: Sequence[int], now: datetime) -> list[Whole]:
    """Return the rows of the projects with these keys in their order, as far as they are out at `now`."""
    if not keys:
        return []
    tail = f"WHERE own.id IN ({_places(keys)}) AND own.published_at <= %s"
    by_key = {row[0][KEY]: row for row in whole(tail, [*keys, composed.adapted(now)])}
    return [by_key[key] for key in keys if key in by_key]


def shown(slug: str, now: datetime) -> Project | None:
    """Return the project at an address if it is out at `now`, with all that its page shows of it; one question of
    PostgreSQL, three of others."""
    tail, params = "WHERE own.slug = %s AND own.published_at <= %s", [slug, composed.adapted(now)]
    if connection.vendor == "postgresql":
        rows = SHOWN.values_where(tail, params, more=f"{_as_text()}, {_topics_as_text()}")
        found = [(SHOWN.made(row[:-2]), row[-2], TOPICS.values_in(row[-1])) for row in rows]
    else:
        projects = map(SHOWN.made, SHOWN.values_where(tail, params))
        found = [(one, tuple(_partners([one.pk])[one.pk]), _topics(one.pk)) for one in projects]
    for project, partners, topics in found:
        _hold(project, partners)
        composed_rows.hold(project, "topics", Topic.objects.all(), [TOPICS.made(topic) for topic in topics])
        return project
    return None


def _places(keys: Sequence[int]) -> str:
    return ", ".join(["%s"] * len(keys))


def made(row: Values, partners: Partners) -> Project:
    """Return the project of a row, with all that a row shows and without its text."""
    project = ROW.made(row)
    _hold(project, partners)
    return project


@cache
def _as_text() -> str:
    return PARTNERS.as_text("part.project_id = own.id")


@cache
def _topics_as_text() -> str:
    return TOPICS.as_text(f"part.id IN ({OF_TOPICS}own.id)")


def _partners(keys: Iterable[int]) -> dict[int, list[Values]]:
    found: dict[int, list[Values]] = defaultdict(list)
    for partner in PARTNERS.values(keys):
        found[partner[OF_PROJECT]].append(partner)
    return found


def _topics(project: int) -> list[Values]:
    return TOPICS.values_where(f"WHERE own.id IN ({OF_TOPICS}%s) ORDER BY own.position, own.name", [project])


def _hold(project: Project, partners: Partners) -> None:
    values = partners if isinstance(partners, tuple) else PARTNERS.values_in(partners)
    rows = [PARTNERS.made(partner) for partner in values]
    composed_rows.hold(project, "partners", ProjectPartner.objects.all(), rows)
