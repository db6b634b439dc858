"""Verbs on what the directory is sorted by: load the categories and topics that come with the portal."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from portal.models import ProjectCategory, Topic

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
