"""What the demo's jury does, as data/demo_jury.toml says, and the moments at which it is done."""

import tomllib
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings

from landespreis.clock import BERLIN

SHIPPED = Path(settings.BASE_DIR) / "data" / "demo_jury.toml"
OPENS, CLOSES = time(8, 30), time(17, 50)

Act = tuple[datetime, Callable[[], object]]
"""A moment, and what is done then."""


@lru_cache(maxsize=1)
def script() -> dict[str, Any]:
    return tomllib.loads(SHIPPED.read_text(encoding="utf-8"))


def spread(begins: datetime, ends: datetime, count: int, chance: Random) -> list[datetime]:
    """Return `count` moments in their order, evenly over the office hours from `begins` to `ends` but for some luck."""
    days = [begins.date() + timedelta(days=day) for day in range((ends.date() - begins.date()).days + 1)]
    hours = [
        (max(begins, datetime.combine(day, OPENS, BERLIN)), min(ends, datetime.combine(day, CLOSES, BERLIN)))
        for day in days
        if day.weekday() < 5
    ]
    each = sum((end - start for start, end in hours if start < end), timedelta()) / count
    return [_at(hours, each * (place + chance.uniform(0.1, 0.9))) for place in range(count)]


def _at(hours: list[tuple[datetime, datetime]], passed: timedelta) -> datetime:
    for start, end in hours:
        if start < end:
            if passed < end - start:
                return start + passed
            passed -= end - start
    return hours[-1][1]
