"""The ranking as rows: what a juror may see of it, the whole, and how many queries it takes."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from jury import progress, sight, standings
from jury.models import Assessment, Juror
from jury.progress import State
from landespreis import clock
from submissions.models import Category, Round, Submission
from tests.jury import factories

Panel = list[Juror]


@pytest.fixture
def category(round: Round) -> Category:
    return round.categories.select_related("round").get(key="krisen")


@pytest.fixture
def entries(open_round: Round) -> list[Submission]:
    return [factories.admitted(open_round) for _ in range(3)]


def seen(juror: Juror) -> sight.Sight:
    return sight.of_juror(Juror.objects.select_related("seat__round").get(pk=juror.pk))


def test_whole_ranks_final_sheets(
    category: Category, entries: list[Submission], panel: Panel, scoring: Callable[[], None]
) -> None:
    scoring()
    for juror, points in zip(panel, (6, 7, 8, 9, 5), strict=True):
        factories.sheet(juror, entries[1], points)
    factories.sheet(panel[0], entries[0], 9, Assessment.Status.DRAFT)
    factories.sheet(panel[1], entries[0], 4)
    factories.recuse(panel[2], entries[0])

    board = standings.whole(category)

    assert [(row.entry, row.standing.rank, row.standing.n) for row in board.rows] == [
        (entries[1], 1, 5), (entries[0], 2, 1), (entries[2], None, 0),
    ]  # fmt: skip
    assert board.rows[0].standing.mean == Fraction(7)
    assert [(cell.mean, cell.word) for cell in board.rows[1].cells] == [
        (None, "keine Bewertung"), (Fraction(4), ""), (None, "befangen"), (None, "keine Bewertung"),
        (None, "keine Bewertung"),
    ]  # fmt: skip
    assert board.valid == 6
    assert board.firmness.leader == entries[1].pk
    assert board.row(entries[0].pk) is board.rows[1]
    assert board.leaders == (board.rows[0],)
    with pytest.raises(KeyError):
        board.row(object())
    with pytest.raises(KeyError):
        board.seat(object())


def test_whole_leaves_out_what_takes_part_no_more(
    category: Category, entries: list[Submission], panel: Panel, scoring: Callable[[], None]
) -> None:
    scoring()
    for entry in entries:
        factories.sheet(panel[0], entry, 5)
    Submission.objects.filter(pk=entries[0].pk).update(formal_check=Submission.Check.EXCLUDED)
    Submission.objects.filter(pk=entries[1].pk).update(status=Submission.Status.WITHDRAWN)

    board = standings.whole(category)

    assert [row.entry for row in board.rows] == [entries[2]]
    assert board.valid == 1


def test_of_leaves_out_recused_undeclared_and_void(
    category: Category, entries: list[Submission], panel: Panel, scoring: Callable[[], None]
) -> None:
    scoring()
    for entry, points in zip(entries, (9, 6, 3), strict=True):
        factories.sheet(panel[1], entry, points)
        factories.sheet(panel[2], entry, points, Assessment.Status.VOID)
    factories.recuse(panel[0], entries[0])
    factories.clear(panel[0], entries[1])
    factories.open_session(category)

    board = standings.of(seen(panel[0]), category)

    assert [(row.entry, row.standing.rank, row.standing.n) for row in board.rows] == [(entries[1], 1, 1)]
    assert board.firmness.leader == entries[1].pk
    assert board.valid == 1


def test_of_shows_only_the_own_sheet_before_the_session(
    category: Category, entries: list[Submission], panel: Panel, scoring: Callable[[], None]
) -> None:
    scoring()
    factories.sheet(panel[0], entries[0], 9)
    factories.sheet(panel[1], entries[0], 1)

    board = standings.of(seen(panel[0]), category)

    assert board.rows[0].standing.mean == Fraction(9)
    assert board.valid == 1


def test_recusal_belongs_to_the_person_not_to_the_seat(
    category: Category, entries: list[Submission], panel: Panel, scoring: Callable[[], None]
) -> None:
    scoring()
    factories.recuse(panel[0], entries[0])
    Juror.objects.filter(pk=panel[0].pk).update(until=clock.now())
    assert standings.whole(category).rows[0].cells[0].word == "befangen"

    successor = factories.juror(panel[0].seat)
    assert standings.whole(category).rows[0].cells[0].word == "keine Bewertung"

    factories.recuse(successor, entries[1])
    words = {row.entry: row.cells[0].word for row in standings.whole(category).rows}
    assert words == {entries[0]: "keine Bewertung", entries[1]: "befangen", entries[2]: "keine Bewertung"}


def test_progress_counts_states_and_what_is_needed(
    category: Category, entries: list[Submission], panel: Panel, scoring: Callable[[], None]
) -> None:
    scoring()
    factories.sheet(panel[0], entries[0], 5)
    factories.sheet(panel[1], entries[0], 5, Assessment.Status.DRAFT)
    factories.sheet(panel[2], entries[0], 5, Assessment.Status.VOID)
    factories.recuse(panel[2], entries[0])
    for juror in panel:
        factories.recuse(juror, entries[1])
    for juror in panel[:4]:
        factories.recuse(juror, entries[2])

    grid = progress.of(category)

    assert [(line.states, line.needed, line.lacking) for line in grid.lines] == [
        ((State.FINAL, State.DRAFT, State.RECUSED, State.OPEN, State.OPEN), 3, 2),
        ((State.RECUSED,) * 5, 0, 0),
        ((State.RECUSED,) * 4 + (State.OPEN,), 1, 1),
    ]
    assert [line.entry for line in grid.unjudged] == [entries[1]]
    assert [seat.key for seat in grid.waiting_for(grid.lacking)] == ["staedtetag", "gemeindebund", "bank"]
    assert grid.summary.counts[grid.seats[0].pk] == {State.FINAL: 1, State.RECUSED: 2}


def test_summaries_say_what_the_entries_say(
    open_round: Round, category: Category, panel: Panel, scoring: Callable[[], None]
) -> None:
    entries = [factories.admitted(open_round) for _ in range(6)]
    other = open_round.categories.exclude(pk=category.pk)[0]
    elsewhere = factories.admitted(open_round, category=other.key)
    scoring()
    for juror in panel[:4]:
        factories.sheet(juror, entries[0], 7)
    factories.sheet(panel[0], entries[1], 7)
    factories.sheet(panel[1], entries[1], 5, Assessment.Status.DRAFT)
    factories.sheet(panel[0], entries[2], 7)  # stays the seat's, whoever fills it now
    factories.recuse(panel[0], entries[2])
    factories.sheet(panel[2], entries[3], 5, Assessment.Status.VOID)
    for juror in panel:
        factories.recuse(juror, entries[4])
    factories.sheet(panel[3], elsewhere, 7)

    found = {summary.category: summary for summary in progress.summaries(open_round)}

    assert found == {row: progress.of(row).summary for row in open_round.categories.all()}
    assert (found[category].entries, found[category].lacking, found[other].lacking) == (6, 10, 2)


@pytest.mark.parametrize("count", [1, 12])
def test_number_of_queries_is_constant(
    category: Category,
    open_round: Round,
    panel: Panel,
    scoring: Callable[[], None],
    count: int,
    django_assert_num_queries: Any,
) -> None:
    rows = [factories.admitted(open_round) for _ in range(count)]
    scoring()
    for row in rows:
        for juror in panel:
            factories.sheet(juror, row, 5)
    factories.open_session(category)
    eyes = seen(panel[0])

    with django_assert_num_queries(6):
        board = standings.of(eyes, category)
        assert [row.entry.label and row.entry.submitted_lead for row in board.rows]
    with django_assert_num_queries(6):
        standings.whole(category)
    with django_assert_num_queries(6):
        progress.of(category)
    with django_assert_num_queries(6):
        progress.summaries(open_round)
