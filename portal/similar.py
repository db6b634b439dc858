"""Which projects are like another one."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Case, Q, QuerySet, Sum, Value, When

from landespreis.composed import SAMPLE, Question
from portal import slugs
from portal.models import Project, ProjectFacet

Kind = ProjectFacet.Kind
WEIGHTS = {Kind.TOPIC: 4, Kind.CATEGORY: 3, Kind.DISTRICT: 2, Kind.REGION: 1}
"""How much it says that two projects share a value of that kind."""
MOST_VALUES = 20
KEY = -1
"""Stands for the key of a project in SQL that is composed once."""
CANDIDATES = 60
"""So many of each value are looked at, the latest first: the work does not grow with the directory."""


def like(project: Project, now: datetime, most: int) -> list[Project]:
    """Return the other published projects by how much they share with `project`, the newest of equals first.

    Category, topics and lead of `project` are loaded, and those of the others. One query over the index of facets;
    texts are left out.
    """
    values = list(_values(project))[:MOST_VALUES]
    if not values:
        return []
    kinds = tuple(kind for kind, _ in values)
    found: list[Project] = _asked(kinds, most).objects(now, project.pk, *(value for _, value in values))
    return found


@lru_cache(maxsize=100)
def _asked(kinds: tuple[Kind, ...], most: int) -> Question:
    """Return the question for projects that share values of these kinds; composing it takes ten times as long."""

    def of(now: datetime, key: int, *values: str) -> QuerySet[Project]:
        pairs = list(zip(kinds, values, strict=True))
        latest = [_having(kind, value) for kind, value in pairs]
        candidates = latest[0].union(*latest[1:], all=True) if latest[1:] else latest[0]
        shared = Q(*(Q(facets__kind=kind, facets__value=value) for kind, value in pairs), _connector=Q.OR)
        worth = (When(facets__kind=kind, then=Value(points)) for kind, points in WEIGHTS.items())
        others = Project.objects.published(now).exclude(pk=key).filter(shared, pk__in=candidates)
        scored = others.annotate(score=Sum(Case(*worth, default=Value(0)))).select_related("category", "lead")
        return scored.defer("body", "body_html").order_by("-score", "-published_at", "-pk")[:most]

    return Question(of, SAMPLE, KEY, *(f"sample {number}" for number in range(len(kinds))))


def _values(project: Project) -> Iterator[tuple[Kind, str]]:
    for topic in project.topics.all():
        yield Kind.TOPIC, topic.slug
    if project.category:
        yield Kind.CATEGORY, project.category.key
    if project.lead and project.lead.district_ags:
        yield Kind.DISTRICT, project.lead.district_ags
    if project.lead:
        yield Kind.REGION, slugs.slug(project.lead.region)


def _having(kind: Kind, value: str) -> "QuerySet[ProjectFacet, Any]":
    """Return the latest projects that have a value; the inner query is what SQLite needs to limit a part of a union."""
    rows = ProjectFacet.objects.filter(kind=kind, value=value).order_by("-project_id").values("pk")[:CANDIDATES]
    return ProjectFacet.objects.filter(pk__in=rows).order_by().values("project_id")
