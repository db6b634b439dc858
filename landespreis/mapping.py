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

from landespreis import spacing

SHIPPED = Path(settings.BASE_DIR) / "data" / "map_nrw.json"
RATIO = 1.6
"""Width of a map by its height."""
AIR = 1.95
"""Height of a map by the span of its places: they stand in the middle with ground around them."""
MARGIN = 1.12
"""The same for whole Kreise, and for places all over the country."""
NARROWEST, COUNTRY = 43.0, 357.0
"""The least height, and that of the whole country, in units of the shapes."""
DOT, LEAD, NUMBERED = 3.0, 4.2, 5.2
"""Radii of a partner, of the lead, and of a dot that carries a number, in hundredths of the height."""
FEW = 12
"""With more partners than these their dots become smaller."""


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
    """A point in degrees; `district` is the key of the Kreis it lies in (five digits).

    Somebody without a Kreis who stands for many (a Landschaftsverband) has them in `area`.
    """

    latitude: float
    longitude: float
    district: str = ""
    area: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shape:
    """A Kreis: its key, its outline as an SVG path, the box around it, its name, and its Regierungsbezirk."""

    key: str
    path: str
    box: Box
    name: str = ""
    region: str = ""


@dataclass(frozen=True)
class Scene:
    """What a map shows, in units of the shapes. Without a lead nothing is tied."""

    frame: Box
    land: tuple[Shape, ...]
    area: tuple[Shape, ...]
    """The Kreise that take part; they are drawn last, so that their edges lie on top."""
    lead: Point | None
    others: tuple[Point, ...]
    dot: float = DOT
    """The radius of a partner, in hundredths of the height."""

    @property
    def unit(self) -> float:
        """A hundredth of the height."""
        return (self.frame.bottom - self.frame.top) / 100

    @property
    def thin(self) -> float:
        """The unit for ties: as their dots become smaller, they become thinner."""
        return self.unit * min(1.0, self.dot / DOT) ** 2

    @property
    def viewbox(self) -> tuple[str, str, str, str]:
        left, top, right, bottom = self.frame
        return number(left), number(top), number(right - left), number(bottom - top)


@cache
def shapes() -> tuple[Shape, ...]:
    """Return the 53 Kreise that the project ships."""
    rows = json.loads(SHIPPED.read_text(encoding="utf-8"))["kreise"]
    return tuple(Shape(row["ags"], row["d"], outline(row["d"]), row["name"], row["rb"]) for row in rows)


def project(place: Place) -> Point:
    """Return where a place lies among the shapes; the formula stands in their file."""
    return Point((place.longitude - 5.866) * 98.573 + 4, (52.532 - place.latitude) * 158.0 + 4)


def outline(path: str) -> Box:
    """Return the box around a path of M, m, L, l and Z."""
    return _around(list(points(path)))


def scene(lead: Place | None, others: Sequence[Place], *, dot: float = DOT) -> Scene:
    """Return the stretch of the country around the places, the whole of it without any.

    Places closer together than two dots of that radius are moved apart a little, the lead excepted.
    """
    places = [lead, *others] if lead else list(others)
    points = [project(place) for place in places]
    whole = set(lead.area) if lead else {shape.key for shape in shapes() if not places}
    frame = _frame(points, [shape.box for shape in shapes() if shape.key in whole])
    seen = [shape for shape in shapes() if shape.box.meets(frame)]
    marked = {place.district for place in places} | (whole if places else set())
    dot *= min(1.0, (FEW / max(len(others), 1)) ** 0.4)
    gap = 2.2 * dot * (frame.bottom - frame.top) / 100
    apart = [Point(*point) for point in spacing.apart(points, gap, anchored=lead is not None)]
    return Scene(
        frame=frame,
        land=tuple(shape for shape in seen if shape.key not in marked),
        area=tuple(shape for shape in seen if shape.key in marked),
        lead=apart[0] if lead else None,
        others=tuple(apart[1:] if lead else apart),
        dot=dot,
    )


def svg(
    lead: Place,
    others: Sequence[Place],
    *,
    title: str,
    description: str,
    name: str = "karte",
    numbers: Sequence[int] = (),
) -> SafeString:
    """Return the stretch of the country with `others` tied to `lead`, for a page; `name` keeps its ids apart.

    `title` names the picture and `description` says in words what it shows: who does not see it misses nothing.
    With `numbers` (the lead's first) the dots carry those of a list beside the map.
    """
    shown = scene(lead, others, dot=NUMBERED if numbers else DOT)
    assert shown.lead
    unit = shown.unit
    ties = _ties(shown)
    return format_html(
        '<svg class="lp-map{mode}" viewBox="{} {} {} {}" role="img" aria-labelledby="{name}-titel {name}-worte">'
        '<title id="{name}-titel">{title}</title><desc id="{name}-worte">{description}</desc>'
        '{ground}<g class="lp-map__tie" stroke-width="{broad}">{ties}</g>'
        '<g class="lp-map__core" stroke-width="{slim}">{ties}</g>{dots}{lead}{labels}</svg>',
        *shown.viewbox,
        mode=" lp-map--numbered" if numbers else "",
        name=name,
        title=title,
        description=description,
        ground=_ground(shown),
        ties=ties,
        dots=format_html_join(
            "", '<circle class="lp-map__dot" cx="{}" cy="{}" r="{}" stroke-width="{}"/>',
            ([*_numbers(*end, shown.dot * unit, unit)] for end in shown.others),
        ),
        lead=format_html(
            '<circle class="lp-map__lead" cx="{}" cy="{}" r="{}" stroke-width="{}"/>',
            *_numbers(*shown.lead, (NUMBERED if numbers else LEAD) * unit, (1 if numbers else 1.6) * unit),
        ),
        labels=_labels(shown, numbers),
        broad=number(3.2 * shown.thin),
        slim=number(1.2 * shown.thin),
    )  # fmt: skip


def number(value: float) -> str:
    """Return a number as SVG reads it, whatever the language of the page: «175.3»."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _ties(shown: Scene) -> SafeString:
    lead = shown.lead
    if lead is None:
        return SafeString("")
    return format_html_join("", '<path d="M{} {}L{} {}"/>', ([*_numbers(*lead, *end)] for end in shown.others))


def _labels(shown: Scene, numbers: Sequence[int]) -> SafeString:
    points = [point for point in (shown.lead, *shown.others) if point]
    size = number(1.15 * shown.dot * shown.unit)
    return format_html_join(
        "",
        '<text class="lp-map__number" x="{}" y="{}" font-size="{}" text-anchor="middle">{}</text>',
        (
            (number(p.x), number(p.y + 0.4 * shown.dot * shown.unit), size, n)
            for p, n in zip(points, numbers, strict=False)
        ),
    )


def _ground(shown: Scene) -> SafeString:
    rows = [("lp-map__land", shape.path) for shape in shown.land]
    rows += [("lp-map__area", shape.path) for shape in shown.area]
    return format_html(
        '<g stroke-width="{}" stroke-linejoin="round">{}</g>',
        number(shown.unit * 1.1),
        format_html_join("", '<path class="{}" d="{}"/>', rows),
    )


def _around(points: Sequence[Point]) -> Box:
    return Box(
        min(p.x for p in points), min(p.y for p in points), max(p.x for p in points), max(p.y for p in points)
    )  # fmt: skip


def _frame(points: Sequence[Point], boxes: Sequence[Box]) -> Box:
    """Return the box around points, with ground around them, and around whole Kreise, with a margin."""
    corners = [Point(x, y) for box in boxes for x, y in (box[:2], box[2:])]
    left, top, right, bottom = _around([*points, *corners])
    span = max(bottom - top, (right - left) / RATIO)
    air = MARGIN if boxes else AIR - (AIR - MARGIN) * min(span / COUNTRY, 1) ** 2
    height = max(air * span, NARROWEST)
    x, y = (left + right) / 2, (top + bottom) / 2
    return Box(x - RATIO * height / 2, y - height / 2, x + RATIO * height / 2, y + height / 2)


def points(path: str) -> Iterator[Point]:
    """Yield the corners of a path of M, m, L, l and Z, in units of the shapes."""
    x = y = 0.0
    for command, body in re.findall(r"([MLml])([^MLmlZz]*)", path):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", body)]
        for one, other in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = (one, other) if command.isupper() else (x + one, y + other)
            yield Point(x, y)


def _numbers(*values: float) -> Iterator[str]:
    return map(number, values)
