"""Home, the award and its conditions."""

from datetime import datetime
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jury.models import Seat
from landespreis import clock
from landespreis.composed import SAMPLE, Question
from portal import caching, welcome, winners
from portal.course import Standing, course, upcoming, weighted
from portal.directory.catalogue import next_publication
from portal.editions import CATALOGUE
from portal.models import Event, News
from portal.remembering import Memory
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


_KNOWN = Memory[Known]("round", "news", "events")


def _known(now: datetime) -> Known:
    round_ = Round.objects.current()
    categories = CATEGORIES.objects(round_.pk) if round_ else []
    return Known(round_, categories, NEWS.objects(now), EVENTS.objects(now))


@require_safe
@caching.public("round", "news", "projects", "events", CATALOGUE, lasts=caching.next_minute)
def home(request: HttpRequest) -> HttpResponse:
    now, numbers = clock.now(), caching.numbers(request)
    known = _KNOWN.get(numbers, now, lambda: _known(now), until=lambda _: caching.next_minute(now))
    round_ = known.round
    awarded = winners.of(round_, now) if round_ else []
    categories = known.categories if not awarded else []
    prizes = len(categories) or sum(winner.has_prize for winner in awarded)
    context = _about(round_, now) | {
        "winners": awarded,
        "categories": categories,
        "prizes": prizes * round_.prize if round_ else 0,
        "ways": welcome.ways(round_.phase(now) if round_ else None, has_winners=bool(awarded)),
        "newest": welcome.newest(now),
        "figures": welcome.figures(now, numbers, next_publication(now, numbers)),
        "news": known.news,
        "events": known.events,
    }
    return render(request, "portal/home.html", context)


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
