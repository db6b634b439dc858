"""The picture of a board: where each circle, line and name stands; points per seat and entry on the scale."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from jury.standings import Board, Cell, Row
from landespreis import wording

RADIUS = Fraction(17, 2)
APART = 17
"""Circles nearer than this are stacked."""
MOST_TICKS = 12


_Scale = Callable[[Fraction | int], Fraction]
_Levels = Sequence[tuple[str, Fraction, Fraction]]
"""Letter, place and shift of circles."""


class Tick(NamedTuple):
    x: str
    label: str
    strong: bool


class Dot(NamedTuple):
    x: str
    y: str
    text_y: str
    letter: str


@dataclass(frozen=True)
class Strip:
    """The part of the picture that belongs to one entry; coordinates are ready to print."""

    name: str
    sub: str
    name_y: str
    sub_y: str
    middle: str
    low: str
    high: str
    mean: str
    mean_top: str
    mean_height: str
    dots: tuple[Dot, ...]
    rule: str
    """Where the line above it runs; empty for the first."""


@dataclass(frozen=True)
class Plot:
    width: int
    height: str
    right: str
    top: str
    bottom: str
    label_y: str
    ticks: tuple[Tick, ...]
    strips: tuple[Strip, ...]


class _Layout(NamedTuple):
    """Measures of a variant, in units of the picture: where the scale begins and ends, and what is above the dots."""

    width: int
    left: int
    right: int
    head: int
    top: int
    """From the upper edge of a strip to the circles; names stand there where they are not beside them."""
    name: int
    letters: int
    """How many letters of a title fit."""


WIDE = _Layout(width=860, left=320, right=840, head=34, top=12, name=27, letters=44)
NARROW = _Layout(width=340, left=14, right=326, head=30, top=46, name=19, letters=44)


def wide(board: Board) -> Plot:
    """Return the picture for wide windows: names stand at the left."""
    return _plot(board, WIDE)


def narrow(board: Board) -> Plot:
    """Return the picture for telephones: names stand above the circles."""
    return _plot(board, NARROW)


def _plot(board: Board, layout: _Layout) -> Plot:
    round = board.category.round
    low, high = round.scale_min, round.scale_max

    def x(value: Fraction | int) -> Fraction:
        return layout.left + (Fraction(value) - low) * (layout.right - layout.left) / (high - low)

    strips: list[Strip] = []
    y = Fraction(layout.head)
    for row in board.rows:
        if row.standing.n:
            levels = _levels(row.cells, x)
            strips.append(_strip(row, layout, levels, x_of=x, top=y, first=not strips))
            y += _height(levels, layout)
    step = next(step for step in _steps() if (high - low) / step <= MOST_TICKS)
    middle = (low + high) / 2
    ticks = (Tick(_said(x(v)), str(v), v in {low, high, middle}) for v in range(low, high + 1, step))
    return Plot(
        width=layout.width,
        height=_said(y + 8),
        right=_said(Fraction(layout.width)),
        top=_said(Fraction(layout.head - 8)),
        bottom=_said(y),
        label_y=_said(Fraction(layout.head - 16)),
        ticks=tuple(ticks),
        strips=tuple(strips),
    )


def _steps() -> Iterable[int]:
    """Yield 1, 2, 5, 10, 20, 50 and so on."""
    yield from (int(head) * 10**zeros for zeros in range(6) for head in "125")


def _strip(row: Row, layout: _Layout, levels: _Levels, *, x_of: _Scale, top: Fraction, first: bool) -> Strip:
    standing = row.standing
    assert standing.mean is not None
    assert standing.low is not None
    assert standing.high is not None
    height = _height(levels, layout)
    middle = top + layout.top + (height - layout.top) / 2 - 6
    mean = wording.decimal(standing.mean)
    tall = max(Fraction(52), _stack(levels) + 6)
    return Strip(
        name=_fitting(row.entry.submitted_title, layout.letters),
        sub=f"{row.entry.label} · Mittel {mean}",
        name_y=_said(top + layout.name if layout is NARROW else middle - 4),
        sub_y=_said(top + layout.name + 16 if layout is NARROW else middle + 12),
        middle=_said(middle),
        low=_said(x_of(standing.low)),
        high=_said(x_of(standing.high)),
        mean=_said(x_of(standing.mean)),
        mean_top=_said(middle - tall / 2),
        mean_height=_said(tall),
        dots=tuple(
            Dot(_said(x), _said(middle + level), _said(middle + level + 4), letter) for letter, x, level in levels
        ),
        rule="" if first else _said(top),
    )


def _levels(cells: Iterable[Cell], x_of: _Scale) -> _Levels:
    """Return letter, place and shift of each circle; neighbours that would touch are moved up and down in turn."""
    placed: list[tuple[str, Fraction, Fraction]] = []
    shown = sorted((x_of(cell.mean), cell.seat.letter) for cell in cells if cell.mean is not None)
    for x, letter in shown:
        near = {shift for _, other, shift in placed if abs(other - x) < APART}
        placed.append((letter, x, next(shift for shift in _shifts() if shift not in near)))
    return placed


def _shifts() -> Iterable[Fraction]:
    yield Fraction(0)
    for step in range(1, 27):
        yield Fraction(-APART * step)
        yield Fraction(APART * step)


def _stack(levels: _Levels) -> Fraction:
    """Return how tall the circles of a strip are together."""
    return 2 * (max((abs(shift) for _, _, shift in levels), default=Fraction(0)) + RADIUS)


def _height(levels: _Levels, layout: _Layout) -> Fraction:
    return layout.top + max(Fraction(48), _stack(levels)) + 10


def _fitting(title: str, letters: int) -> str:
    """Return the title, cut at a word where it is too long; the whole stands in the table."""
    if len(title) <= letters:
        return title
    head = title[: letters - 1]
    return f"{head.rsplit(' ', 1)[0] if ' ' in head else head}…"


def _said(value: Fraction) -> str:
    return wording.decimal(value, 1).replace(".", "").replace(",", ".")
