"""Keys of links: as random as the longest UUID can be, and no version of it."""

from functools import reduce
from operator import and_, or_

from landespreis import keys

FULL = 2**128 - 1


def test_unguessable_leaves_no_bit_fixed() -> None:
    made = [keys.unguessable().int for _ in range(500)]

    assert len(set(made)) == 500
    assert (reduce(or_, made), reduce(and_, made)) == (FULL, 0)
