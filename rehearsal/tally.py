"""The ranking of a category counted by hand, after the published rules alone (`docs/jury.md`); none of the jury's code.

Jurors count alike, and criteria by their weight. The higher mean is ahead; equal means part by the mean of the first
criterion, then of the second, then by the median of what the jurors gave. What is still equal shares the place.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

CHAIN = ("gewinn", "innovation")
"""Criteria that part equal means, the first one first."""


@dataclass(frozen=True)
class Mark:
    """What one seat gave one entry for one criterion."""

    entry: str
    category: str
    seat: str
    criterion: str
    weight: Fraction
    points: int


@dataclass(frozen=True, order=True)
class Place:
    """An entry in the ranking of its category."""

    rank: int
    entry: str
    mean: Fraction
    jurors: int


def places(marks: Iterable[Mark]) -> dict[str, list[Place]]:
    """Return the ranking of every category, the first first; who shares a place in the order of their names."""
    sheets: dict[tuple[str, str], dict[str, list[Mark]]] = defaultdict(lambda: defaultdict(list))
    for mark in marks:
        sheets[mark.category, mark.entry][mark.seat].append(mark)
    found: dict[str, list[tuple[tuple[Fraction, ...], str, int]]] = defaultdict(list)
    for (category, entry), seats in sheets.items():
        found[category].append((_worth(seats), entry, len(seats)))
    return {category: _ranked(rows) for category, rows in found.items()}


def _worth(seats: Mapping[str, Iterable[Mark]]) -> tuple[Fraction, ...]:
    """Return what entries are compared by, the most important first."""
    given = {seat: {mark.criterion: mark for mark in marks} for seat, marks in seats.items()}
    totals = [_weighted(sheet) for sheet in given.values()]
    parts = [_mean([Fraction(sheet[key].points) for sheet in given.values()]) for key in CHAIN]
    return (_mean(totals), *parts, median(totals))


def _weighted(sheet: Mapping[str, Mark]) -> Fraction:
    weights = sum(mark.weight for mark in sheet.values())
    return sum((mark.weight * mark.points for mark in sheet.values()), Fraction()) / weights


def _mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction()) / len(values)


def _ranked(rows: Iterable[tuple[tuple[Fraction, ...], str, int]]) -> list[Place]:
    ordered = list(rows)
    return sorted(
        Place(1 + sum(other > worth for other, _, _ in ordered), entry, worth[0], jurors)
        for worth, entry, jurors in ordered
    )
