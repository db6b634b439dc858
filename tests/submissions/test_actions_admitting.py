"""Admitting, or proposing to admit, several at once: as one would, in as many queries, and one stops no other."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from post_office.models import Email

from accounts.models import User
from landespreis.refusal import NotAllowed
from submissions.actions import findings, formal_check, four_eyes, ruling
from submissions.actions.findings import Judged
from submissions.actions.ruling import Ruling
from submissions.models import Category, Event, Finding, Proposal, Round, Submission
from submissions.workflow import CheckAct
from tests.accounts.factories import StaffFactory
from tests.conftest import CLOSES
from tests.submissions import factories
from tests.submissions.test_actions_handing_in import together

Clock = Callable[[datetime], None]
Check = Submission.Check
VERBS: dict[str, Callable[..., Any]] = {
    "admit": formal_check.admit_each,
    "propose": four_eyes.propose_admissions,
}
LATER = CLOSES + timedelta(days=7)


@pytest.fixture
def office(db: None) -> User:
    user: User = StaffFactory(superuser=True, name="Ida Lorenz")
    return user


@pytest.fixture
def other(db: None) -> User:
    user: User = StaffFactory(superuser=True, name="Jan Paulsen")
    return user


@pytest.fixture
def pair(open_round: Round, at: Clock) -> list[Submission]:
    """Two submitted entries, their deadline just past."""
    return several(open_round, 2, at)


def several(round: Round, number: int, at: Clock) -> list[Submission]:
    made = [factories.submitted(round, title=f"Projekt {place}") for place in range(number)]
    at(CLOSES)
    return made


def put(entry: Submission, **fields: Any) -> None:
    Submission.objects.filter(pk=entry.pk).update(**fields)


def told(verb: Event.Verb) -> list[dict[str, Any]]:
    """Return the lines of the journal with that verb but for their keys and entries."""
    rows = Event.objects.filter(verb=verb).order_by("pk").values("at", "by", "detail", "version__number")
    return [dict(row) for row in rows]


def written() -> list[Any]:
    models = (Submission, Event, Email, Proposal)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


# As one would ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("tell", [True, False])
def test_each_becomes_what_one_alone_becomes(open_round: Round, office: User, at: Clock, tell: bool) -> None:
    one, *rest = several(open_round, 3, at)
    formal_check.admit(one, by=office, tell=tell)

    refused = formal_check.admit_each(rest, by=office, tell=tell)

    assert refused == {}
    assert set(Submission.objects.values_list("formal_check", flat=True)) == {Check.ADMITTED}
    lines = told(Event.Verb.ADMITTED)
    assert (len(lines), lines[1:]) == (3, lines[:1] * 2)
    mails = Email.objects.filter(subject__icontains="zugelassen").order_by("pk")
    assert [row.to for row in mails] == ([[row.owner.email] for row in (one, *rest)] if tell else [])


def test_mails_are_the_words_of_one_alone(open_round: Round, office: User, at: Clock) -> None:
    (entry,) = several(open_round, 1, at)
    colleague = factories.editor(entry, "read")
    shown = ruling.letter(Submission.objects.get(), Ruling(CheckAct.ADMIT), by=office, at=CLOSES)
    Email.objects.all().delete()

    formal_check.admit_each([entry], by=office, tell=True)

    assert shown is not None
    rows = [(row.to, row.subject, row.message, row.html_message) for row in Email.objects.order_by("pk")]
    assert rows == [([address], *shown.said) for address in (entry.owner.email, colleague.email)]


def test_each_is_proposed_as_one_alone_is(open_round: Round, office: User, at: Clock) -> None:
    Round.objects.update(four_eyes=True)
    one, *rest = several(open_round, 3, at)
    mails = Email.objects.count()
    four_eyes.propose(one, Ruling(CheckAct.ADMIT), by=office)

    refused = four_eyes.propose_admissions(rest, by=office, tell=True)

    proposals = Proposal.objects.waiting().order_by("pk")
    same = proposals.values("act", "reason", "until", "tell", "proposed_by", "proposed_at", "version__number")
    assert (refused, len(same), len({str(row) for row in same})) == ({}, 3, 1)
    assert [row.version_id for row in proposals] == [row.current_id for row in (one, *rest)]
    lines = told(Event.Verb.CHECK_PROPOSED)
    assert (len(lines), lines[1:]) == (3, lines[:1] * 2)
    assert Email.objects.count() == mails
    assert set(Submission.objects.values_list("formal_check", flat=True)) == {Check.OPEN}


def test_a_proposal_ends_where_the_round_has_gone_back_to_one(
    pair: list[Submission], office: User, other: User
) -> None:
    Round.objects.update(four_eyes=True)
    four_eyes.propose(pair[0], Ruling(CheckAct.EXCLUDE, "Nur eine"), by=other)
    Round.objects.update(four_eyes=False)

    formal_check.admit_each(pair, by=office)

    proposal = Proposal.objects.get()
    assert (proposal.outcome, proposal.ended_by) == (Proposal.Outcome.DROPPED, office)
    dropped = Event.objects.get(verb=Event.Verb.CHECK_UNPROPOSED)
    assert (dropped.submission, dropped.by, dropped.version) == (pair[0], office, pair[0].current)


# Queries ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
def test_thirty_take_the_queries_of_one(open_round: Round, office: User, at: Clock, verb: str) -> None:
    Round.objects.update(four_eyes=verb == "propose")
    entries = several(open_round, 35, at)
    read = ruling.last_seen_of(entries)

    def queries(rows: list[Submission]) -> int:
        with CaptureQueriesContext(connection) as caught:
            refused = VERBS[verb](rows, by=office, tell=True, read=read)
        assert refused == {}
        return len(caught)

    queries(entries[:1])
    counts = [queries(entries[1:2]), queries(entries[2:5]), queries(entries[5:])]

    assert counts == [counts[0]] * 3
    assert counts[0] <= 14


# One stops no other ----------------------------------------------------------------------------------


def _judged(entry: Submission, other: User) -> None:
    findings.judge(entry, {"partner": Judged(Finding.Verdict.FAILED)}, by=other)


def _taken(entry: Submission, other: User) -> None:
    put(entry, status=Submission.Status.WITHDRAWN)


def _category(entry: Submission, other: User) -> None:
    decided = Category.objects.exclude(pk=entry.submitted_category_id).first()
    assert decided
    put(entry, submitted_category=decided)
    Category.objects.filter(pk=decided.pk).update(decided_at=CLOSES)


def _extended(entry: Submission, other: User) -> None:
    put(entry, extended_until=LATER)


def _excluded(entry: Submission, other: User) -> None:
    put(entry, formal_check=Check.EXCLUDED)


REASONS: dict[str, tuple[Callable[[Submission, User], None], str]] = {
    "judged since": (_judged, "Inzwischen hat sich etwas geändert: „Prüfpunkte festgehalten“, Jan Paulsen"),
    "withdrawn": (_taken, "eingereicht und nicht zurückgezogen"),
    "category decided": (_category, "Die Jury hat diese Kategorie entschieden"),
    "not yet due": (_extended, "Die Frist dieser Einreichung läuft noch"),
    "excluded": (_excluded, "ausgeschlossen"),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("reason", REASONS)
def test_what_cannot_be_admitted_is_named_and_the_other_is(
    pair: list[Submission], office: User, other: User, verb: str, reason: str
) -> None:
    bad, good = pair
    Round.objects.update(four_eyes=verb == "propose")
    read = ruling.last_seen_of(pair)
    happens, said = REASONS[reason]
    happens(bad, other)
    before = Submission.objects.get(pk=bad.pk).formal_check
    lines = bad.events.count()

    refused = VERBS[verb](pair, by=office, read=read)

    assert list(refused) == [bad.pk]
    assert said in refused[bad.pk].message
    assert (Submission.objects.get(pk=bad.pk).formal_check, bad.events.count()) == (before, lines)
    done = {"admit": Event.Verb.ADMITTED, "propose": Event.Verb.CHECK_PROPOSED}[verb]
    assert [event.submission for event in Event.objects.filter(verb=done)] == [good]


def test_own_points_of_the_checklist_are_known(pair: list[Submission], office: User) -> None:
    read = ruling.last_seen_of(pair)
    findings.judge(pair[0], {"partner": Judged(Finding.Verdict.MET)}, by=office)

    assert formal_check.admit_each(pair, by=office, read=read) == {}


def test_nobody_admits_several_alone_where_two_decide(pair: list[Submission], office: User) -> None:
    Round.objects.update(four_eyes=True)

    refused = formal_check.admit_each(pair, by=office)

    assert {why.message for why in refused.values()} == {formal_check.FOR_TWO}
    assert set(Submission.objects.values_list("formal_check", flat=True)) == {Check.OPEN}


def test_several_are_not_proposed_where_one_decides_or_twice(pair: list[Submission], office: User, other: User) -> None:
    alone = four_eyes.propose_admissions(pair, by=office)
    Round.objects.update(four_eyes=True)
    four_eyes.propose(pair[0], Ruling(CheckAct.EXCLUDE, "Nur eine"), by=other)

    twice = four_eyes.propose_admissions(pair, by=office)

    assert set(alone) == {row.pk for row in pair}
    assert list(twice) == [pair[0].pk]
    assert twice[pair[0].pk].message.startswith("Es gibt schon einen Vorschlag von Jan Paulsen")


@pytest.mark.parametrize("verb", VERBS)
def test_several_are_for_who_may_check(pair: list[Submission], verb: str) -> None:
    Round.objects.update(four_eyes=verb == "propose")

    with pytest.raises(NotAllowed):
        VERBS[verb](pair, by=pair[0].owner)

    assert set(Submission.objects.values_list("formal_check", flat=True)) == {Check.OPEN}
    assert not Proposal.objects.exists()


def test_what_is_gone_is_named(pair: list[Submission], office: User) -> None:
    gone = Submission(pk="00000000-0000-4000-8000-000000000000")

    refused = formal_check.admit_each([gone, *pair], by=office)

    assert list(refused) == [gone.pk]


@pytest.mark.parametrize("verb", VERBS)
def test_rollback_takes_all_along(pair: list[Submission], office: User, verb: str) -> None:
    Round.objects.update(four_eyes=verb == "propose")
    before = written()

    with transaction.atomic():
        VERBS[verb](pair, by=office, tell=True)
        assert written() != before
        transaction.set_rollback(True)

    assert written() == before


@pytest.mark.django_db(transaction=True)
def test_two_who_admit_the_same_at_once_admit_each_once(
    open_round: Round, at: Clock, office: User, other: User
) -> None:
    entries = several(open_round, 6, at)
    read = ruling.last_seen_of(entries)

    results = together(
        lambda: formal_check.admit_each(entries, by=office, tell=True, read=read),
        lambda: formal_check.admit_each(entries[::-1], by=other, tell=True, read=read),
    )

    assert sorted(len(refused) for refused in results) == [0, 6]
    assert Event.objects.filter(verb=Event.Verb.ADMITTED).count() == 6
    assert Email.objects.filter(subject__icontains="zugelassen").count() == 6
