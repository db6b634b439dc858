"""Small maps of North Rhine-Westphalia as SVG: the stretch around a few places, tied to the one that leads; pure.

Shapes: `data/map_nrw.json`, © GeoBasis-DE / BKG (2016), VG250, changed. Colours come from the classes of base.css.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

SHIPPED = Path(settings.BASE_DIR) / "data" / "map_nrw.json"
RATIO = 1.6
"""Width of a map by its height."""
AIR = 1.95
"""Height of a map by the span of its places: they stand in the middle with ground around them."""
NARROWEST, WIDEST = 43.0, 520.0
"""Heights in units of the shapes; the whole country is 357 high."""


class Point(NamedTuple):
    x: float
    y: float


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left <= other.right
            and other.left <= self.right
            and self.top <= other.bottom
            and other.top <= self.bottom
        )


@dataclass(frozen=True)
class Place:
    """A point in degrees; `district` is the key of the Kreis it lies in (five digits)."""

    latitude: float
    longitude: float
    district: str = ""


@dataclass(frozen=True)
class Shape:
    """A Kreis: its key, its outline as an SVG path, and the box around it."""

    key: str
    path: str
    box: Box


@cache
def shapes() -> tuple[Shape, ...]:
    """Return the 53 Kreise that the project ships."""
    rows = json.loads(SHIPPED.read_text(encoding="utf-8"))["kreise"]
    return tuple(Shape(row["ags"], row["d"], outline(row["d"])) for row in rows)


def project(place: Place) -> Point:
    """Return where a place lies among the shapes; the formula stands in their file."""
    return Point((place.longitude - 5.866) * 98.573 + 4, (52.532 - place.latitude) * 158.0 + 4)


def outline(path: str) -> Box:
    """Return the box around a path of M, m, L, l and Z."""
    points = list(_points(path))
    return Box(
        min(p.x for p in points), min(p.y for p in points), max(p.x for p in points), max(p.y for p in points)
    )  # fmt: skip


def svg(lead: Place, others: Sequence[Place], *, title: str, description: str, name: str = "karte") -> SafeString:
    """Return the stretch of the country with `others` tied to `lead`, for a page; `name` keeps its ids apart.

    `title` names the picture and `description` says in words what it shows: who does not see it misses nothing.
    """
    start, *ends = [project(place) for place in (lead, *others)]
    frame = _frame([start, *ends])
    unit = (frame.bottom - frame.top) / 100
    return format_html(
        '<svg class="lp-map" viewBox="{} {} {} {}" role="img" aria-labelledby="{name}-titel {name}-worte">'
        '<title id="{name}-titel">{title}</title><desc id="{name}-worte">{description}</desc>'
        '{ground}<g class="lp-map__tie" stroke-width="{broad}">{ties}</g>'
        '<g class="lp-map__core" stroke-width="{slim}">{ties}</g>{dots}{lead}</svg>',
        *_numbers(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top),
        name=name,
        title=title,
        description=description,
        ground=_ground(frame, {place.district for place in (lead, *others)} - {""}, unit),
        ties=format_html_join("", '<path d="M{} {}L{} {}"/>', ([*_numbers(*start, *end)] for end in ends)),
        dots=format_html_join(
            "", '<circle class="lp-map__dot" cx="{}" cy="{}" r="{}" stroke-width="{}"/>',
            ([*_numbers(*end, 3 * unit, unit)] for end in ends),
        ),
        lead=format_html(
            '<circle class="lp-map__lead" cx="{}" cy="{}" r="{}" stroke-width="{}"/>',
            *_numbers(*start, 4.2 * unit, 1.6 * unit),
        ),
        broad=_number(3.2 * unit),
        slim=_number(1.2 * unit),
    )  # fmt: skip


def _ground(frame: Box, marked: set[str], unit: float) -> SafeString:
    """Draw the Kreise that reach into the frame, the marked ones last: their edges lie on top."""
    seen = [shape for shape in shapes() if shape.box.meets(frame)]
    rows = sorted(seen, key=lambda shape: shape.key in marked)
    return format_html(
        '<g stroke-width="{}" stroke-linejoin="round">{}</g>',
        _number(unit * 1.1),
        format_html_join(
            "",
            '<path class="{}" d="{}"/>',
            (("lp-map__area" if row.key in marked else "lp-map__land", row.path) for row in rows),
        ),
    )


def _frame(points: Sequence[Point]) -> Box:
    left, right = min(p.x for p in points), max(p.x for p in points)
    top, bottom = min(p.y for p in points), max(p.y for p in points)
    height = min(max(AIR * max(bottom - top, (right - left) / RATIO), NARROWEST), WIDEST)
    x, y = (left + right) / 2, (top + bottom) / 2
    return Box(x - RATIO * height / 2, y - height / 2, x + RATIO * height / 2, y + height / 2)


def _points(path: str) -> Iterator[Point]:
    x = y = 0.0
    for command, body in re.findall(r"([MLml])([^MLmlZz]*)", path):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", body)]
        for one, other in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = (one, other) if command.isupper() else (x + one, y + other)
            yield Point(x, y)


def _numbers(*values: float) -> Iterator[str]:
    return map(_number, values)


def _number(value: float) -> str:
    """Return a number as SVG reads it, whatever the language of the page: «175.3»."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
