"""How far this machine's clock is away from the database's, which is the one clock that all hosts share."""

import logging
import time
from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

log = logging.getLogger(__name__)

QUESTION = "SELECT clock_timestamp()"
AGREED = timedelta()
FRESH = 30.0
"""Seconds for which a measurement holds."""
UNSURE = timedelta(milliseconds=250)
"""A measurement that may be wrong by more, because the answer took long, holds for a second only."""
WORTH_TELLING = timedelta(seconds=2)
TOLERANCE = timedelta(milliseconds=10)
"""What two right clocks may differ by without our following every tremor."""
STEP = 0.1
"""Seconds by which the machine's clock jumps when somebody sets it; what was measured before is worth nothing then."""
_measuring = Lock()


class Reading(NamedTuple):
    """How far the database's clock was ahead of the machine's, until when that holds, and what it rests on."""

    ahead: timedelta
    until: float
    """On the monotonic clock."""
    anchor: float
    """What the machine's clock shows at the beginning of the monotonic one."""


_reading: Reading | None = None


def machine() -> datetime:
    """Return what this machine's clock shows; a rehearsal lets it go wrong by settings.CLOCK_SKEW."""
    return timezone.now() + settings.CLOCK_SKEW


def now() -> datetime:
    """Return the moment that all hosts share, the database's, which no demo shifts."""
    return machine() + ahead()


def ahead() -> timedelta:
    """Return what has to be added to `machine()` to get what the database's clock shows.

    Asks the database at most every 30 seconds per process, over the connection that is open anyway, and never raises:
    without an answer the last one holds. Nothing is added where the database has no clock of its own (SQLite).
    """
    if not settings.DATABASE_CLOCK:
        return AGREED
    if _is_stale():
        with _measuring:
            if _is_stale():
                _measure()
    return _reading.ahead if _reading else AGREED


def told() -> timedelta | None:
    """Return how far the database's clock is ahead as far as that was measured, for who watches over hosts."""
    ahead()
    return _reading.ahead if settings.DATABASE_CLOCK and _reading else None


def believed(before: timedelta, low: timedelta, high: timedelta) -> timedelta:
    """Return the distance after a measurement that says it is between `low` and `high`.

    What was believed stays as long as it may be true, so that time does not go to and fro with each measurement.
    """
    return before if low - TOLERANCE <= before <= high + TOLERANCE else (low + high) / 2


def forget() -> None:
    """Measure anew before the next moment is told."""
    global _reading  # noqa: PLW0603  # one clock per process
    _reading = None


def _is_stale() -> bool:
    return _reading is None or time.monotonic() > _reading.until or abs(_anchor() - _reading.anchor) > STEP


def _anchor() -> float:
    return machine().timestamp() - time.monotonic()


def _measure() -> None:
    """Ask the database what time it is: its answer was true at some moment between question and answer."""
    global _reading  # noqa: PLW0603  # one clock per process
    if connection.connection is None or connection.needs_rollback:
        return  # nobody decides anything without a connection, or in a transaction that is lost
    begin = machine()
    try:
        with connection.cursor() as cursor:
            cursor.execute(QUESTION)
            shown: datetime = cursor.fetchone()[0]
    except Error as error:
        log.warning("the database was not asked for the time: %s", str(error).strip())
        return
    end = machine()
    before = _reading.ahead if _reading else AGREED
    found = believed(before, shown - end, shown - begin)
    sure = (end - begin) / 2 <= UNSURE
    _reading = Reading(found, time.monotonic() + (FRESH if sure else 1), _anchor())
    if abs(found) > WORTH_TELLING and not (abs(before) > WORTH_TELLING and abs(found - before) < WORTH_TELLING):
        log.warning(
            "this machine's clock is off: the database's is %.1f s ahead, and is followed", found.total_seconds()
        )
