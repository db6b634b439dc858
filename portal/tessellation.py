"""Neighbours that join: a pattern of interlocking fields, some of them grown together to one; pure."""

import hashlib
import random
from collections.abc import Iterator

COLUMNS, ROWS, SIDE = 12, 5, 40
SIZE = (COLUMNS * SIDE, ROWS * SIDE)
FEWEST, MOST, SEEDS = 2, 9, 64
"""How many fields are joined, and how many patterns there are of each number."""
Cell = tuple[int, int]
Step = tuple[int, int]
EAST, SOUTH, WEST, NORTH = (1, 0), (0, 1), (-1, 0), (0, -1)


def choice(name: str, count: int) -> tuple[int, int]:
    """Return how many fields are joined for so many partners, and the pattern that belongs to `name`."""
    return min(max(count, FEWEST), MOST), hashlib.sha256(name.encode()).digest()[0] % SEEDS


def fields(count: int, seed: int) -> Iterator[tuple[str, str]]:
    """Yield every field as its tone (`b`, `c`, or `d` for the joined ones; `a` is the ground) and its outline."""
    chance = random.Random(f"{count} {seed}")  # noqa: S311 - a pattern, the same each time
    joined = _grown(count, chance)
    across = {(x, y): chance.choice((1, -1, 0)) for x in range(COLUMNS) for y in range(1, ROWS)}
    along = {(x, y): chance.choice((1, -1, 0)) for x in range(1, COLUMNS) for y in range(ROWS)}
    tones = {(x, y): chance.choices("abc", (38, 38, 24))[0] for x in range(COLUMNS) for y in range(ROWS)}
    for x, y in sorted(tones, key=lambda cell: cell in joined):
        knobs = (across.get((x, y), 0), along.get((x + 1, y), 0), -across.get((x, y + 1), 0), -along.get((x, y), 0))
        yield "d" if (x, y) in joined else tones[x, y], _outline((x, y), knobs)


def _grown(count: int, chance: random.Random) -> set[Cell]:
    """Return neighbouring cells in the middle: one, then each time one of those beside what is there."""
    cells = {(COLUMNS // 2 - chance.randint(0, 1), ROWS // 2)}
    while len(cells) < count:
        beside = {(x + dx, y + dy) for x, y in cells for dx, dy in (EAST, SOUTH, WEST, NORTH)} - cells
        inside = [(x, y) for x, y in beside if 2 < x < COLUMNS - 3 and 0 < y < ROWS - 1]
        cells.add(chance.choice(sorted(inside)))
    return cells


def _outline(cell: Cell, knobs: tuple[int, int, int, int]) -> str:
    """Return the outline clockwise from the upper left corner; a knob of 1 bulges outwards, -1 inwards, 0 is none."""
    x, y = cell[0] * SIDE, cell[1] * SIDE
    path = f"M{x} {y}"
    for (dx, dy), knob in zip((EAST, SOUTH, WEST, NORTH), knobs, strict=True):
        quarter, rest = SIDE // 4, SIDE - SIDE // 4
        if knob:
            sweep = 1 if knob > 0 else 0
            path += f"L{x + dx * quarter} {y + dy * quarter}"
            path += f"A{quarter} {quarter} 0 0 {sweep} {x + dx * rest} {y + dy * rest}"
        x, y = x + dx * SIDE, y + dy * SIDE
        path += f"L{x} {y}"
    return f"{path}Z"
