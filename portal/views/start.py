"""Home, the award and its conditions."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from landespreis import clock
from portal import caching
from portal.course import Standing, course, upcoming, weighted
from portal.models import News
from submissions.models import Round

NEWS_ON_HOME = 3


@require_safe
@caching.public("round", "news", lasts=caching.next_minute)
def home(request: HttpRequest) -> HttpResponse:
    news = News.objects.published(clock.now()).with_all()[:NEWS_ON_HOME]
    return render(request, "portal/home.html", _about(Round.objects.current()) | {"news": list(news)})


@require_safe
@caching.public("round", lasts=caching.next_minute)
def award(request: HttpRequest) -> HttpResponse:
    round_ = Round.objects.current()
    criteria = list(round_.criteria.all()) if round_ else []
    shares = weighted(criteria)
    equal = not any(share for _, share in shares)
    return render(request, "portal/award.html", _about(round_) | {"criteria": shares, "has_equal_weights": equal})


def _about(round_: Round | None) -> dict[str, object]:
    """Return what home and award page say about the round; all of it works without one."""
    if round_ is None:
        return {"round": None, "categories": [], "standing": None, "course": [], "upcoming": []}
    now = clock.now()
    steps = course(round_, now)
    return {
        "round": round_,
        "categories": list(round_.categories.all()),
        "standing": Standing.of(round_, now),
        "course": steps,
        "upcoming": upcoming(steps),
    }
