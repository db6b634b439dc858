"""The one source of "now" for everything that depends on the award's calendar."""

import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

BERLIN = ZoneInfo("Europe/Berlin")


def now() -> datetime:
    """Return the current moment, aware, in UTC.

    In a demo the moment is shifted by the offset in `settings.CLOCK_FILE`, which web, worker and beat share,
    and ticks on. Sessions, passwords and second factors do not use this clock.
    """
    moment = timezone.now()
    return moment + offset() if settings.DEMO else moment


def offset() -> timedelta:
    """Return how far the demo's clock is away from the machine's."""
    file = _file()
    try:
        return _read(file, file.stat().st_mtime_ns)
    except FileNotFoundError:
        return timedelta()


def _file() -> Path:
    if settings.CLOCK_FILE is None:
        raise RuntimeError("Only a demo has a clock of its own.")
    return settings.CLOCK_FILE


@lru_cache(maxsize=2)
def _read(file: Path, version: int) -> timedelta:
    return timedelta(seconds=json.loads(file.read_text())["offset_seconds"])


def set_now(moment: datetime) -> None:
    """Let the demo's clock continue from `moment` (aware), in every process.

    Raises RuntimeError outside a demo.
    """
    if not settings.DEMO:
        raise RuntimeError("The clock can be set in a demo only.")
    seconds = (moment.astimezone(UTC) - timezone.now()).total_seconds()
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps({"offset_seconds": seconds}))
    fresh.replace(file)
