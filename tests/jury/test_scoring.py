"""What points mean: examples by hand, laws that hold for every category, and a second, slow way to count."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from statistics import mean, median
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jury.scoring import (
    Ballot,
    Criterion,
    Firmness,
    Standing,
    Unscorable,
    firmness,
    rank,
    weighted_mean,
)

Ballots = dict[Hashable, list[Ballot]]
Sheet = tuple[int, ...]

GEWINN, INNOVATION, ZUKUNFT = (
    Criterion("gewinn", Decimal(1), 1),
    Criterion("innovation", Decimal(1), 2),
    Criterion("zukunft", Decimal(1), None),
)
CRITERIA = (GEWINN, INNOVATION, ZUKUNFT)
HALF_STEP = Fraction(1, 20_000)
"""Half of the last decimal place of a deviation."""
unhurried = settings(deadline=None)
"""How long an example takes depends on what else the machine does."""


def panel(*sheets: Sheet | int | None, criteria: Sequence[Criterion] = CRITERIA) -> list[Ballot]:
    """Return the ballots of seats 1, 2, …: points in the order of the criteria, one number for all, None for none."""
    keys = [criterion.key for criterion in criteria]
    return [
        Ballot(seat, dict(zip(keys, (sheet,) * len(keys) if isinstance(sheet, int) else sheet, strict=True)))
        for seat, sheet in enumerate(sheets, start=1)
        if sheet is not None
    ]


def one(ballots: list[Ballot], criteria: Sequence[Criterion] = CRITERIA) -> Standing:
    (standing,) = rank({"A": ballots}, criteria)
    return standing


def places(ballots: Mapping[Hashable, Sequence[Ballot]], criteria: Sequence[Criterion] = CRITERIA) -> list[Any]:
    return [(standing.entry, standing.rank, standing.decided_by) for standing in rank(ballots, criteria)]


# By hand ---------------------------------------------------------------------------------------------
def test_weighted_mean_counts_each_criterion_by_its_weight() -> None:
    criteria = [replace(GEWINN, weight=Decimal("2.5")), replace(INNOVATION, weight=Decimal("0.5")), ZUKUNFT]

    assert weighted_mean({"zukunft": 3, "gewinn": 8, "innovation": 5}, criteria) == Fraction(51, 8)


def test_weighted_mean_is_exact_where_binary_numbers_are_not() -> None:
    criteria = [replace(GEWINN, weight=Decimal("0.1")), replace(INNOVATION, weight=Decimal("0.2"))]

    result = weighted_mean({"gewinn": 1, "innovation": 1}, criteria)

    assert (result, type(result)) == (Fraction(1), Fraction)


def test_rank_writes_every_figure_of_an_entry() -> None:
    criteria = [replace(GEWINN, weight=Decimal(2)), INNOVATION, ZUKUNFT]

    assert one(panel((8, 6, 7), (9, 9, 9), (5, 7, 5)), criteria) == Standing(
        entry="A",
        rank=1,
        n=3,
        mean=Fraction(29, 4),
        totals={1: Fraction(29, 4), 2: Fraction(9), 3: Fraction(11, 2)},
        low=Fraction(11, 2),
        high=Fraction(9),
        spread=Fraction(7, 2),
        deviation=Decimal("1.4289"),  # √(49/24); of a sample it would be 1.75
        median=Fraction(29, 4),
        by_criterion={"gewinn": Fraction(22, 3), "innovation": Fraction(22, 3), "zukunft": Fraction(7)},
        tied=False,
        decided_by="",
    )


def test_rank_takes_the_middle_of_the_two_middle_totals() -> None:
    assert one(panel(10, 2, 6, 5)).median == Fraction(11, 2)


def test_rank_takes_the_middle_total_of_an_odd_number() -> None:
    assert one(panel(10, 2, 9, 3, 6)).median == 6


@pytest.mark.parametrize(
    ("points", "rounded"),
    [(1, "0.0000"), (3, "0.0002"), (5, "0.0002"), (7, "0.0004"), (6, "0.0003"), (0, "0.0000")],
)
def test_rank_rounds_half_a_deviation_to_the_even_digit(points: int, rounded: str) -> None:
    criteria = [replace(GEWINN, weight=Decimal(1)), replace(INNOVATION, weight=Decimal(9999))]

    assert str(one(panel((points, 0), (0, 0), criteria=criteria), criteria).deviation) == rounded


def test_rank_leaves_out_who_has_not_assessed_instead_of_counting_zero() -> None:
    standing = one(panel(8, None, 6))

    assert (standing.n, standing.mean) == (2, Fraction(7))
    assert list(standing.totals) == [1, 3]


def test_rank_numbers_1_2_2_4() -> None:
    ballots: Ballots = {"D": panel(5, 5), "B": panel(7, 7), "A": panel(9, 9), "C": panel(7, 7)}

    assert places(ballots) == [("A", 1, ""), ("B", 2, "vote"), ("C", 2, "vote"), ("D", 4, "")]
    assert [standing.tied for standing in rank(ballots, CRITERIA)] == [False, True, True, False]


def test_rank_lists_entries_without_a_ballot_last_and_unranked() -> None:
    ballots: Ballots = {"leer": [], "A": panel(0), "auch leer": []}

    standings = rank(ballots, CRITERIA)

    assert [(s.entry, s.rank) for s in standings] == [("A", 1), ("leer", None), ("auch leer", None)]
    assert standings[1] == Standing(
        "leer", None, 0, None, {}, None, None, None, None, None, {}, tied=False, decided_by=""
    )


def test_rank_of_an_empty_category_is_empty() -> None:
    assert rank({}, CRITERIA) == []


# The tie chain, step by step ---------------------------------------------------------------------------
FIRST: Ballots = {"B": panel((5, 8, 5)), "A": panel((8, 5, 5))}
SECOND: Ballots = {"B": panel((6, 5, 7)), "A": panel((6, 7, 5))}
MEDIAN: Ballots = {"B": panel(5, 6, 10), "A": panel(7, 7, 7)}
NOTHING: Ballots = {"B": panel(6, 7, 8), "A": panel(7, 7, 7)}


@pytest.mark.parametrize(
    ("ballots", "expected"),
    [
        (FIRST, [("A", 1, "gewinn"), ("B", 2, "gewinn")]),
        (SECOND, [("A", 1, "innovation"), ("B", 2, "innovation")]),
        (MEDIAN, [("A", 1, "median"), ("B", 2, "median")]),
        (NOTHING, [("B", 1, "vote"), ("A", 1, "vote")]),
    ],
)
def test_rank_parts_equal_means_by(ballots: Ballots, expected: list[Any]) -> None:
    assert places(ballots) == expected
    assert all(standing.tied for standing in rank(ballots, CRITERIA))


def test_rank_follows_the_numbers_of_the_chain_and_not_the_order_of_the_criteria() -> None:
    criteria = [replace(GEWINN, tie_break=2), replace(INNOVATION, tie_break=1), ZUKUNFT]

    assert places(FIRST, criteria) == [("B", 1, "innovation"), ("A", 2, "innovation")]


def test_rank_lets_a_criterion_outside_the_chain_part_nobody() -> None:
    criteria = [GEWINN, replace(INNOVATION, weight=Decimal(0), tie_break=None)]
    ballots: Ballots = {"B": panel((7, 1), criteria=criteria), "A": panel((7, 9), criteria=criteria)}

    assert places(ballots, criteria) == [("B", 1, "vote"), ("A", 1, "vote")]


def test_rank_lets_a_criterion_of_the_chain_decide_even_without_weight() -> None:
    criteria = [GEWINN, replace(INNOVATION, weight=Decimal(0))]
    ballots: Ballots = {"B": panel((7, 1), criteria=criteria), "A": panel((7, 9), criteria=criteria)}

    assert places(ballots, criteria) == [("A", 1, "innovation"), ("B", 2, "innovation")]


def test_rank_names_for_each_the_step_after_which_it_stood_alone() -> None:
    ballots: Ballots = {"C": panel((5, 6, 7)), "B": panel((5, 7, 6)), "A": panel((7, 5, 6)), "D": panel(1)}

    assert places(ballots) == [("A", 1, "gewinn"), ("B", 2, "innovation"), ("C", 3, "innovation"), ("D", 4, "")]


def test_rank_shares_a_place_below_one_that_the_chain_has_lifted() -> None:
    ballots: Ballots = {"C": panel((5, 7, 6)), "B": panel((5, 7, 6)), "A": panel((7, 5, 6)), "D": panel(6)}

    assert places(ballots) == [("A", 1, "gewinn"), ("D", 2, "gewinn"), ("C", 3, "vote"), ("B", 3, "vote")]


def test_rank_compares_means_and_not_sums_where_panels_differ() -> None:
    ballots: Ballots = {"B": panel(7, 7, 7, 7, 7), "A": panel((8, 7, 6), None, (8, 7, 6))}

    assert places(ballots) == [("A", 1, "gewinn"), ("B", 2, "gewinn")]


def test_rank_sees_equal_means_where_binary_numbers_would_differ() -> None:
    weights = zip((GEWINN, INNOVATION, ZUKUNFT), ("0.1", "0.2", "0.7"), strict=True)
    criteria = [replace(criterion, weight=Decimal(weight), tie_break=None) for criterion, weight in weights]

    assert places({"A": panel((3, 0, 0)), "B": panel((1, 1, 0))}, criteria) == [("A", 1, "vote"), ("B", 1, "vote")]


# Firmness by hand --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("ballots", "expected"),
    [
        pytest.param({"B": panel(6, 6, 6), "A": panel(9, 8, 7)}, Firmness("A", True, {}, Fraction(2)), id="all agree"),
        pytest.param(
            {"A": panel(10, 5, 5), "B": panel(6, 6, 6)},
            Firmness("A", False, {1: ("B",)}, Fraction(2, 3)),
            id="one juror carries the leader",
        ),
        pytest.param(
            {"A": panel(8, 6, 6), "B": panel(6, 6, 6)},
            Firmness("A", False, {1: ("A", "B")}, Fraction(2, 3)),
            id="without one juror first place would be shared",
        ),
        pytest.param(
            {"A": panel(6, 7, 8), "B": panel(7, 7, 7)},
            Firmness(None, False, {1: ("A",), 3: ("B",)}, Fraction(0)),
            id="first place is shared",
        ),
        pytest.param(
            {"A": panel(7, 7), "B": panel(7, 7)}, Firmness(None, False, {}, Fraction(0)), id="shared whoever is missing"
        ),
        pytest.param(
            {"A": panel((8, 5, 5), (8, 5, 5)), "B": panel((5, 8, 5), (5, 8, 5))},
            Firmness("A", True, {}, Fraction(0)),
            id="the tie chain makes the leader",
        ),
        pytest.param(
            {"A": panel(10, None, None), "B": panel(None, 5, 6)},
            Firmness("A", False, {1: ("B",)}, Fraction(9, 2)),
            id="the leader had one juror only",
        ),
        pytest.param(
            {"B": panel(-2, -2), "A": panel(-1, -1)}, Firmness("A", True, {}, Fraction(1)), id="a scale below zero"
        ),
        pytest.param({"A": panel(10)}, Firmness("A", False, {1: ()}, None), id="one entry, one juror"),
        pytest.param({"A": panel(3, 4)}, Firmness("A", True, {}, None), id="one entry, two jurors"),
        pytest.param({"A": [], "B": []}, Firmness(None, False, {}, None), id="nothing is ranked"),
        pytest.param({}, Firmness(None, False, {}, None), id="no entries"),
    ],
)
def test_firmness_when(ballots: Ballots, expected: Firmness) -> None:
    assert firmness(ballots, CRITERIA) == expected


# What has no ranking -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("criteria", "reason"),
    [
        ([], "Ohne Kriterien"),
        ([replace(criterion, weight=Decimal(0)) for criterion in CRITERIA], "mehr als null"),
        ([replace(GEWINN, weight=Decimal(-1)), INNOVATION, ZUKUNFT], "nicht negativ"),
        ([replace(GEWINN, weight=Decimal("NaN")), INNOVATION, ZUKUNFT], "eine Zahl"),
        ([replace(GEWINN, weight=Decimal("Infinity")), INNOVATION, ZUKUNFT], "eine Zahl"),
        ([GEWINN, replace(GEWINN, tie_break=None), ZUKUNFT], "eigenes Kürzel"),
        ([GEWINN, replace(INNOVATION, key="median"), ZUKUNFT], "eigenes Kürzel"),
        ([GEWINN, replace(INNOVATION, key="vote"), ZUKUNFT], "eigenes Kürzel"),
        ([GEWINN, replace(INNOVATION, tie_break=1), ZUKUNFT], "derselben Stelle"),
    ],
)
@pytest.mark.parametrize(
    "count",
    [
        lambda criteria: rank({}, criteria),
        lambda criteria: firmness({}, criteria),
        lambda criteria: weighted_mean({"gewinn": 1, "innovation": 1, "zukunft": 1}, criteria),
    ],
    ids=["rank", "firmness", "weighted_mean"],
)
def test_count_refuses_criteria(criteria: list[Criterion], reason: str, count: Callable[[Any], Any]) -> None:
    with pytest.raises(Unscorable, match=reason):
        count(criteria)


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ({"gewinn": 1, "innovation": 1}, "genau den Kriterien"),
        ({"gewinn": 1, "innovation": 1, "zukunft": 1, "mut": 1}, "genau den Kriterien"),
        ({"gewinn": 1, "innovation": 1, "mut": 1}, "genau den Kriterien"),
        ({}, "genau den Kriterien"),
        ({"gewinn": True, "innovation": 1, "zukunft": 1}, "ganze Zahlen"),
        ({"gewinn": 1, "innovation": 1.0, "zukunft": 1}, "ganze Zahlen"),
        ({"gewinn": 1, "innovation": 1, "zukunft": Decimal(1)}, "ganze Zahlen"),
        ({"gewinn": 1, "innovation": 1, "zukunft": None}, "ganze Zahlen"),
        ({"gewinn": "1", "innovation": "1", "zukunft": "1"}, "ganze Zahlen"),
    ],
)
@pytest.mark.parametrize(
    "count",
    [
        lambda points: rank({"A": panel(1), "B": [*panel(1), Ballot("neu", points)]}, CRITERIA),
        lambda points: firmness({"A": panel(1), "B": [*panel(1), Ballot("neu", points)]}, CRITERIA),
        lambda points: weighted_mean(points, CRITERIA),
    ],
    ids=["rank", "firmness", "weighted_mean"],
)
def test_count_refuses_points(points: Any, reason: str, count: Callable[[Any], Any]) -> None:
    with pytest.raises(Unscorable, match=reason):
        count(points)


@pytest.mark.parametrize("count", [rank, firmness])
def test_count_refuses_two_ballots_of_one_seat(count: Callable[..., Any]) -> None:
    with pytest.raises(Unscorable, match="nicht zwei"):
        count({"A": [*panel(5, 6), *panel(5)]}, CRITERIA)


# A second way to count: slow, with fractions, pair by pair ---------------------------------------------
def naive_steps(ballots: Sequence[Ballot], criteria: Sequence[Criterion]) -> list[Fraction]:
    """Return mean, criteria of the chain, median."""
    weights = sum((Fraction(c.weight) for c in criteria), Fraction(0))
    totals = [
        sum((Fraction(c.weight) * ballot.points[c.key] for c in criteria), Fraction(0)) / weights for ballot in ballots
    ]
    chain = sorted((c.tie_break, c.key) for c in criteria if c.tie_break is not None)
    by_criterion = [mean(Fraction(ballot.points[key]) for ballot in ballots) for _, key in chain]
    return [mean(totals), *by_criterion, median(totals)]


def naive_rank(ballots: Ballots, criteria: Sequence[Criterion]) -> dict[Hashable, tuple[int, bool, str]]:
    """Return rank, tied and decided_by of each entry with ballots."""
    steps = {entry: naive_steps(given, criteria) for entry, given in ballots.items() if given}
    words = [*(c.key for c in sorted(criteria, key=lambda c: c.tie_break or 0) if c.tie_break), "median", "vote"]
    result = {}
    for entry, own in steps.items():
        equals = [other for name, other in steps.items() if name != entry and other[0] == own[0]]
        undecided = [next((i for i, b in enumerate(other[1:]) if b != own[1 + i]), len(own) - 1) for other in equals]
        place = 1 + sum(other > own for other in steps.values())
        result[entry] = place, bool(equals), words[max(undecided)] if equals else ""
    return result


def naive_first(ballots: Ballots, criteria: Sequence[Criterion]) -> tuple[Hashable, ...]:
    return tuple(entry for entry, (place, *_) in naive_rank(ballots, criteria).items() if place == 1)


def unplaced(standing: Standing) -> Standing:
    """Return what a standing says of the entry alone."""
    return replace(standing, rank=None, tied=False, decided_by="")


def without(ballots: Ballots, seat: Hashable) -> Ballots:
    return {entry: [ballot for ballot in given if ballot.seat != seat] for entry, given in ballots.items()}


# Categories of all kinds -------------------------------------------------------------------------------
WEIGHTS = st.decimals(0, 5, places=1)
SEATS = ("Land", "Städtetag", "Landkreistag", "Gemeindebund", "Bank")


@st.composite
def criteria_of_a_round(draw: st.DrawFn) -> list[Criterion]:
    """Return up to four criteria, a part of them in the tie chain; equal weights half of the time."""
    keys = draw(st.sampled_from([["g"], ["g", "i"], ["g", "i", "z"], ["g", "i", "z", "x"]]))
    weights = draw(st.just([Decimal(1)] * len(keys)) | st.lists(WEIGHTS, min_size=len(keys), max_size=len(keys)))
    assume(any(weights))
    chain = draw(st.permutations([*range(1, len(keys) + 1)]))
    in_chain = draw(st.lists(st.booleans(), min_size=len(keys), max_size=len(keys)))
    rows = zip(keys, weights, chain, in_chain, strict=True)
    return [Criterion(key, weight, step if used else None) for key, weight, step, used in rows]


@st.composite
def categories(draw: st.DrawFn, full: bool = False) -> tuple[Ballots, list[Criterion]]:
    """Return ballots, of a full panel or of parts of it, and criteria. Few different points make many ties."""
    criteria = draw(criteria_of_a_round())
    points = draw(st.sampled_from([st.integers(0, 2), st.integers(0, 10), st.integers(-3, 3)]))
    sheets = st.fixed_dictionaries({criterion.key: points for criterion in criteria})
    panels = st.just(SEATS[:3]) if full else st.lists(st.sampled_from(SEATS), unique=True)
    entries = draw(st.integers(0, 6))
    return (
        {entry: [Ballot(seat, draw(sheets)) for seat in draw(panels)] for entry in range(entries)},
        criteria,
    )


@unhurried
@given(categories())
def test_rank_agrees_with_the_slow_way(category: tuple[Ballots, list[Criterion]]) -> None:
    ballots, criteria = category

    standings = rank(ballots, criteria)

    ranked = {s.entry: (s.rank, s.tied, s.decided_by) for s in standings if s.rank is not None}
    assert ranked == naive_rank(ballots, criteria)
    assert [s.entry for s in standings if s.rank is None] == [entry for entry, given in ballots.items() if not given]
    assert standings == sorted(standings, key=lambda s: (s.rank or len(ballots) + 1, s.entry))


@unhurried
@given(categories())
def test_rank_figures_follow_from_the_totals(category: tuple[Ballots, list[Criterion]]) -> None:
    ballots, criteria = category

    for standing in rank(ballots, criteria):
        given = ballots[standing.entry]
        totals = {ballot.seat: weighted_mean(ballot.points, criteria) for ballot in given}
        assert (standing.n, standing.totals) == (len(given), totals)
        if not given:
            continue
        least, most = min(totals.values()), max(totals.values())
        assert (standing.mean, standing.median) == (mean(totals.values()), median(totals.values()))
        assert (standing.low, standing.high, standing.spread) == (least, most, most - least)
        assert standing.by_criterion == {
            c.key: mean(Fraction(ballot.points[c.key]) for ballot in given) for c in criteria
        }


@unhurried
@given(categories())
def test_rank_deviation_squared_is_the_variance_but_for_its_rounding(category: tuple[Ballots, list[Criterion]]) -> None:
    ballots, criteria = category

    for standing in rank(ballots, criteria):
        if standing.deviation is None:
            continue
        around = mean(standing.totals.values())
        variance = mean((total - around) ** 2 for total in standing.totals.values())
        deviation = Fraction(standing.deviation)
        assert standing.deviation.as_tuple().exponent == -4
        assert max(deviation - HALF_STEP, Fraction(0)) ** 2 <= variance <= (deviation + HALF_STEP) ** 2


@unhurried
@given(categories())
def test_firmness_agrees_with_the_slow_way(category: tuple[Ballots, list[Criterion]]) -> None:
    ballots, criteria = category
    first = naive_first(ballots, criteria)
    seats = {ballot.seat for given in ballots.values() for ballot in given}
    others = {seat: naive_first(without(ballots, seat), criteria) for seat in seats}
    means = sorted((naive_steps(given, criteria)[0] for given in ballots.values() if given), reverse=True)

    result = firmness(ballots, criteria)

    assert result.leader == (first[0] if len(first) == 1 else None)
    assert result.turned_by == {seat: entries for seat, entries in others.items() if entries != first}
    assert result.firm == (len(first) == 1 and all(entries == first for entries in others.values()))
    assert result.margin == (means[0] - means[1] if len(means) > 1 else None)


# Laws --------------------------------------------------------------------------------------------------
@unhurried
@given(categories(), st.randoms(use_true_random=False))
def test_rank_and_firmness_do_not_depend_on_any_order(category: tuple[Ballots, list[Criterion]], chance: Any) -> None:
    ballots, criteria = category
    entries = chance.sample(list(ballots), len(ballots))
    shuffled: Ballots = {entry: chance.sample(ballots[entry], len(ballots[entry])) for entry in entries}
    turned = chance.sample(criteria, len(criteria))

    standings, firm = rank(shuffled, turned), firmness(shuffled, turned)

    expected = firmness(ballots, criteria)
    assert {s.entry: s for s in standings} == {s.entry: s for s in rank(ballots, criteria)}
    assert (firm.leader, firm.firm, firm.margin) == (expected.leader, expected.firm, expected.margin)
    assert {seat: set(entries) for seat, entries in firm.turned_by.items()} == {
        seat: set(entries) for seat, entries in expected.turned_by.items()
    }


@unhurried
@given(categories(), st.decimals("0.001", 1000, places=3))
def test_rank_and_firmness_do_not_depend_on_the_size_of_weights(
    category: tuple[Ballots, list[Criterion]], factor: Decimal
) -> None:
    ballots, criteria = category
    scaled = [replace(criterion, weight=criterion.weight * factor) for criterion in criteria]

    assert rank(ballots, scaled) == rank(ballots, criteria)
    assert firmness(ballots, scaled) == firmness(ballots, criteria)


@unhurried
@given(categories(full=True), st.data())
def test_rank_never_puts_a_dominated_entry_above(
    category: tuple[Ballots, list[Criterion]], data: st.DataObject
) -> None:
    """Every juror gives it at most as much on every criterion."""
    ballots, criteria = category
    assume(ballots)
    best = data.draw(st.sampled_from(list(ballots)))
    less = st.integers(0, 1)
    dominated = [
        Ballot(ballot.seat, {key: points - data.draw(less) for key, points in ballot.points.items()})
        for ballot in ballots[best]
    ]

    found = {s.entry: s.rank or 0 for s in rank({"dominated": dominated, **ballots}, criteria)}

    assert found[best] <= found["dominated"]


@unhurried
@given(categories(), st.data())
def test_rank_treats_a_recusal_as_absence(category: tuple[Ballots, list[Criterion]], data: st.DataObject) -> None:
    """The entry stands as if the seat had never been, nobody else's figures or order among themselves change."""
    ballots, criteria = category
    pairs = [(entry, ballot.seat) for entry, given in ballots.items() for ballot in given]
    assume(pairs)
    recused, seat = data.draw(st.sampled_from(pairs))
    left: Ballots = {**ballots, recused: [ballot for ballot in ballots[recused] if ballot.seat != seat]}

    after = rank(left, criteria)

    own = next(s for s in after if s.entry == recused)
    (alone,) = rank({recused: without(ballots, seat)[recused]}, criteria)
    assert unplaced(own) == unplaced(alone)
    assert seat not in own.totals
    others: Ballots = {entry: given for entry, given in ballots.items() if entry != recused}
    before_others, after_others = rank(others, criteria), [s for s in after if s.entry != recused]
    assert list(map(unplaced, after_others)) == list(map(unplaced, before_others))


@unhurried
@given(categories(), st.data())
def test_rank_of_the_others_ignores_an_entry_that_all_are_recused_from(
    category: tuple[Ballots, list[Criterion]], data: st.DataObject
) -> None:
    ballots, criteria = category
    assume(ballots)
    recused = data.draw(st.sampled_from(list(ballots)))
    others: Ballots = {entry: given for entry, given in ballots.items() if entry != recused}

    after = rank({**ballots, recused: []}, criteria)

    assert [s for s in after if s.entry != recused] == rank(others, criteria)
    assert firmness({**ballots, recused: []}, criteria) == firmness(others, criteria)
