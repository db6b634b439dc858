"""The count by hand: weights, the chain that parts equals, shared places, and who did not judge."""

from fractions import Fraction
from itertools import chain

from rehearsal.tally import Mark, Place, places

CRITERIA = ("gewinn", "innovation", "zukunft")


def sheets(entry: str, *given: tuple[int, int, int], weights: tuple[int, int, int] = (1, 1, 1)) -> list[Mark]:
    return [
        Mark(entry, "krisen", f"seat{seat}", criterion, Fraction(weight), points)
        for seat, sheet in enumerate(given)
        for criterion, weight, points in zip(CRITERIA, weights, sheet, strict=True)
    ]


def ranks(*marks: list[Mark]) -> list[tuple[int, str]]:
    return [(place.rank, place.entry) for place in places(chain(*marks))["krisen"]]


def test_places_follow_the_mean_of_the_jurors() -> None:
    found = places(sheets("a", (6, 6, 6), (8, 8, 8)) + sheets("b", (9, 9, 9)))

    assert found == {"krisen": [Place(1, "b", Fraction(9), 1), Place(2, "a", Fraction(7), 2)]}


def test_places_weigh_criteria() -> None:
    marks = sheets("a", (10, 0, 0), weights=(2, 1, 1)) + sheets("b", (0, 6, 6), weights=(2, 1, 1))

    assert ranks(marks) == [(1, "a"), (2, "b")]


def test_equal_means_part_by_the_first_criterion_then_the_second_then_the_median() -> None:
    assert ranks(sheets("a", (7, 8, 9)), sheets("b", (8, 8, 8))) == [(1, "b"), (2, "a")]
    assert ranks(sheets("a", (8, 7, 9)), sheets("b", (8, 8, 8))) == [(1, "b"), (2, "a")]
    low = sheets("a", (0, 0, 0), (6, 6, 6), (6, 6, 6))
    assert ranks(sheets("b", (4, 4, 4), (4, 4, 4), (4, 4, 4)), low) == [(1, "a"), (2, "b")]


def test_what_nothing_parts_shares_a_place_and_the_next_one_counts_both() -> None:
    assert ranks(sheets("a", (5, 5, 5)), sheets("b", (5, 5, 5)), sheets("c", (4, 4, 4))) == [
        (1, "a"),
        (1, "b"),
        (3, "c"),
    ]
