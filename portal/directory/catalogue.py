"""What the directory knows besides its projects: the names of all that one filters by, and what comes out next."""

from datetime import datetime
from typing import NamedTuple

from landespreis.composed import SAMPLE, Question, Values
from portal.directory import filters
from portal.editions import CATALOGUE
from portal.models import Project
from portal.remembering import Memory, Numbers

NEXT = Question(
    lambda now: Project.objects.filter(published_at__gt=now).order_by("published_at").values_list("published_at")[:1],
    SAMPLE,
)


class Known(NamedTuple):
    """`named` as `filters.names` reads it, and `towns` by their AGS."""

    named: tuple[Values, ...]
    towns: tuple[tuple[str, str], ...]


_KNOWN, _NEXT = Memory[Known](CATALOGUE), Memory[datetime | None](CATALOGUE)


def known(now: datetime, numbers: Numbers) -> Known:
    """Return what is known at `now`; no query while nothing of it changes, otherwise two."""
    following = next_publication(now, numbers)
    return _KNOWN.get(numbers, now, lambda: _read(now), until=lambda _: following)


def next_publication(now: datetime, numbers: Numbers) -> datetime | None:
    """Return when the next project comes out by itself, or None; no query while that stays the same."""
    return _NEXT.get(numbers, now, lambda: _next(now), until=lambda moment: moment)


def _read(now: datetime) -> Known:
    """The register is read anew: what others keep of it may be older than `numbers`."""
    named, towns = filters.named(now)
    return Known(named, tuple(towns.items()))


def _next(now: datetime) -> datetime | None:
    return next((moment for (moment,) in NEXT.rows(now)), None)
