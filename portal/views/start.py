"""Home, the award and its conditions."""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from jury.models import Decision, Seat
from landespreis import clock
from landespreis.composed import SAMPLE, Question
from portal import caching, welcome, winners
from portal.course import Standing, course, upcoming, weighted
from portal.editions import CATALOGUE
from portal.models import Event, News
from portal.remembering import Memory, Numbers
from portal.winners import Winner
from submissions.models import Category, Round

NEWS_ON_HOME = 3
EVENTS_ON_HOME = 3
NEWS = Question(lambda now: News.objects.published(now)[:NEWS_ON_HOME], SAMPLE)
CATEGORIES = Question(lambda round_: Category.objects.filter(round=round_), -1)
EVENTS = Question(
    lambda now: Event.objects.published(now).coming(now).filter(cancelled_at=None)[:EVENTS_ON_HOME], SAMPLE
)


class Known(NamedTuple):
    """What home tells besides projects."""

    round: Round | None
    categories: list[Category]
    news: list[News]
    events: list[Event]


class Around(NamedTuple):
    """What home tells machines, what stands on it above and below the projects, and the prizes of the round together,
    in euros."""

    head: SafeString
    above: SafeString
    below: SafeString
    prizes: int


OF_ROUND = ("round", "news", "events")
_KNOWN, _AROUND = Memory[Known](*OF_ROUND), Memory[Around](*OF_ROUND)
_DECIDED = Memory[list[Decision]]("round", CATALOGUE)
"""What the jury has decided: it stays, but for how categories and municipalities are called."""


def _known(now: datetime) -> Known:
    round_ = Round.objects.current()
    categories = CATEGORIES.objects(round_.pk) if round_ else []
    return Known(round_, categories, NEWS.objects(now), EVENTS.objects(now))


@require_safe
@caching.public("round", "news", "projects", "events", CATALOGUE, lasts=caching.next_minute)
def home(request: HttpRequest) -> HttpResponse:
    now, numbers = clock.now(), caching.numbers(request)
    minute = caching.next_minute(now)
    known = _KNOWN.get(numbers, now, lambda: _known(now), until=lambda _: minute)
    awarded = _awarded(known.round, now, numbers) if known.round else []
    told = tuple((winner, winner.project and winner.project.slug) for winner in awarded)  # its address may change
    around = _AROUND.get(numbers, now, lambda: _around(known, awarded, now), key=told, until=lambda _: minute)
    figures = welcome.figures(now, numbers)
    context = {
        "around": around,
        "newest": welcome.newest(now),
        "projects": figures.projects if figures else 0,
        "figures": welcome.told(figures, around.prizes) if figures else "",
    }
    return render(request, "portal/home.html", context)


def _awarded(round_: Round, now: datetime, numbers: Numbers) -> list[Winner]:
    """Return who has won, with the present addresses of their projects."""
    decisions = _DECIDED.get(
        numbers, now, lambda: winners.decided(round_, now), key=round_.pk, until=lambda _: caching.next_minute(now)
    )
    return winners.told(decisions, now)


def _around(known: Known, awarded: list[Winner], now: datetime) -> Around:
    """Make what home says besides projects; it takes as long as all the rest of the page."""
    round_, categories = known.round, known.categories if not awarded else []
    context = _about(round_, now) | {
        "winners": awarded,
        "categories": categories,
        "ways": welcome.ways(round_.phase(now) if round_ else None, has_winners=bool(awarded)),
        "news": known.news,
        "events": known.events,
        "base_url": settings.BASE_URL,
    }
    head, above, below = (
        render_to_string(f"portal/_home_{place}.html", context) for place in ("head", "above", "below")
    )
    prizes = len(categories) or sum(winner.has_prize for winner in awarded)
    return Around(head, above, below, prizes * round_.prize if round_ else 0)


@require_safe
@caching.public("round", "projects", lasts=caching.next_minute)
def award(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/award.html", about_award(Round.objects.current(), clock.now()))


def about_award(round_: Round | None, now: datetime) -> dict[str, object]:
    """Return what the page of the award says of a round, also of one that still lacks its dates."""
    criteria = list(round_.criteria.all()) if round_ else []
    shares = weighted(criteria)
    return _about(round_, now) | {
        "winners": winners.of(round_, now) if round_ and not round_.lacks() else [],
        "categories": list(round_.categories.all()) if round_ else [],
        "criteria": shares,
        "has_equal_weights": not any(share for _, share in shares),
        "seats": list(Seat.objects.filter(round=round_)) if round_ else [],
    }


def _about(round_: Round | None, now: datetime) -> dict[str, object]:
    """Return where the round stands; all of it works without one."""
    if round_ is None or round_.lacks():
        return {"round": round_, "standing": None, "course": [], "upcoming": []}
    steps = course(round_, now)
    standing = Standing.of(round_, now)
    return {"round": round_, "standing": standing, "course": steps, "upcoming": upcoming(steps)}
