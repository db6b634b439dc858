"""Finding what somebody looks for: from the words they typed to rows, the best first."""

from django.db.models import F, Q, Value
from django.db.models.fields import FloatField

from portal.models.projects import ProjectQuerySet


def matching(projects: ProjectQuerySet, text: str) -> ProjectQuerySet:
    """Return those of `projects` in which every word of `text` stands, each with its `rank`; the higher the better."""
    found = projects.annotate(rank=Value(1.0, output_field=FloatField()))
    for word in text.split():
        found = found.filter(Q(title__icontains=word) | Q(abstract__icontains=word) | Q(lead__name__icontains=word))
    return found.order_by(F("rank").desc(), "-published_at", "-pk")
