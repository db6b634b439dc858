"""The Sessions of the demo's jury, what they decide, and the letters that follow the ceremony."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from accounts.models import User
from jury import presiding
from jury.actions import deciding, letters, papers, sessions
from jury.demo.script import Act, script
from jury.models import Decision, Juror, Letter, Seat, Session
from landespreis.clock import BERLIN
from submissions.demo.acts import unwrapped
from submissions.models import Category, Round, Submission

Row = dict[str, Any]

TO_CHAIR, TO_OFFICE = timedelta(minutes=2, seconds=10), timedelta(minutes=3, seconds=40)
"""From recording a decision to the confirmations."""
PRINTED = datetime(2026, 3, 27, 9, 15, tzinfo=BERLIN)
RELEASED = datetime(2026, 4, 15, 13, 10, tzinfo=BERLIN)
"""When the worker has long made minutes and certificates; when the letters go out, after the ceremony."""


def acts(round: Round, office: User) -> Iterator[Act]:
    for row in script()["sessions"]:
        category = Category.objects.get(round=round, key=row["category"])
        yield row["opened"], partial(_open, category, office)
        yield row["recorded"], partial(_record, category, row)
        yield row["recorded"] + TO_CHAIR, partial(_confirm_as_chair, category)
        yield row["recorded"] + TO_OFFICE, partial(_confirm_as_office, category, office)
    yield PRINTED, partial(papers.fulfil_all, limit=1000)
    yield RELEASED, partial(_release, office)


def _open(category: Category, office: User) -> None:
    present = Juror.objects.confirmed().filter(seat__round=category.round)
    sessions.open(category, by=office, present=list(present))


def _record(category: Category, row: Row) -> None:
    winner, laudatio = None, None
    if "winner" in row:
        winner = Submission.objects.get(round=category.round, submitted_lead__ags=row["winner"])
        laudatio = Seat.objects.get(round=category.round, key=row["laudatio"])
    votes_for, against, abstained = row["votes"]
    outcome = deciding.Outcome(winner, votes_for, against, abstained, unwrapped(row["reasons"]), laudatio)
    deciding.record(Session.objects.get(category=category), by=_presiding(category, winner), outcome=outcome, seen=0)


def _confirm_as_chair(category: Category) -> None:
    decision = Decision.objects.get(session__category=category)
    deciding.confirm_as_chair(decision, by=_presiding(category, decision.winner), revision=decision.revision)


def _confirm_as_office(category: Category, office: User) -> None:
    decision = Decision.objects.get(session__category=category)
    deciding.confirm_as_office(decision, by=office, revision=decision.revision)


def _presiding(category: Category, winner: Submission | None) -> User:
    juror = presiding.of(category).presiding(winner)
    assert juror
    assert juror.user
    return juror.user


def _release(office: User) -> None:
    letters.release_all(Letter.objects.all(), by=office)
