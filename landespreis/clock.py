"""The one source of "now" for everything that depends on the award's calendar."""

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings

from landespreis import drift

BERLIN = ZoneInfo("Europe/Berlin")
KEPT = 5000
"""How many settings of the clock its file remembers; filling a demo makes most of them."""
_rehearsed: list["Setting"] | None = None


class Setting(NamedTuple):
    """That the clock was set at the machine's moment `since`, and how far it has been away from it since then."""

    since: datetime
    offset: timedelta


def now() -> datetime:
    """Return the current moment, aware, in UTC.

    All hosts tell the same one, the database's (`landespreis.drift`): a host whose own clock is wrong must neither
    accept what is late nor refuse who is in time. In a demo the moment is shifted by what `settings.CLOCK_FILE` says,
    which web, worker and beat share, and ticks on. Sessions, passwords, second factors and the sending of mail do not
    use this clock.
    """
    history = _history() if settings.DEMO else ()
    return drift.now() + history[-1].offset if history else drift.now()


def told(instant: datetime) -> datetime:
    """Return what this clock showed at a past moment of the machine; outside a demo they are the same."""
    history = _history() if settings.DEMO else ()
    if not history:
        return instant
    place = bisect_right(history, instant, key=lambda entry: entry.since)
    return instant + history[max(place - 1, 0)].offset


def last_set() -> datetime | None:
    """Return the moment to which the demo's clock was set last, or None when it never was."""
    history = _history()
    return history[-1].since + history[-1].offset if history else None


def set_now(moment: datetime) -> None:
    """Let the demo's clock continue from `moment` (aware), in every process.

    Raises RuntimeError outside a demo.
    """
    if not settings.DEMO:
        raise RuntimeError("The clock can be set in a demo only.")
    if _rehearsed is not None:
        _rehearsed.append(_setting(moment))
    else:
        _replace((*_history(), _setting(moment)))


@contextmanager
def rehearsal() -> Iterator[None]:
    """Let `set_now` hold in this process only and write its file once, after the block: a demo is filled in thousands
    of moments, and nobody else looks on. A block that fails leaves the clock as it was.
    """
    global _rehearsed  # noqa: PLW0603  # one clock per process
    _rehearsed = list(_history())
    try:
        yield
        _replace(_rehearsed)
    finally:
        _rehearsed = None


def _replace(history: Sequence[Setting]) -> None:
    file = _file()
    _written(file, history[-KEPT:]).replace(file)
    _read.cache_clear()


def _setting(moment: datetime) -> Setting:
    since = drift.now()
    return Setting(since, moment.astimezone(UTC) - since)


def _history() -> Sequence[Setting]:
    """Return all settings, the oldest first. Without a file the clock begins at `settings.NOW_ORIGIN`, where given."""
    if _rehearsed is not None:
        return _rehearsed
    file = _file()
    try:
        stat = file.stat()
    except FileNotFoundError:
        if settings.NOW_ORIGIN is None:
            return ()
        _begin(file, settings.NOW_ORIGIN)
        stat = file.stat()
    return _read(file, (stat.st_mtime_ns, stat.st_ino))


def _begin(file: Path, origin: datetime) -> None:
    """Write the first setting, unless another process was quicker: then its word holds."""
    fresh = _written(file, (_setting(origin),))
    try:
        file.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _written(file: Path, history: Sequence[Setting]) -> Path:
    """Return a new file beside `file` with that content, ready to take its place in one step."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{uuid4().hex}")
    fresh.write_text(json.dumps([[since.isoformat(), offset.total_seconds()] for since, offset in history]))
    return fresh


def _file() -> Path:
    if settings.CLOCK_FILE is None:
        raise RuntimeError("Only a demo has a clock of its own.")
    return settings.CLOCK_FILE


@lru_cache(maxsize=2)
def _read(file: Path, version: tuple[int, int]) -> tuple[Setting, ...]:
    return tuple(
        Setting(datetime.fromisoformat(since), timedelta(seconds=offset))
        for since, offset in json.loads(file.read_text())
    )
