"""Points that would cover each other, moved apart a little; pure."""

import cmath
import math
from collections.abc import Sequence
from itertools import combinations

MOST = 40
"""More points stay as they are: nobody could tell so many apart."""
ROUNDS = 60
ROOM = 1.02
"""A little more than asked for, so that it comes to an end."""
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))


def apart(points: Sequence[tuple[float, float]], gap: float, *, anchored: bool) -> list[tuple[float, float]]:
    """Return the points, in their order, moved until no two are closer than `gap`; the same for the same points.

    The first does not move if it is `anchored`. In a crowd that finds no room some stay closer.
    """
    spots = [complex(*point) for point in points]
    close = len(spots) <= MOST
    for _ in range(ROUNDS if close else 0):
        close = False
        for one, other in combinations(range(len(spots)), 2):
            step = spots[other] - spots[one]
            if abs(step) >= gap:
                continue
            close = True
            away = step / abs(step) if abs(step) > gap / 1000 else cmath.rect(1, other * GOLDEN_ANGLE)
            push = away * (gap - abs(step)) * ROOM
            share = 1.0 if anchored and one == 0 else 0.5
            spots[other] += push * share
            spots[one] -= push * (1 - share)
        if not close:
            break
    return [(spot.real, spot.imag) for spot in spots]
