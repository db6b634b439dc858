"""Claims of workers on what is owed, whatever it is: rows with `claimed_at`, found by `objects.free()`."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from landespreis import drift

WRONG_BY = (2, -2)
"""Lengths of a claim by which a host's clock may be ahead or behind."""


def go_by_the_shared_clock(row: Any, fulfil: Callable[[Any], bool], claim: timedelta, off_by: Any, wrong: int) -> None:
    """Fail if a host whose clock is so wrong takes what another holds, or leaves what somebody held who died."""
    real, rows = drift.now(), type(row).objects
    with off_by(wrong * claim):
        rows.update(claimed_at=real)
        held = rows.free().exists()
        rows.update(claimed_at=real - claim - timedelta(seconds=1))
        assert (held, fulfil(row)) == (False, True)

    row.refresh_from_db()
    assert row.claimed_at
    assert abs(row.claimed_at - real) < timedelta(minutes=1)
