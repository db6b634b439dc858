"""Whose turn it is: which entries wait for this person, which for others, in which order, in how many queries."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from landespreis import clock
from submissions import turns, workflow
from submissions.actions import findings, formal_check, four_eyes
from submissions.actions.findings import Judged
from submissions.actions.ruling import Ruling
from submissions.models import Category, Finding, Round, Submission
from submissions.turns import Kind, Queue, Turn
from submissions.workflow import CheckAct
from tests.accounts.factories import StaffFactory
from tests.conftest import CLOSES, MIDWAY, SECOND
from tests.submissions import factories

Clock = Callable[[datetime], None]
LATER = CLOSES + timedelta(days=7)
ADMISSION = Ruling(CheckAct.ADMIT)


@pytest.fixture
def office(db: None) -> User:
    user: User = StaffFactory(superuser=True, name="Ida Lorenz")
    return user


def came(round: Round, at: Clock, days: int, **fields: str) -> Submission:
    """Return an entry that came in so many days after the middle of the window."""
    at(MIDWAY + timedelta(days=days))
    entry = factories.submitted(round, **fields)
    at(CLOSES)
    return entry


def seen(round: Round, user: User) -> list[Turn]:
    return queued(round, user).turns()


def queued(round: Round, user: User, **chosen: str) -> Queue:
    return Queue(Round.objects.get(pk=round.pk), user, clock.now(), **chosen)


def kinds(round: Round, user: User) -> list[tuple[str, Kind]]:
    return [(turn.entry.label[-1], turn.kind) for turn in seen(round, user)]


def test_queue_has_those_first_that_wait_longest(open_round: Round, office: User, at: Clock) -> None:
    for days in (3, 1, 2):
        came(open_round, at, days)

    assert kinds(open_round, office) == [("2", Kind.CHECK), ("3", Kind.CHECK), ("1", Kind.CHECK)]
    assert seen(open_round, office)[0].said == "Eingegangen am 21. Januar 2026, 10:30 Uhr"


@pytest.mark.parametrize(
    "fields",
    [{"formal_check": "admitted"}, {"formal_check": "excluded"}, {"status": "withdrawn"}],
)
def test_queue_leaves_out_what_is_decided_or_withdrawn(
    open_round: Round, office: User, at: Clock, fields: dict[str, str]
) -> None:
    came(open_round, at, 1)
    factories.draft(open_round)
    Submission.objects.filter(number=1).update(**fields)

    assert seen(open_round, office) == []


def test_queue_leaves_out_what_the_jury_has_decided(open_round: Round, office: User, at: Clock) -> None:
    came(open_round, at, 1)
    Category.objects.update(decided_at=CLOSES)

    assert seen(open_round, office) == []


@pytest.mark.parametrize(("offset", "kind"), [(-SECOND, Kind.OTHERS), (0 * SECOND, Kind.CHECK), (SECOND, Kind.CHECK)])
def test_entry_with_an_own_deadline_waits_for_it(
    open_round: Round, office: User, at: Clock, offset: timedelta, kind: Kind
) -> None:
    came(open_round, at, 1)
    Submission.objects.update(extended_until=LATER)
    at(LATER + offset)

    assert kinds(open_round, office) == [("1", kind)]


def test_handed_back_entry_waits_for_its_people_and_is_marked_once_corrected(
    open_round: Round, office: User, at: Clock
) -> None:
    entry = came(open_round, at, 1)
    formal_check.hand_back(entry, by=office, until=LATER, reason="Seite 2 fehlt")

    waiting = seen(open_round, office)[0]
    Submission.objects.update(abstract="Neu")
    factories.submit(Submission.objects.get())
    at(LATER)
    corrected = seen(open_round, office)[0]

    assert (waiting.kind, waiting.corrected) == (Kind.OTHERS, False)
    assert waiting.said == "Wird korrigiert bis Montag, 16. Februar 2026, 24:00 Uhr (MEZ)"
    assert (corrected.kind, corrected.corrected) == (Kind.CHECK, True)


def test_entry_that_was_not_corrected_in_time_is_to_be_checked(open_round: Round, office: User, at: Clock) -> None:
    entry = came(open_round, at, 1)
    formal_check.hand_back(entry, by=office, until=LATER, reason="Seite 2 fehlt")
    at(LATER)

    turn = seen(open_round, office)[0]

    assert (turn.kind, turn.corrected, turn.is_safe) == (Kind.CHECK, False, False)
    assert turn.said.startswith("Nicht korrigiert bis")


def test_proposal_waits_for_everybody_but_who_made_it(open_round: Round, office: User, at: Clock) -> None:
    Round.objects.update(four_eyes=True)
    proposed, other = came(open_round, at, 1), came(open_round, at, 2)
    four_eyes.propose(proposed, ADMISSION, by=office)

    mine, theirs = seen(open_round, office), seen(open_round, StaffFactory(superuser=True))

    assert [(turn.entry, turn.kind) for turn in mine] == [(other, Kind.CHECK), (proposed, Kind.OTHERS)]
    assert [(turn.entry, turn.kind) for turn in theirs] == [(proposed, Kind.CONFIRM), (other, Kind.CHECK)]
    assert theirs[0].said == "Ida Lorenz schlägt vor: zulassen"
    assert [turn.is_safe for turn in theirs] == [False, True]


@pytest.mark.parametrize(
    ("verdicts", "said", "safe"),
    [
        ({}, "", True),
        ({"partner": Finding.Verdict.OPEN}, "", True),
        ({"partner": Finding.Verdict.MET, "dauer": Finding.Verdict.MET}, "2 von 7 Punkten erfüllt", True),
        ({"partner": Finding.Verdict.MET, "dauer": Finding.Verdict.FAILED}, "1 nicht erfüllt", False),
    ],
)
def test_turn_says_how_far_the_checklist_is(
    open_round: Round, office: User, at: Clock, verdicts: dict[str, Finding.Verdict], said: str, safe: bool
) -> None:
    entry = came(open_round, at, 1)
    findings.judge(entry, {key: Judged(verdict, "x") for key, verdict in verdicts.items()}, by=office)

    turn = seen(open_round, office)[0]

    assert (turn.judged, turn.is_safe) == (said, safe)


def test_following_is_the_next_that_waits_for_this_person(open_round: Round, office: User, at: Clock) -> None:
    first, second = came(open_round, at, 1), came(open_round, at, 2)
    waiting = came(open_round, at, 3)
    Submission.objects.filter(pk=waiting.pk).update(extended_until=LATER)
    queue = queued(open_round, office)
    places = [turn.place for turn in queue.turns()]

    assert [queue.following(place) for place in (None, *places[:2])] == [first.pk, second.pk, first.pk]
    assert [queue.following(None, but=first.pk), queue.following(places[0], but=second.pk)] == [second.pk, first.pk]
    Submission.objects.exclude(pk=waiting.pk).update(formal_check="admitted")
    assert queue.following(None) is None


def test_places_are_in_the_order_of_the_queue(open_round: Round, office: User, at: Clock) -> None:
    Round.objects.update(four_eyes=True)
    entries = [came(open_round, at, days) for days in (3, 1, 2, 1)]
    Submission.objects.filter(pk=entries[0].pk).update(extended_until=LATER)
    four_eyes.propose(entries[1], ADMISSION, by=StaffFactory(superuser=True))

    places = [turn.place for turn in seen(open_round, office)]

    assert [place.number for place in places] == [2, 4, 3, 1]
    assert places == sorted(places)


def test_numbers_are_those_of_the_turns_whatever_is_chosen(open_round: Round, office: User, at: Clock) -> None:
    Round.objects.update(four_eyes=True)
    entries = [came(open_round, at, days) for days in (1, 2, 3, 4)]
    other = Category.objects.exclude(pk=entries[0].submitted_category_id).order_by("pk").first()
    assert other
    Submission.objects.filter(pk=entries[0].pk).update(submitted_category=other)
    Submission.objects.filter(pk=entries[1].pk).update(extended_until=LATER)
    four_eyes.propose(entries[2], ADMISSION, by=StaffFactory(superuser=True))
    every = seen(open_round, office)

    for category in ("", other.key, "krisen", "\0", "nein"):
        for kind in ("", *(one.value for one in Kind), "nein"):
            queue = queued(open_round, office, category=category, kind=kind)
            fits = [turn for turn in every if category in {"", turn.category} and kind in {"", turn.kind.value}]
            assert [turn.entry for turn in queue.turns()] == [turn.entry for turn in fits]
            assert queue.numbers() == Counter(turn.kind for turn in fits)
    assert Counter(turn.kind for turn in every) == {Kind.CONFIRM: 1, Kind.CHECK: 2, Kind.OTHERS: 1}


def test_queue_of_a_round_that_has_not_opened_waits_for_nobody(open_round: Round, office: User, at: Clock) -> None:
    """Its opening may be moved on the round's page; `workflow.is_open` then says no, and so does the queue."""
    came(open_round, at, 1)
    at(MIDWAY)
    Round.objects.update(opens_at=MIDWAY + timedelta(days=1))

    (turn,) = seen(open_round, office)

    assert not workflow.is_open(turn.entry, clock.now())
    assert turn.kind is Kind.CHECK


def test_hints_name_other_entries_of_the_lead_in_the_round_only(open_round: Round, at: Clock) -> None:
    entry = came(open_round, at, 1)
    former = came(open_round, at, 2)
    Submission.objects.filter(pk=former.pk).update(status="withdrawn", submitted_lead=entry.submitted_lead)

    found = turns.hints([entry])[entry.pk]["einzige"]

    assert found.said == "Dieselbe Kommune führt auch: IKZ-2026-0002 (zurückgezogen)"


def test_queue_and_hints_take_the_same_number_of_queries(open_round: Round, office: User, at: Clock) -> None:
    def queries() -> int:
        round = Round.objects.get(pk=open_round.pk)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            rows = Queue(round, office, clock.now()).turns()
            turns.hints([row.entry for row in rows])
            assert all(row.place and row.category and row.entry.submitted_lead for row in rows)
        return len(caught)

    came(open_round, at, 1)
    one = queries()
    came(open_round, at, 2)
    came(open_round, at, 3)

    assert (one, queries()) == (5, 5)
