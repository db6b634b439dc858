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
from portal.portrait import Fact, Member

SIMILAR = 3
CARDS, PIECES = 500, 200
"""Cards of projects that a process remembers, and parts of their pages."""


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
    told = portrait.of(found)
    context = {
        "project": found,
        "is_public": found.is_public(now),
        "portrait": told,
        "partners": _partners(found.title, told.members, told.is_large, told.map, told.map_note),
        "facts": _facts(told.facts),
        "pattern": picturing.pattern_address(found),
        "similar": [_card(*other) for other in reading.of_keys(like, now)],
    }
    return render(request, "portal/project.html", context)


@lru_cache(maxsize=PIECES)
def _partners(
    title: str, members: tuple[Member, ...], is_large: bool, map_: SafeString | str, note: str
) -> SafeString | str:
    """Return who takes part, with the map: another text of a project leaves it as it is."""
    context = {"title": title, "members": members, "is_large": is_large, "map": map_, "note": note}
    return render_to_string("portal/_project_partners.html", context) if members else ""


@lru_cache(maxsize=PIECES)
def _facts(facts: tuple[Fact, ...]) -> SafeString:
    return render_to_string("portal/_project_facts.html", {"facts": facts})


@lru_cache(maxsize=CARDS)
def _card(row: Values, partners: Partners) -> SafeString:
    """Return the card of a project. It hangs on nothing but these values: with others it is another one."""
    return render_to_string("portal/_card.html", {"card": portrait.card(reading.made(row, partners))})


def _found(slug: str, user: User | AnonymousUser, now: datetime) -> Project | None:
    """Return the project at that address with its topics and partners, if `user` may see it."""
    if not user.is_authenticated:
        return reading.shown(slug, now)
    return Project.objects.visible_to(user, now).with_all().prefetch_related("topics").filter(slug=slug).first()
