"""The course of a round in pictures: entries begun and handed in over time, and the rush at the end; pure SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from math import ceil
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from landespreis import wording
from landespreis.clock import BERLIN

LEFT, RIGHT, TOP, BOTTOM = 44.0, 640.0, 16.0, 266.0
"""The frame in units of the picture, which is 760 × 300: names of the lines stand to the right of it."""
STEPS = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
GRIDS = 4
"""Horizontal lines at most."""
NEAR = 14.0
"""Names of lines closer than this would lie on each other."""
DAY = timedelta(days=1)
SLOT = timedelta(hours=6)
SLOTS = 28
"""Bars of `SLOT` in the picture of the last days: seven days."""


class Came(NamedTuple):
    """So many came in the stretch that begins `at`, an hour at most and within one `day` of the calendar."""

    at: datetime
    day: date
    number: int


@dataclass(frozen=True)
class Line:
    """What came, in order, and adds up over time; `kind` picks the line's look."""

    name: str
    kind: str
    came: Sequence[Came]

    @property
    def total(self) -> int:
        return sum(hour.number for hour in self.came)


@dataclass(frozen=True)
class Scale:
    start: datetime
    end: datetime
    most: int

    def x(self, moment: datetime) -> float:
        share = (moment - self.start) / (self.end - self.start)
        return LEFT + min(max(share, 0.0), 1.0) * (RIGHT - LEFT)

    def y(self, number: int) -> float:
        return BOTTOM - number / self.most * (BOTTOM - TOP)


def svg(lines: Sequence[Line], *, start: datetime, end: datetime, until: datetime) -> SafeString:
    """Return the picture of `lines` from `start` to `until` on an axis that goes on to `end`, the closing."""
    highest = max((line.total for line in lines), default=0)
    step = _step(highest)
    scale = Scale(start, end, step * max(1, ceil(highest / step)))
    said = " und ".join(f"{line.total} {line.name}" for line in lines)
    return format_html(
        '<svg class="lp-plot" viewBox="0 0 760 300" role="img" aria-labelledby="verlauf-t verlauf-d">'
        '<title id="verlauf-t">Einreichungen seit dem {}</title>'
        '<desc id="verlauf-d">Bis zum {}: {}.</desc>{}{}{}{}</svg>',
        wording.day(start),
        wording.day(until),
        said,
        _grid(scale, step),
        _dates(scale),
        format_html_join("", "{}", ((_path(line, scale, until),) for line in lines)),
        _names(lines, scale, until),
    )


def bars(came: Sequence[Came], *, end: datetime, until: datetime) -> SafeString:
    """Return the picture of how many came in each piece of the last days before `end`, up to `until`.

    `came` is counted by hours that end with `end`.
    """
    start = end - SLOTS * SLOT
    counts = [0] * SLOTS
    for hour in came:
        if start <= hour.at < end:
            counts[(hour.at - start) // SLOT] += hour.number
    highest = max(counts)
    step = _step(highest)
    scale = Scale(start, end, step * max(1, ceil(highest / step)))
    return format_html(
        '<svg class="lp-plot" viewBox="0 0 760 300" role="img" aria-labelledby="eingang-t eingang-d">'
        '<title id="eingang-t">Eingereicht in den sieben Tagen vor dem Schluss, je sechs Stunden</title>'
        '<desc id="eingang-d">Bis zum {}: {} eingereicht, höchstens {} in sechs Stunden.</desc>{}{}{}</svg>',
        wording.moment_short(until), sum(counts), highest, _grid(scale, step), _days(scale),
        format_html_join("", "{}", ((_bar(scale, place, number, highest),) for place, number in enumerate(counts))),
    )  # fmt: skip


def _days(scale: Scale) -> SafeString:
    """Write below each day which it is, and mark the closing."""
    days = (scale.start + number * DAY for number in range(SLOTS * SLOT // DAY))
    labels = format_html_join(
        "",
        '<path class="lp-plot__tick" d="M{} 266v5"/>'
        '<text class="lp-plot__axis" x="{}" y="286" text-anchor="middle">{}</text>',
        ((_n(scale.x(day)), _n(scale.x(day + DAY / 2)), _short(day)) for day in days),
    )
    return format_html('{}<path class="lp-plot__deadline" d="M{} {}V{}"/>', labels, _n(RIGHT), _n(TOP), _n(BOTTOM))


def _short(day: datetime) -> str:
    local = day.astimezone(BERLIN)
    return f"{local.day}. {wording.MONTHS[local.month - 1][:3]}."


def _bar(scale: Scale, place: int, number: int, highest: int) -> SafeString:
    """Draw a bar; the highest ones have their number above them."""
    if not number:
        return SafeString("")
    left, right = scale.x(scale.start + place * SLOT), scale.x(scale.start + (place + 1) * SLOT)
    bar = format_html(
        '<path class="lp-plot__bar" d="M{} {}H{}V{}H{}Z"/>',
        _n(left + 1.5), _n(scale.y(number)), _n(right - 1.5), _n(BOTTOM), _n(left + 1.5),
    )  # fmt: skip
    if number < highest:
        return bar
    middle, above = _n((left + right) / 2), _n(scale.y(number) - 4)
    return format_html(
        '{}<text class="lp-plot__name" x="{}" y="{}" text-anchor="middle">{}</text>', bar, middle, above, str(number)
    )


def _step(highest: int) -> int:
    return next((step for step in STEPS if step * GRIDS >= highest), STEPS[-1])


def _grid(scale: Scale, step: int) -> SafeString:
    return format_html_join(
        "",
        '<path class="lp-plot__grid" d="M{} {}H{}"/>'
        '<text class="lp-plot__axis" x="36" y="{}" text-anchor="end">{}</text>',
        (
            (_n(LEFT), _n(scale.y(number)), _n(RIGHT), _n(scale.y(number) + 4), str(number))
            for number in range(0, scale.most + 1, step)
        ),
    )


def _dates(scale: Scale) -> SafeString:
    """Mark the first and the middle of each month inside, and the closing at the end."""
    local = scale.start.astimezone(BERLIN)
    inside = [moment for moment in _marks(local, scale.end) if scale.x(moment) < RIGHT - 70]
    labels = [(scale.x(moment), f"{moment.day}. {wording.MONTHS[moment.month - 1][:3]}.") for moment in inside]
    ticks = format_html_join(
        "",
        '<path class="lp-plot__tick" d="M{} 266v5"/>'
        '<text class="lp-plot__axis" x="{}" y="286" text-anchor="middle">{}</text>',
        ((_n(x), _n(max(x, LEFT + 18)), label) for x, label in labels),
    )
    return format_html(
        '{}<path class="lp-plot__deadline" d="M{} {}V{}"/>'
        '<text class="lp-plot__axis" x="{}" y="286" text-anchor="middle">Schluss</text>',
        ticks, _n(RIGHT), _n(TOP), _n(BOTTOM), _n(RIGHT),
    )  # fmt: skip


def _marks(first: datetime, end: datetime) -> list[datetime]:
    days = (first + number * DAY for number in range((end - first).days + 1))
    return [day for day in days if day.day in {1, 15}]


def _path(line: Line, scale: Scale, until: datetime) -> SafeString:
    heights = accumulate(hour.number for hour in line.came)
    steps = "".join(
        f"H{_n(scale.x(hour.at))}V{_n(scale.y(height))}" for hour, height in zip(line.came, heights, strict=True)
    )
    return format_html(
        '<path class="lp-plot__line lp-plot__line--{}" d="M{} {}{}H{}"/>',
        line.kind, _n(LEFT), _n(BOTTOM), steps, _n(scale.x(until)),
    )  # fmt: skip


def _names(lines: Sequence[Line], scale: Scale, until: datetime) -> SafeString:
    """Write each line's name and number at its end, the lower ones pushed down where they would meet."""
    placed: list[tuple[float, str]] = []
    for line in sorted(lines, key=lambda line: -line.total):
        y = scale.y(line.total) + 5
        if placed:
            y = max(y, placed[-1][0] + NEAR)
        placed.append((y, f"{line.name}: {line.total}"))
    x = _n(scale.x(until) + 8)
    return format_html_join(
        "", '<text class="lp-plot__name" x="{}" y="{}">{}</text>', ((x, _n(y), name) for y, name in placed)
    )


def _n(value: float) -> str:
    return f"{value:.1f}"
