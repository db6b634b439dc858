"""What is found: the projects of a search, and how many of them each value would give. Reads only."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, QuerySet, Value

from portal.directory.search import RELEVANCE, TITLE, Search
from portal.finding import matching
from portal.models import Project, ProjectFacet
from portal.models.projects import ProjectQuerySet

Facets = QuerySet[ProjectFacet, Any]

ALL = "alle"
"""Stands where a count is of the whole search, not of a value."""


@dataclass(frozen=True)
class Counts:
    """How many projects a search finds, and how many each value of a group would give."""

    total: int = 0
    values: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def of(self, kind: str) -> Mapping[str, int]:
        return self.values.get(kind, {})


def projects(search: Search, now: datetime) -> ProjectQuerySet:
    """Return what is found and out at `now`, in the order that is asked for."""
    found = _fitting(_worded(search, now), search)
    if search.sort == RELEVANCE:
        return found
    order = ("sort_key", "pk") if search.sort == TITLE else ("-published_at", "-pk")
    return found.order_by(*order)


def counts(search: Search, now: datetime) -> Counts:
    """Count in one query what the search finds, and what each value gives beside the choices in the other groups."""
    worded = _worded(search, now)
    whole = _fitting(worded, search)
    facets = ProjectFacet.objects.exclude(kind__in=search.chosen)
    own = (
        _counted(ProjectFacet.objects.filter(kind=kind), _fitting(worded, search, but=kind)) for kind in search.chosen
    )
    text = CharField()
    total = (
        whole.order_by()
        .annotate(of=Value(ALL, text), which=Value("", text))
        .values_list("of", "which")
        .annotate(n=Count("pk"))
        .values_list("of", "which", "n")
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for kind, value, number in total.union(_counted(facets, whole), *own, all=True):
        found[kind][value] = number
    return Counts(sum(found.pop(ALL, {}).values()), found)


def _worded(search: Search, now: datetime) -> ProjectQuerySet:
    published = Project.objects.published(now)
    return matching(published, search.words) if search.words else published


def _fitting(projects: ProjectQuerySet, search: Search, *, but: str = "") -> ProjectQuerySet:
    """Keep those that have one of the chosen values of every group `but` one."""
    for kind, values in search.chosen.items():
        if kind != but:
            having = ProjectFacet.objects.filter(kind=kind, value__in=values)
            projects = projects.filter(pk__in=having.values("project"))
    return projects


def _counted(facets: Facets, projects: ProjectQuerySet) -> Facets:
    """Return kind, value and number of `projects` for each value among `facets`."""
    having = facets.filter(project__in=projects.order_by().values("pk"))
    return having.order_by().values("kind", "value").annotate(n=Count("pk")).values_list("kind", "value", "n")
