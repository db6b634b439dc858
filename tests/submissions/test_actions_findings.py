"""The checklist: judged by people for one version, journalled, and never deciding anything."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from landespreis.refusal import NotAllowed, Refused
from submissions.actions import findings, formal_check, ruling
from submissions.actions.findings import Judged
from submissions.models import Event, Finding, Round, Submission
from tests.accounts.factories import StaffFactory
from tests.conftest import CLOSES
from tests.submissions import factories
from tests.submissions.test_actions_handing_in import together

Clock = Callable[[datetime], None]
Verdict = Finding.Verdict
MET, FAILED = Judged(Verdict.MET), Judged(Verdict.FAILED, "Die GmbH gehört einer Bank.")


@pytest.fixture
def office(db: None) -> User:
    user: User = StaffFactory(superuser=True)
    return user


@pytest.fixture
def entry(open_round: Round, at: Clock) -> Submission:
    made = factories.submitted(open_round)
    at(CLOSES)
    return made


def rows() -> list[Any]:
    return list(Finding.objects.order_by("key").values_list("key", "verdict", "note", "version__number"))


def test_judge_keeps_verdict_and_note_of_the_version(entry: Submission, office: User) -> None:
    findings.judge(entry, {"partner": MET, "rechtsform": FAILED}, by=office)

    assert rows() == [("partner", "met", "", 1), ("rechtsform", "failed", "Die GmbH gehört einer Bank.", 1)]
    assert {finding.by for finding in Finding.objects.all()} == {office}
    assert Submission.objects.get().formal_check == "open"


def test_judge_journals_what_changed_and_nothing_else(entry: Submission, office: User) -> None:
    findings.judge(entry, {"partner": MET, "rechtsform": findings.UNJUDGED}, by=office)
    findings.judge(entry, {"partner": MET, "rechtsform": findings.UNJUDGED}, by=office)

    event = Event.objects.get(verb="checked")
    assert (event.by, event.version) == (office, entry.current)
    assert event.detail == {"points": [{"key": "partner", "verdict": "met", "note": ""}]}


def test_judge_again_replaces_and_leaves_the_former_in_the_journal(entry: Submission, office: User) -> None:
    findings.judge(entry, {"partner": FAILED}, by=office)
    findings.judge(entry, {"partner": findings.UNJUDGED}, by=office)

    assert rows() == [("partner", "open", "", 1)]
    assert Event.objects.filter(verb="checked").count() == 2


def test_new_version_begins_open_and_keeps_what_was_judged(entry: Submission, office: User, at: Clock) -> None:
    findings.judge(entry, {"partner": FAILED}, by=office)
    later = CLOSES.replace(day=20)
    formal_check.hand_back(entry, by=office, until=later, reason="Partner fehlt")
    Submission.objects.update(abstract="Neu")
    factories.submit(Submission.objects.get())

    entry = Submission.objects.get()

    assert findings.of_version(entry) == []
    assert rows() == [("partner", "failed", FAILED.note, 1)]


@pytest.mark.parametrize("check", ["admitted", "excluded"])
def test_judge_is_refused_once_decided(entry: Submission, office: User, check: str) -> None:
    Submission.objects.update(formal_check=check)

    with pytest.raises(Refused, match="ist entschieden"):
        findings.judge(entry, {"partner": MET}, by=office)


def test_judge_knows_the_conditions_only(entry: Submission, office: User) -> None:
    with pytest.raises(Refused, match="Prüfpunkt gibt es nicht"):
        findings.judge(entry, {"schönheit": MET}, by=office)


def test_judge_is_for_the_office(entry: Submission) -> None:
    with pytest.raises(NotAllowed):
        findings.judge(entry, {"partner": MET}, by=entry.owner)


def test_judge_beside_a_colleague_is_told_and_beside_oneself_not(entry: Submission, office: User) -> None:
    colleague: User = StaffFactory(superuser=True, name="Ida Lorenz")
    read = ruling.last_seen(entry)
    findings.judge(entry, {"partner": MET}, by=office, read=read)

    findings.judge(entry, {"partner": FAILED}, by=office, read=read)
    with pytest.raises(ruling.Overtaken, match=f"Prüfpunkte festgehalten“, {office.name}"):
        findings.judge(entry, {"partner": MET}, by=colleague, read=read)

    assert rows() == [("partner", "failed", FAILED.note, 1)]


def test_rollback_leaves_neither_finding_nor_journal(entry: Submission, office: User) -> None:
    before = Event.objects.count()

    with transaction.atomic():
        findings.judge(entry, {"partner": MET}, by=office)
        transaction.set_rollback(True)

    assert (rows(), Event.objects.count()) == ([], before)


@pytest.mark.django_db(transaction=True)
def test_two_lists_saved_at_once_are_one_and_a_message(entry: Submission) -> None:
    people = [StaffFactory(superuser=True) for _ in range(3)]
    read = ruling.last_seen(entry)

    results = together(
        *[lambda by=by: findings.judge(entry, {"partner": MET}, by=by, read=read) for by in people]  # type: ignore[misc]
    )

    assert sum(isinstance(result, ruling.Overtaken) for result in results) == 2
    assert (len(rows()), Event.objects.filter(verb="checked").count()) == (1, 1)
