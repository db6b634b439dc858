"""Ids of requests: their shape, and how those of several requests become one line."""

import pytest

from landespreis.watching import tracing


@pytest.mark.parametrize(("given", "well_formed"), [
    ("0af7651916cd43dd", True),
    ("7d444840-9dc0-11d1-b245-5ffdce74fad2", True),
    ("x" * 64, True),
    ("x" * 65, False),
    ("short", False),
    ("", False),
    ("abcdefgh\n", False),
    ("abcdefgh ijklmnop", False),
    ("ada@stadt.example", False),
    ("äbcdefgh", False),
])  # fmt: skip
def test_id_is_taken_only_when_it_is_well_formed(given: str, well_formed: bool) -> None:
    assert tracing.is_well_formed(given) is well_formed


def test_new_id_is_well_formed_and_another_each_time() -> None:
    ids = {tracing.new_id() for _ in range(100)}

    assert len(ids) == 100
    assert all(tracing.is_well_formed(one) for one in ids)


@pytest.mark.parametrize(("ids", "more", "together"), [
    ("", "aaaaaaaa", "aaaaaaaa"),
    ("aaaaaaaa", "aaaaaaaa", "aaaaaaaa"),
    ("aaaaaaaa", "bbbbbbbb", "aaaaaaaa bbbbbbbb"),
    ("aaaaaaaa bbbbbbbb", "aaaaaaaa", "aaaaaaaa bbbbbbbb"),
    ("aaaaaaaa", "bbbbbbbb aaaaaaaa cccccccc", "aaaaaaaa bbbbbbbb cccccccc"),
    ("aaaaaaaa", "", "aaaaaaaa"),
])  # fmt: skip
def test_ids_of_gathered_nudges_stand_beside_each_other(ids: str, more: str, together: str) -> None:
    assert tracing.gathered(ids, more) == together


def test_ids_of_a_rush_are_cut_off() -> None:
    together = ""
    for number in range(500):
        together = tracing.gathered(together, f"request-{number}")

    assert together.split() == [f"request-{number}" for number in range(tracing.MOST)]
