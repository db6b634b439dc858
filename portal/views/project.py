"""A project of the directory."""

from datetime import datetime
from functools import lru_cache

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.models import User
from landespreis import clock
from landespreis.composed import SAMPLE, Question, Values
from portal import caching, phases, picturing, portrait, similar
from portal.directory import reading
from portal.directory.catalogue import next_publication
from portal.directory.reading import Partners, Whole
from portal.editions import CATALOGUE
from portal.models import FormerProjectAddress, Project
from portal.models.projects import ProjectQuerySet
from portal.portrait import Card
from portal.remembering import Numbers

SIMILAR = 3
CARDS = 500
"""Cards of projects that a process remembers."""


def _visible(user: User | AnonymousUser, now: datetime, slug: str) -> ProjectQuerySet:
    return Project.objects.visible_to(user, now).select_related("category", "lead", "picture").filter(slug=slug)


OUT = Question(lambda now, slug: _visible(AnonymousUser(), now, slug), SAMPLE, "sample")


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
    reading.hold_topics(found)
    others = _others(found, now, caching.numbers(request))
    context = {
        "project": found,
        "is_public": found.is_public(now),
        "portrait": portrait.of(found),
        "pattern": picturing.pattern_address(found),
        "similar": [_card(*other) for other in others],
    }
    return render(request, "portal/project.html", context)


def _others(found: Project, now: datetime, numbers: Numbers) -> list[Whole]:
    """Return rows of projects that are like it, and let it have its partners; one query, two where it is new."""
    like = similar.like(found, now, numbers, SIMILAR, next_publication(now, numbers))
    return reading.hold_partners(found, like, now)


@lru_cache(maxsize=CARDS)
def _card(row: Values, partners: Partners) -> Card:
    """Return the card of a project. It hangs on nothing but these values: with others it is another one."""
    return portrait.card(reading.made(row, partners))


def _found(slug: str, user: User | AnonymousUser, now: datetime) -> Project | None:
    """Return the project at that address, if `user` may see it."""
    if user.is_authenticated:
        return _visible(user, now, slug).first()
    found: Project | None = next(iter(OUT.objects(now, slug)), None)
    return found
