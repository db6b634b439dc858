"""Which projects are like another one."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Case, Q, QuerySet, Sum, Value, When

from landespreis.composed import SAMPLE, Question
from portal import slugs
from portal.editions import CATALOGUE
from portal.models import Project, ProjectFacet
from portal.remembering import Memory, Numbers

Kind = ProjectFacet.Kind
WEIGHTS = {Kind.TOPIC: 4, Kind.CATEGORY: 3, Kind.DISTRICT: 2, Kind.REGION: 1}
"""How much it says that two projects share a value of that kind."""
MOST_VALUES = 20
KEY = -1
"""Stands for the key of a project in SQL that is composed once."""
KEPT = 2000
"""Projects of which a process remembers what is like them."""
CANDIDATES = 60
"""So many of each value are looked at, the latest first: the work does not grow with the directory."""

_LIKE = Memory[tuple[int, ...]](CATALOGUE, most=KEPT)


def like(project: Project, now: datetime, numbers: Numbers, most: int, until: datetime | None) -> tuple[int, ...]:
    """Return the keys of other published projects by how much they share with `project`, the newest of equals first.

    Category, topics and lead of `project` are loaded. One query over the index of facets, none while these and what is
    published stay the same; `until` says when the next project comes out.
    """
    values = tuple(_values(project))[:MOST_VALUES]
    if not values:
        return ()
    kinds = tuple(kind for kind, _ in values)

    def make() -> tuple[int, ...]:
        return tuple(key for key, _ in _asked(kinds, most).rows(now, project.pk, *(value for _, value in values)))

    return _LIKE.get(numbers, now, make, key=(project.pk, values, most), until=lambda _: until)


@lru_cache(maxsize=100)
def _asked(kinds: tuple[Kind, ...], most: int) -> Question:
    """Return the question for projects that share values of these kinds; composing it takes ten times as long."""

    def of(now: datetime, key: int, *values: str) -> QuerySet[Any, Any]:
        pairs = list(zip(kinds, values, strict=True))
        latest = [_having(kind, value) for kind, value in pairs]
        candidates = latest[0].union(*latest[1:], all=True) if latest[1:] else latest[0]
        shared = Q(*(Q(facets__kind=kind, facets__value=value) for kind, value in pairs), _connector=Q.OR)
        worth = (When(facets__kind=kind, then=Value(points)) for kind, points in WEIGHTS.items())
        others = Project.objects.published(now).exclude(pk=key).filter(shared, pk__in=candidates)
        scored = others.annotate(score=Sum(Case(*worth, default=Value(0)))).values_list("pk", "score")
        return scored.order_by("-score", "-published_at", "-pk")[:most]

    return Question(of, SAMPLE, KEY, *(f"sample {number}" for number in range(len(kinds))))


def _values(project: Project) -> Iterator[tuple[Kind, str]]:
    for topic in project.topics.all():
        yield Kind.TOPIC, topic.slug
    if project.category:
        yield Kind.CATEGORY, project.category.key
    if project.lead and project.lead.district_ags:
        yield Kind.DISTRICT, project.lead.district_ags
    if project.lead:
        for region in project.lead.regions:
            yield Kind.REGION, slugs.slug(region)


def _having(kind: Kind, value: str) -> "QuerySet[ProjectFacet, Any]":
    """Return the latest projects that have a value; the inner query is what SQLite needs to limit a part of a union."""
    rows = ProjectFacet.objects.filter(kind=kind, value=value).order_by("-project_id").values("pk")[:CANDIDATES]
    return ProjectFacet.objects.filter(pk__in=rows).order_by().values("project_id")
