"""A check that cannot look is a finding, and hinders no other."""

from collections.abc import Iterator

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


def test_each_row_of_what_was_confirmed_is_counted_as_lost() -> None:
    held, gone = (invariants.none_lost("liegt vor", rows, 7) for rows in ([], ["a", "b"]))

    assert (held.holds, held.lost) == (True, 0)
    assert (gone.holds, gone.says, gone.lost) == (False, "2 von 7: ['a', 'b']", 2)
    assert invariants.none("nichts doppelt", ["a"], 7).lost == 0
