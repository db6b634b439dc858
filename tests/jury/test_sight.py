"""What a juror may see, property by property; every rule of the docstring of `jury/sight.py` has its test here."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from jury import sight
from jury.models import Assessment, Juror, Recusal
from jury.sight import Sight
from landespreis import clock
from submissions.models import Category, Round, Submission
from tests.accounts.factories import StaffFactory, UserFactory
from tests.conftest import SECOND
from tests.jury import factories

Clock = Callable[[datetime], None]
Status = Assessment.Status


def seen(juror: Juror) -> Sight:
    assert juror.user
    found = sight.of(juror.user)
    assert found
    return found


@pytest.fixture
def entries(open_round: Round, panel: list[Juror], scoring: Callable[[], None]) -> list[Submission]:
    """Three admitted entries of one category and one of another, in the time of scoring."""
    made = [factories.admitted(open_round, key) for key in ("krisen", "krisen", "krisen", "umwelt")]
    scoring()
    return made


@pytest.fixture
def krisen(open_round: Round) -> Category:
    return open_round.categories.get(key="krisen")


def withdraw(entry: Submission) -> None:
    Submission.objects.filter(pk=entry.pk).update(status=Submission.Status.WITHDRAWN)


def exclude(entry: Submission) -> None:
    Submission.objects.filter(pk=entry.pk).update(formal_check=Submission.Check.EXCLUDED)


# Who has a sight -------------------------------------------------------------------------------------


def test_of_a_confirmed_juror_of_the_current_round(panel: list[Juror]) -> None:
    assert [seen(juror).juror for juror in panel] == panel
    assert seen(panel[1]).seat == panel[1].seat


def test_of_somebody_without_a_seat_is_none(panel: list[Juror]) -> None:
    assert sight.of(UserFactory()) is None


def test_of_somebody_without_a_round_is_none(db: None) -> None:
    assert sight.of(UserFactory()) is None


def test_of_somebody_whose_service_ended_is_none(panel: list[Juror]) -> None:
    Juror.objects.filter(pk=panel[0].pk).update(until=clock.now())
    assert panel[0].user

    assert sight.of(panel[0].user) is None


def test_of_a_juror_of_an_older_round_is_none(open_round: Round, panel: list[Juror]) -> None:
    Round.objects.create(
        key="lp3",
        name="3. Landespreis",
        number_prefix="IKZ-2028",
        opens_at=open_round.opens_at + timedelta(days=700),
        closes_at=open_round.closes_at + timedelta(days=700),
        ceremony_on=open_round.ceremony_on + timedelta(days=700),
        embargo_until=open_round.embargo_until + timedelta(days=700),
    )
    assert panel[0].user

    assert sight.of(panel[0].user) is None


@pytest.mark.parametrize("fields", [{"is_staff": True}, {"is_active": False}])
def test_of_a_juror_who_became_staff_or_was_locked_is_none(panel: list[Juror], fields: dict[str, bool]) -> None:
    assert panel[0].user
    User.objects.filter(pk=panel[0].user.pk).update(**fields)

    assert sight.of(User.objects.get(pk=panel[0].user.pk)) is None


# Entries ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("offset", "expected"), [(-SECOND, 0), (timedelta(), 4), (SECOND, 4)])
def test_entries_only_once_scoring_has_begun(
    open_round: Round, panel: list[Juror], entries: list[Submission], at: Clock, offset: timedelta, expected: int
) -> None:
    assert open_round.scoring_opens_at
    at(open_round.scoring_opens_at + offset)

    assert seen(panel[0]).has_begun is bool(expected)
    assert seen(panel[0]).entries().count() == expected


def test_entries_never_while_no_beginning_is_set(
    open_round: Round, panel: list[Juror], entries: list[Submission]
) -> None:
    Round.objects.update(scoring_opens_at=None)

    assert seen(panel[0]).has_begun is False
    assert not seen(panel[0]).entries().exists()


def test_entries_are_the_admitted_ones_of_the_round_by_number(
    open_round: Round, panel: list[Juror], entries: list[Submission], krisen: Category
) -> None:
    withdraw(entries[1])
    exclude(entries[2])

    assert list(seen(panel[0]).entries()) == [entries[0], entries[3]]
    assert list(seen(panel[0]).entries(krisen)) == [entries[0]]


def test_entries_follow_the_category_that_was_handed_in(
    panel: list[Juror], entries: list[Submission], krisen: Category
) -> None:
    Submission.objects.filter(pk=entries[3].pk).update(category=krisen)

    assert list(seen(panel[0]).entries(krisen)) == entries[:3]


def test_entries_leave_out_the_recused_ones_of_this_person_only(
    panel: list[Juror], entries: list[Submission], krisen: Category
) -> None:
    factories.recuse(panel[0], entries[1])

    assert list(seen(panel[0]).entries(krisen)) == [entries[0], entries[2]]
    assert list(seen(panel[1]).entries(krisen)) == entries[:3]


def test_entries_come_back_when_the_recusal_is_taken_back(
    panel: list[Juror], entries: list[Submission], krisen: Category
) -> None:
    factories.recuse(panel[0], entries[1])
    Recusal.objects.update(taken_back_at=clock.now(), taken_back_by=StaffFactory(), taken_back_reason="Irrtum")

    assert list(seen(panel[0]).entries(krisen)) == entries[:3]


# Texts and files -------------------------------------------------------------------------------------


def test_readable_only_after_stating_not_to_be_biased(
    panel: list[Juror], entries: list[Submission], krisen: Category
) -> None:
    factories.clear(panel[0], entries[0], entries[3])

    found = seen(panel[0])
    assert list(found.readable()) == [entries[0], entries[3]]
    assert list(found.readable(krisen)) == [entries[0]]
    assert [found.may_read(entry) for entry in entries] == [True, False, False, True]
    assert not seen(panel[1]).readable().exists()


def test_readable_no_longer_after_a_recusal(panel: list[Juror], entries: list[Submission]) -> None:
    factories.clear(panel[0], *entries)
    factories.recuse(panel[0], entries[1])

    found = seen(panel[0])
    assert entries[1] not in found.readable()
    assert found.may_read(entries[1]) is False


def test_readable_by_a_successor_only_after_stating_it_themselves(
    panel: list[Juror], entries: list[Submission]
) -> None:
    factories.clear(panel[0], *entries)
    Juror.objects.filter(pk=panel[0].pk).update(until=clock.now())

    successor = factories.juror(panel[0].seat)

    assert list(seen(successor).entries()) == entries
    assert not seen(successor).readable().exists()


def test_recusal_goes_with_the_person_not_with_the_seat(panel: list[Juror], entries: list[Submission]) -> None:
    factories.recuse(panel[0], entries[1])
    Juror.objects.filter(pk__in=[panel[0].pk, panel[1].pk]).update(until=clock.now())
    moved = Juror.objects.create(
        seat=panel[1].seat,
        user=panel[0].user,
        name="x",
        email="y@jury.example",
        since=clock.now().date(),
        invited_at=clock.now(),
        confirmed_at=clock.now(),
    )
    successor = factories.juror(panel[0].seat)

    assert entries[1] not in seen(moved).entries()
    assert entries[1] in seen(successor).entries()


# Gone ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("leave", [withdraw, exclude])
def test_gone_is_what_they_read_and_takes_part_no_more(
    panel: list[Juror], entries: list[Submission], leave: Callable[[Submission], None]
) -> None:
    factories.clear(panel[0], entries[0], entries[1])
    factories.clear(panel[2], entries[0])
    factories.recuse(panel[2], entries[0])

    leave(entries[0])

    assert list(seen(panel[0]).gone()) == [entries[0]]
    assert not seen(panel[0]).readable().filter(pk=entries[0].pk).exists()
    assert not seen(panel[1]).gone().exists()  # never read it
    assert not seen(panel[2]).gone().exists()  # is recused


# Sheets ----------------------------------------------------------------------------------------------


def test_sheets_are_those_of_the_own_seat_while_blind(panel: list[Juror], entries: list[Submission]) -> None:
    own = factories.sheet(panel[0], entries[0], 7, Status.DRAFT)
    factories.sheet(panel[1], entries[0], 3)

    assert list(seen(panel[0]).sheets()) == [own]


def test_sheets_of_others_once_the_session_is_open_and_only_final_ones(
    panel: list[Juror], entries: list[Submission], krisen: Category
) -> None:
    own = factories.sheet(panel[0], entries[0], 7)
    final = factories.sheet(panel[1], entries[0], 3)
    factories.sheet(panel[2], entries[0], 5, Status.DRAFT)
    elsewhere = factories.sheet(panel[1], entries[3], 3)
    factories.clear(panel[0], entries[3])
    factories.open_session(krisen)

    found = seen(panel[0])
    assert set(found.sheets()) == {own, final}
    assert elsewhere not in found.sheets()
    assert set(found.sheets(krisen)) == {own, final}
    assert found.opened == {krisen.pk}


def test_sheets_of_entries_not_cleared_stay_unseen_in_the_session(
    panel: list[Juror], entries: list[Submission], krisen: Category
) -> None:
    factories.sheet(panel[1], entries[0], 3)
    factories.open_session(krisen)

    assert not seen(panel[0]).sheets().exists()


def test_sheets_of_a_recused_entry_stay_unseen_in_the_session(
    panel: list[Juror], entries: list[Submission], krisen: Category
) -> None:
    factories.sheet(panel[0], entries[0], 7)
    factories.sheet(panel[1], entries[0], 3)
    factories.recuse(panel[0], entries[0])
    factories.open_session(krisen)

    assert not seen(panel[0]).sheets().exists()


def test_sheets_that_are_void_are_seen_by_nobody(
    panel: list[Juror], entries: list[Submission], krisen: Category
) -> None:
    void = factories.sheet(panel[1], entries[0], 3, Status.VOID)
    factories.clear(panel[0], entries[0])
    factories.open_session(krisen)

    assert [void in seen(juror).sheets() for juror in panel] == [False] * 5
    assert seen(panel[1]).own_states() == {}


def test_sheets_of_a_predecessor_belong_to_the_seat(panel: list[Juror], entries: list[Submission]) -> None:
    sheet = factories.sheet(panel[0], entries[0], 7, Status.DRAFT)
    Juror.objects.filter(pk=panel[0].pk).update(until=clock.now())
    successor = factories.juror(panel[0].seat)

    assert not seen(successor).sheets().exists()
    assert seen(successor).own_states() == {entries[0].pk: "draft"}
    factories.clear(successor, entries[0])
    assert list(seen(successor).sheets()) == [sheet]


def test_own_states_are_those_of_the_seat_without_recused_entries(
    panel: list[Juror], entries: list[Submission], krisen: Category
) -> None:
    for entry, status in zip(entries, (Status.DRAFT, Status.FINAL, Status.FINAL, Status.DRAFT), strict=True):
        factories.sheet(panel[0], entry, 7, status)
    factories.sheet(panel[1], entries[0], 3)
    factories.recuse(panel[0], entries[2])

    assert seen(panel[0]).own_states() == {
        entries[0].pk: "draft",
        entries[1].pk: "final",
        entries[3].pk: "draft",
    }
    assert set(seen(panel[0]).own_states(krisen)) == {entries[0].pk, entries[1].pk}


# The decision ----------------------------------------------------------------------------------------


def test_recusals_are_counted_by_category(panel: list[Juror], entries: list[Submission], krisen: Category) -> None:
    factories.recuse(panel[0], entries[0])
    factories.recuse(panel[0], entries[1])
    factories.recuse(panel[1], entries[3])

    assert [seen(juror).recusals_in(krisen) for juror in panel[:2]] == [2, 0]


@pytest.mark.parametrize(
    ("opened", "recused", "published", "expected"),
    [
        (False, False, False, False),
        (True, False, False, True),
        (True, True, False, False),
        (False, True, False, False),
        (True, True, True, True),
        (False, False, True, True),
    ],
)
def test_sees_decision(
    panel: list[Juror],
    entries: list[Submission],
    krisen: Category,
    at: Clock,
    opened: bool,
    recused: bool,
    published: bool,
    expected: bool,
) -> None:
    if opened:
        factories.open_session(krisen)
    if recused:
        factories.recuse(panel[0], entries[0])
    if published:
        at(krisen.round.embargo_until)

    assert seen(panel[0]).sees_decision(krisen) is expected


@pytest.mark.parametrize(("offset", "expected"), [(-SECOND, False), (timedelta(), True)])
def test_sees_decision_of_a_recused_entry_from_the_end_of_the_embargo_on(
    panel: list[Juror], entries: list[Submission], krisen: Category, at: Clock, offset: timedelta, expected: bool
) -> None:
    factories.open_session(krisen)
    factories.recuse(panel[0], entries[0])
    at(krisen.round.embargo_until + offset)

    assert seen(panel[0]).sees_decision(krisen) is expected


def test_recusal_in_another_category_hides_no_decision(
    panel: list[Juror], entries: list[Submission], krisen: Category
) -> None:
    factories.open_session(krisen)
    factories.recuse(panel[0], entries[3])

    assert seen(panel[0]).sees_decision(krisen) is True


def test_of_asks_the_database_equally_often_whatever_there_is(
    panel: list[Juror], entries: list[Submission], django_assert_num_queries: Any
) -> None:
    assert panel[0].user
    factories.clear(panel[0], *entries[:3])
    factories.recuse(panel[0], entries[3])

    with django_assert_num_queries(5):
        sight.of(panel[0].user)
