"""Which projects are like another one."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Case, Q, QuerySet, Sum, Value, When

from portal import slugs
from portal.models import Project, ProjectFacet
from portal.models.projects import ProjectQuerySet

Kind = ProjectFacet.Kind
WEIGHTS = {Kind.TOPIC: 4, Kind.CATEGORY: 3, Kind.DISTRICT: 2, Kind.REGION: 1}
"""How much it says that two projects share a value of that kind."""
CANDIDATES = 60
"""So many of each value are looked at, the latest first: the work does not grow with the directory."""


def like(project: Project, now: datetime) -> ProjectQuerySet:
    """Return the other published projects by how much they share with `project`, the newest of equals first.

    Category, topics and lead of `project` are loaded. One query over the index of facets; texts are left out.
    """
    values = list(_values(project))
    if not values:
        return Project.objects.none()
    latest = [_having(kind, value) for kind, value in values]
    candidates = latest[0].union(*latest[1:], all=True) if latest[1:] else latest[0]
    shared = Q(*(Q(facets__kind=kind, facets__value=value) for kind, value in values), _connector=Q.OR)
    weight = Case(*(When(facets__kind=kind, then=Value(worth)) for kind, worth in WEIGHTS.items()), default=Value(0))
    others = Project.objects.published(now).exclude(pk=project.pk).filter(shared, pk__in=candidates)
    return others.defer("body", "body_html").annotate(score=Sum(weight)).order_by("-score", "-published_at", "-pk")


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
