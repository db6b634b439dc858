"""Where the round stands, for pages that are about something else: known without a question while it stays the same."""

from dataclasses import replace
from datetime import datetime

from portal.caching import Until
from portal.course import Standing, instants
from portal.remembering import Memory, Numbers
from submissions.models import Round

TOPIC = "round"
"""What pages have to name that tell where the round stands."""
_ROUND = Memory[Round | None](TOPIC)


def standing(now: datetime, numbers: Numbers) -> Standing | None:
    """Return where the current round stands, without the time left, which changes with every minute; None without."""
    round_ = _round(now, numbers)
    return replace(Standing.of(round_, now), rest="") if round_ else None


def lasts(other: Until | None = None) -> Until:
    """Return until when a page holds that tells where the round stands, and for the rest holds as `other` says."""

    def until(now: datetime, numbers: Numbers) -> datetime | None:
        round_ = _round(now, numbers)
        moments = [*(instants(round_) if round_ else []), other(now, numbers) if other else None]
        return min((moment for moment in moments if moment and moment > now), default=None)

    return until


def _round(now: datetime, numbers: Numbers) -> Round | None:
    """Return the current round if it has its dates."""
    round_ = _ROUND.get(numbers, now, Round.objects.current)
    return None if round_ is None or round_.lacks() else round_
