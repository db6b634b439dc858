"""North Rhine-Westphalia by its 53 Kreise and five Regierungsbezirke: names, and the map with a number for each.

Shapes: `data/map_nrw.json`, © GeoBasis-DE / BKG (2016), VG250, changed. Colours come from the classes of pages.css.
"""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from accounts.register import sort_key
from landespreis import mapping, wording
from portal import slugs

REGIONS = Path(settings.BASE_DIR) / "data" / "regierungsbezirke_nrw.csv"
STEPS = 4
"""Colours for numbers above none."""

Address = Callable[[str], str]


class District(NamedTuple):
    """A Kreis or kreisfreie Stadt; `key` has five digits, `region` is the value of its Regierungsbezirk."""

    key: str
    name: str
    region: str


class Region(NamedTuple):
    value: str
    name: str


class Step(NamedTuple):
    """A colour of the map and the numbers it stands for."""

    number: int
    label: str


class Line(NamedTuple):
    """A row of the tables: where a name leads to, and its number."""

    url: str
    name: str
    number: int


class Part(NamedTuple):
    """A Regierungsbezirk with its Kreise."""

    region: Line
    districts: list[Line]


@dataclass(frozen=True)
class Shapes:
    """What is drawn: the paths of the Kreise by key, the box, the borders of the Regierungsbezirke."""

    box: str
    paths: Mapping[str, str]
    borders: str


@cache
def regions() -> tuple[Region, ...]:
    """Return the Regierungsbezirke in German order."""
    return tuple(sorted(_regions().values(), key=lambda region: sort_key(region.name)))


@cache
def districts() -> tuple[District, ...]:
    """Return the Kreise and kreisfreie Städte in German order."""
    known = _regions()
    rows = [District(row["ags"], row["name"].partition(",")[0], known[row["rb"]].value) for row in _data()["kreise"]]
    return tuple(sorted(rows, key=lambda district: sort_key(district.name.removeprefix("Kreis "))))


def steps(most: int) -> list[Step]:
    """Return the colours of a map whose largest number is `most`: none, and up to four spans of equal width."""
    width = _width(most)
    found = [Step(0, "keine")]
    for number in range(1, STEPS + 1):
        low, high = (number - 1) * width + 1, number * width
        if low > most:
            break
        first, last = wording.number(low), wording.number(high)
        span = f"{first}–{last}" if low < high else first
        found.append(Step(number, f"{first} und mehr" if number == STEPS else span))
    return found


def step(number: int, most: int) -> int:
    """Return the colour of `number` on a map whose largest is `most`."""
    return min(-(-number // _width(most)), STEPS)


def drawn(
    numbers: Mapping[str, int], address: Address | None = None, say: Callable[[int], str] | None = None
) -> SafeString:
    """Return the areas of the map, each saying its number, and the borders above them.

    With `address` each is a link to `address(key)`; `say` puts a number into other words than `said`.
    """
    most, words = max(numbers.values(), default=0), say or said
    areas = []
    for key, opened, shape in _areas():
        number = numbers.get(key, 0)
        begin = f'<a href="{escape(address(key))}">' if address else "<g>"
        areas.append(
            f"{begin}<title>{opened}{escape(words(number))}</title>"
            f'<path class="m{step(number, most)}"{shape}{"</a>" if address else "</g>"}'
        )
    return mark_safe("".join(areas) + _edges())  # noqa: S308 - escaped, and shapes that the project ships


def box() -> str:
    return _shapes().box


def said(number: int) -> str:
    """Return "keine Projekte", "1 Projekt", "9 Projekte"."""
    if number == 1:
        return "1 Projekt"
    return f"{wording.number(number)} Projekte" if number else "keine Projekte"


def parts(regional: Mapping[str, int], local: Mapping[str, int], to_region: Address, to: Address) -> list[Part]:
    """Return the tables: every Regierungsbezirk with its Kreise."""
    return [
        Part(
            Line(to_region(region.value), region.name, regional.get(region.value, 0)),
            [Line(to(d.key), d.name, local.get(d.key, 0)) for d in _districts_of(region.value)],
        )
        for region in regions()
    ]


def largest(parts: Sequence[Part], most: int) -> list[Line]:
    """Return the Kreise with the most projects, none without any."""
    lines = [line for part in parts for line in part.districts if line.number]
    return sorted(lines, key=lambda line: (-line.number, sort_key(line.name)))[:most]


def _width(most: int) -> int:
    return max(1, most // STEPS)


@cache
def _areas() -> tuple[tuple[str, str, str], ...]:
    """Return of each Kreis its key, how its title begins, and what follows its colour."""
    paths = _shapes().paths
    return tuple((row.key, f"{escape(row.name)}: ", f' d="{paths[row.key]}"/>') for row in districts())


@cache
def _edges() -> str:
    borders = _shapes().borders
    return f'<path class="rb-edge" d="{borders}"/><path class="rb" d="{borders}"/>'


@cache
def _districts_of(region: str) -> tuple[District, ...]:
    return tuple(district for district in districts() if district.region == region)


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(mapping.SHIPPED.read_text(encoding="utf-8"))
    return found


@cache
def _regions() -> dict[str, Region]:
    """Return the Regierungsbezirke by the three digits that their Kreise begin with."""
    with REGIONS.open(encoding="utf-8", newline="") as file:
        names = {row["schluessel"]: row["name"].removeprefix("Regierungsbezirk ") for row in csv.DictReader(file)}
    return {key: Region(slugs.slug(name), name) for key, name in names.items()}


@cache
def _shapes() -> Shapes:
    data = _data()
    return Shapes(
        data["viewBox"],
        {row["ags"]: escape(row["d"]) for row in data["kreise"]},
        escape(data["regierungsbezirk_grenzen"]),
    )
