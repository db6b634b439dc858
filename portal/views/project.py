"""A project of the directory."""

from datetime import datetime

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from landespreis import clock
from landespreis.composed import SAMPLE, Question
from portal import caching, picturing, portrait, similar
from portal.models import FormerProjectAddress, Project
from portal.models.projects import with_municipalities

SIMILAR = 3


NEXT = Question(
    lambda now: Project.objects.filter(published_at__gt=now).order_by("published_at").values_list("published_at")[:1],
    SAMPLE,
)


def next_publication(now: datetime) -> datetime | None:
    """Return when the next project comes out by itself, or None."""
    return next((moment for (moment,) in NEXT.rows(now)), None)


@require_safe
@caching.public("projects", "news", lasts=next_publication)
def detail(request: HttpRequest, project: str) -> HttpResponse:
    """One project and three that are like it; a former address leads to the present one."""
    now = clock.now()
    visible = Project.objects.visible_to(request.user, now)
    found = (
        visible.select_related("category", "lead", "picture").prefetch_related("topics").filter(slug=project).first()
    )
    if found is None:
        moved = FormerProjectAddress.objects.filter(slug=project, project__in=visible).select_related("project").first()
        if moved is None:
            raise Http404
        return redirect(moved.project, permanent=True)
    others = list(similar.like(found, now).select_related("category", "lead")[:SIMILAR])
    prefetch_related_objects([found, *others], with_municipalities())
    context = {
        "project": found,
        "is_public": found.is_public(now),
        "portrait": portrait.of(found),
        "pattern": picturing.pattern_address(found),
        "similar": [portrait.card(other) for other in others],
    }
    return render(request, "portal/project.html", context)
