"""Where the round stands, for pages that are about something else: known without a question while it stays the same."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from portal.caching import Until
from portal.course import Standing, instants
from portal.remembering import Memory, Numbers
from submissions.models import Round

TOPIC = "round"
"""What pages have to name that tell where the round stands."""


class Told(NamedTuple):
    """A standing, and the instant at which it becomes another by time alone."""

    standing: Standing | None = None
    until: datetime | None = None


_TOLD = Memory[Told](TOPIC)


def standing(now: datetime, numbers: Numbers) -> Standing | None:
    """Return where the current round stands, without the time left, which changes with every minute; None without."""
    return _told(now, numbers).standing


def lasts(other: Until | None = None) -> Until:
    """Return until when a page holds that tells where the round stands, and for the rest holds as `other` says."""

    def until(now: datetime, numbers: Numbers) -> datetime | None:
        moments = (_told(now, numbers).until, other(now, numbers) if other else None)
        return min(filter(None, moments), default=None)

    return until


def _told(now: datetime, numbers: Numbers) -> Told:
    return _TOLD.get(numbers, now, lambda: _read(now), until=lambda told: told.until)


def _read(now: datetime) -> Told:
    round_ = Round.objects.current()
    if round_ is None or round_.lacks():
        return Told()
    until = min((moment for moment in instants(round_) if moment > now), default=None)
    return Told(replace(Standing.of(round_, now), rest=""), until)
