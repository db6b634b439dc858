"""A check that cannot look is a finding, and hinders no other."""

from collections.abc import Iterator

import pytest

from rehearsal import invariants
from rehearsal.invariants import Finding
from rehearsal.stage import Stage


def lost(stage: Stage) -> Iterator[Finding]:
    yield Finding("gesehen", bool(stage.props["never"]), "")


def well(stage: Stage) -> Iterator[Finding]:
    yield Finding("gut", True, "")


def test_check_that_cannot_look_is_a_finding(stage: Stage) -> None:
    found = list(invariants.check_all(stage, (lost, well)))

    assert [(one.invariant, one.holds) for one in found] == [(f"{__name__}.lost", False), ("gut", True)]
    assert found[0].says == "KeyError: 'never'"


@pytest.mark.parametrize(("numbers", "said"), [
    ([1, 2, 3, 4], "1–4"), ([1, 2, 4, 5, 7], "1–2, 4–5, 7"), ([1, 1, 2], "1, 1–2"), ([3], "[3]"), ([], "[]"),
    ([True, False], "[True, False]"), (["a", "b"], "['a', 'b']"),
])  # fmt: skip
def test_numbers_that_follow_each_other_are_told_by_their_ends(numbers: list[object], said: str) -> None:
    assert invariants.compare("Nummern", numbers, list(numbers)).says == said


def test_gap_and_double_show_beside_what_was_meant() -> None:
    finding = invariants.compare("Nummern", [1, 2, 2, 4], [1, 2, 3, 4])

    assert (finding.holds, finding.says) == (False, "1–2, 2, 4 statt 1–4")


def test_each_row_of_what_was_confirmed_is_counted_as_lost() -> None:
    held, gone = (invariants.none_lost("liegt vor", rows, 7) for rows in ([], ["a", "b"]))

    assert (held.holds, held.lost) == (True, 0)
    assert (gone.holds, gone.says, gone.lost) == (False, "2 von 7: ['a', 'b']", 2)
    assert invariants.none("nichts doppelt", ["a"], 7).lost == 0
