"""A project of the directory."""

from datetime import datetime
from functools import lru_cache

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from accounts.models import User
from landespreis import clock
from landespreis.composed import Values
from portal import caching, phases, picturing, portrait, similar
from portal.directory import reading
from portal.directory.catalogue import next_publication
from portal.directory.reading import Partners
from portal.editions import CATALOGUE
from portal.models import FormerProjectAddress, Project

SIMILAR = 3
CARDS = 500
"""Cards of projects that a process remembers."""


@require_safe
@caching.public("projects", "news", CATALOGUE, phases.TOPIC, lasts=phases.lasts(next_publication))
def detail(request: HttpRequest, project: str) -> HttpResponse:
    """One project and three that are like it; a former address leads to the present one."""
    now = clock.now()
    found = _found(project, request.user, now)
    if found is None:
        visible = Project.objects.visible_to(request.user, now)
        moved = FormerProjectAddress.objects.filter(slug=project, project__in=visible).select_related("project").first()
        if moved is None:
            raise Http404
        return redirect(moved.project, permanent=True)
    numbers = caching.numbers(request)
    like = similar.like(found, now, numbers, SIMILAR, next_publication(now, numbers))
    context = {
        "project": found,
        "is_public": found.is_public(now),
        "portrait": portrait.of(found),
        "pattern": picturing.pattern_address(found),
        "similar": [_card(*other) for other in reading.of_keys(like, now)],
    }
    return render(request, "portal/project.html", context)


@lru_cache(maxsize=CARDS)
def _card(row: Values, partners: Partners) -> SafeString:
    """Return the card of a project. It hangs on nothing but these values: with others it is another one."""
    return render_to_string("portal/_card.html", {"card": portrait.card(reading.made(row, partners))})


def _found(slug: str, user: User | AnonymousUser, now: datetime) -> Project | None:
    """Return the project at that address with its topics and partners, if `user` may see it."""
    if not user.is_authenticated:
        return reading.shown(slug, now)
    return Project.objects.visible_to(user, now).with_all().prefetch_related("topics").filter(slug=slug).first()
