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

Numbers = QuerySet[Any, Any]
TEXT = CharField()

ALL = "alle"
"""Stands where a count is of the whole search, not of a value."""


@dataclass(frozen=True)
class Counts:
    """How many projects a search finds, and how many each value of a group would give."""

    total: int = 0
    values: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def of(self, kind: str) -> Mapping[str, int]:
        return self.values.get(kind, {})


def worded(search: Search, now: datetime) -> ProjectQuerySet:
    """Return what is out at `now` and fits the words, whatever else is chosen; looking words up may take a query."""
    published = Project.objects.published(now)
    return matching(published, search.words) if search.words else published


def projects(search: Search, found: ProjectQuerySet) -> ProjectQuerySet:
    """Return those of the `worded` that fit what is chosen, in the order that is asked for."""
    fitting = _fitting(found, search)
    if search.sort == RELEVANCE:
        return fitting
    order = ("sort_key", "pk") if search.sort == TITLE else ("-published_at", "-pk")
    return fitting.order_by(*order)


def counts(search: Search, found: ProjectQuerySet) -> Counts:
    """Count in one query what is chosen of the `worded`, and what each value gives beside the other groups' choices."""
    whole = _fitting(found, search)
    facets = ProjectFacet.objects.exclude(kind__in=search.chosen)
    own = (
        _counted(ProjectFacet.objects.filter(kind=kind), _fitting(found, search, but=kind)) for kind in search.chosen
    )
    numbers: dict[str, dict[str, int]] = defaultdict(dict)
    for kind, value, number in _total(whole).union(_counted(facets, whole), *own, all=True):
        numbers[kind][value] = number
    return Counts(sum(numbers.pop(ALL, {}).values()), numbers)


def _fitting(projects: ProjectQuerySet, search: Search, *, but: str = "") -> ProjectQuerySet:
    """Keep those that have one of the chosen values of every group `but` one."""
    for kind, values in search.chosen.items():
        if kind != but:
            having = ProjectFacet.objects.filter(kind=kind, value__in=values)
            projects = projects.filter(pk__in=having.values("project"))
    return projects


def _counted(facets: QuerySet[ProjectFacet], projects: ProjectQuerySet) -> Numbers:
    """Return kind, value and number of `projects` for each value among `facets`."""
    having = facets.filter(project__in=projects.order_by().values("pk"))
    return having.order_by().values("kind", "value").annotate(n=Count("pk")).values_list("kind", "value", "n")


def _total(projects: ProjectQuerySet) -> Numbers:
    """Return the number of `projects` in the same three columns."""
    same = Project.objects.order_by().filter(pk__in=projects.order_by().values("pk"))
    named = same.annotate(of=Value(ALL, TEXT), which=Value("", TEXT)).values("of", "which")
    return named.annotate(n=Count("pk")).values_list("of", "which", "n")
