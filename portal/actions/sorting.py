"""Verbs on what the directory is sorted by: load what comes with the portal, save and remove categories and topics.

Projects are found by key and slug, so where one changes, the facets of all its projects change with it.
"""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from portal.models import ProjectCategory, ProjectFacet, Topic

Row = dict[str, str]


@transaction.atomic
def load(categories: Sequence[Row], topics: Sequence[Row]) -> tuple[int, int]:
    """Add categories that are missing, and the topics where there are none at all yet; return how many of each.

    What staff have changed stays, and a topic they have deleted does not come back. Categories do: entries of the award
    find theirs by key.
    """
    added = [
        ProjectCategory(position=place, **row)
        for place, row in enumerate(categories, start=1)
        if not ProjectCategory.objects.filter(Q(key=row["key"]) | Q(name=row["name"])).exists()
    ]
    ProjectCategory.objects.bulk_create(added)
    if Topic.objects.exists():
        return len(added), 0
    Topic.objects.bulk_create(Topic(position=place, **row) for place, row in enumerate(topics, start=1))
    return len(added), len(topics)


@transaction.atomic
def save_category(category: ProjectCategory) -> ProjectCategory:
    before = ProjectCategory.objects.filter(pk=category.pk).values_list("key", flat=True).first()
    category.save()
    _rename(ProjectFacet.Kind.CATEGORY, before, category.key)
    return category


@transaction.atomic
def save_topic(topic: Topic) -> Topic:
    before = Topic.objects.filter(pk=topic.pk).values_list("slug", flat=True).first()
    topic.save()
    _rename(ProjectFacet.Kind.TOPIC, before, topic.slug)
    return topic


@transaction.atomic
def remove_topic(topic: Topic) -> None:
    """Delete a topic, also from the projects that have it."""
    ProjectFacet.objects.filter(kind=ProjectFacet.Kind.TOPIC, value=topic.slug).delete()
    topic.delete()


def _rename(kind: ProjectFacet.Kind, before: str | None, after: str) -> None:
    if before and before != after:
        ProjectFacet.objects.filter(kind=kind, value=before).update(value=after)
