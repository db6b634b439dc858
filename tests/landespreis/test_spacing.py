"""Points that would cover each other."""

import math
from itertools import combinations

import pytest

from landespreis import spacing

TRIANGLE = [(0.0, 0.0), (10.0, 0.0), (0.0, 10.0)]


def test_apart_leaves_what_has_room() -> None:
    assert spacing.apart(TRIANGLE, 5, anchored=True) == TRIANGLE


@pytest.mark.parametrize("points", [
    [(3.0, 4.0)] * 2, [(3.0, 4.0)] * 25, [(0.0, 0.0), (0.1, 0.0), (0.2, 0.0)],
    [(float(n % 5), n / 7) for n in range(30)],
])  # fmt: skip
def test_apart_gives_everybody_room_and_keeps_the_anchor(points: list[tuple[float, float]]) -> None:
    moved = spacing.apart(points, 2.0, anchored=True)

    assert moved[0] == points[0]
    assert min(math.dist(one, other) for one, other in combinations(moved, 2)) > 1.9
    assert moved == spacing.apart(points, 2.0, anchored=True)


def test_apart_without_anchor_moves_both_alike() -> None:
    (left, _), (right, _) = spacing.apart([(1.0, 0.0), (2.0, 0.0)], 3.0, anchored=False)

    assert left + right == pytest.approx(3.0)
    assert right - left == pytest.approx(3.0, abs=0.1)


def test_apart_leaves_a_crowd_as_it_is() -> None:
    crowd = [(0.0, 0.0)] * (spacing.MOST + 1)

    assert spacing.apart(crowd, 2.0, anchored=True) == crowd
