"""Taking a decision back: to the state before, while nothing was built on it; and what was read and seen before."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from post_office.models import Email

from accounts.models import User
from jury.actions import assessing
from landespreis.refusal import MailChanged, NotAllowed, Refused
from portal.models import Project
from submissions import builds_on
from submissions.actions import entries, formal_check, reversing, ruling
from submissions.models import Category, Event, Round, Submission
from tests.accounts.factories import StaffFactory
from tests.conftest import CLOSES, SECOND
from tests.jury import factories as jury
from tests.portal.factories import ProjectFactory
from tests.submissions import factories
from tests.submissions.test_actions_handing_in import together

Clock = Callable[[datetime], None]
Check = Submission.Check
LATER = CLOSES + timedelta(days=7)


@pytest.fixture
def office(db: None) -> User:
    user: User = StaffFactory(superuser=True, name="Renate Vollmer")
    return user


@pytest.fixture
def entry(open_round: Round, at: Clock) -> Submission:
    factories.submitted(open_round)
    at(CLOSES)
    return fresh()


def fresh() -> Submission:
    return Submission.objects.get()


def admit(office: User) -> None:
    formal_check.admit(fresh(), by=office)


def exclude(office: User) -> None:
    formal_check.exclude(fresh(), by=office, reason="Nur eine Kommune")


def hand_back(office: User) -> None:
    formal_check.hand_back(fresh(), by=office, until=LATER, reason="Seite 2 fehlt")


def undo(office: User) -> None:
    formal_check.undo(fresh(), by=office, reason="Falsche Nummer")


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([admit], Check.OPEN),
        ([exclude], Check.OPEN),
        ([hand_back], Check.OPEN),
        ([admit, exclude], Check.ADMITTED),
        ([hand_back, exclude], Check.RETURNED),
        ([admit, undo, exclude], Check.OPEN),
        ([admit, exclude, undo], Check.OPEN),
        ([hand_back, exclude, undo], Check.OPEN),
    ],
)
def test_undo_leads_to_the_state_before(
    entry: Submission, office: User, steps: list[Callable[[User], None]], expected: str
) -> None:
    for step in steps:
        step(office)

    undo(office)

    assert fresh().formal_check == expected


def test_undo_says_in_the_journal_what_was_taken_back_and_mails_nobody(entry: Submission, office: User) -> None:
    exclude(office)
    mails = Email.objects.count()

    undo(office)

    event = Event.objects.latest("pk")
    assert (event.verb, event.by, event.version) == ("check_undone", office, entry.current)
    assert event.detail == {"reason": "Falsche Nummer", "undone": "ausgeschlossen"}
    assert Email.objects.count() == mails


@pytest.mark.parametrize("former", [None, CLOSES - SECOND])
def test_undo_of_handing_back_gives_the_deadline_back_too(
    entry: Submission, office: User, former: datetime | None
) -> None:
    Submission.objects.update(extended_until=former)
    hand_back(office)

    undo(office)

    assert (fresh().extended_until, fresh().deadline) == (former, CLOSES)
    with pytest.raises(Refused, match="Frist endete"):
        factories.submit(fresh())


@pytest.mark.parametrize("check", Check)
def test_undo_without_a_decision_in_the_journal_is_refused(entry: Submission, office: User, check: str) -> None:
    Submission.objects.update(formal_check=check)

    with pytest.raises(Refused):
        undo(office)

    assert fresh().formal_check == check


def test_undo_is_refused_once_the_correction_has_begun(entry: Submission, office: User) -> None:
    hand_back(office)
    entries.save_section(fresh(), "titel", {"title": "Neu"}, by=entry.owner, revision=0, sitting="a")

    with pytest.raises(Refused, match="Abschnitt gespeichert"):
        undo(office)

    assert (fresh().formal_check, fresh().deadline) == (Check.RETURNED, LATER)


def test_undo_is_refused_once_the_deadline_of_the_correction_moved(entry: Submission, office: User) -> None:
    hand_back(office)
    entries.extend(fresh(), by=office, until=LATER + SECOND, reason="Bitte der Kommune")

    with pytest.raises(Refused, match="Frist verlängert"):
        undo(office)


@pytest.mark.parametrize("act", ["clear", "recuse"])
def test_undo_is_refused_once_the_jury_knows_the_entry(entry: Submission, office: User, at: Clock, act: str) -> None:
    admit(office)
    juror = jury.panel(entry.round)[0]
    at(jury.scoring_time(entry.round))
    assert juror.user is not None
    if act == "clear":
        assessing.clear(fresh(), by=juror.user)
    else:
        assessing.recuse(fresh(), by=juror.user, reason="amt", text="Ratsmandat")

    with pytest.raises(Refused, match="Jury hat sich mit dieser Einreichung schon befasst"):
        undo(office)

    assert fresh().formal_check == Check.ADMITTED
    assert formal_check.reopen(fresh(), by=office, reason="Nachweis fehlt").formal_check == Check.OPEN


def test_undo_is_refused_once_the_directory_has_a_copy(entry: Submission, office: User) -> None:
    admit(office)
    ProjectFactory(origin=Project.Origin.AWARD, submission=fresh(), published_at=None)

    with pytest.raises(Refused, match="in das Verzeichnis übernommen"):
        undo(office)


def test_nothing_builds_on_an_exclusion(entry: Submission, office: User) -> None:
    admit(office)
    jury.sheet(jury.panel(entry.round)[0], entry, 7)
    exclude(office)

    undo(office)

    assert fresh().formal_check == Check.ADMITTED
    assert builds_on.admission(entry) == ["Die Jury hat sich mit dieser Einreichung schon befasst."]


def test_undo_is_for_the_office_with_a_reason_before_the_decision_of_the_jury(entry: Submission, office: User) -> None:
    admit(office)

    with pytest.raises(NotAllowed):
        formal_check.undo(fresh(), by=entry.owner, reason="x")
    with pytest.raises(Refused, match="Grund"):
        formal_check.undo(fresh(), by=office, reason=" ")
    Category.objects.update(decided_at=CLOSES)
    with pytest.raises(Refused, match="hat diese Kategorie entschieden"):
        undo(office)


def test_rollback_of_undo_leaves_everything(entry: Submission, office: User) -> None:
    hand_back(office)

    def rows() -> list[Any]:
        return [list(model._default_manager.order_by("pk").values()) for model in (Submission, Event, Email)]

    before = rows()
    with transaction.atomic():
        undo(office)
        assert rows() != before
        transaction.set_rollback(True)

    assert rows() == before


@pytest.mark.parametrize(
    ("act", "tell", "told"), [(admit, False, False), (exclude, True, True), (hand_back, True, True)]
)
def test_last_decision_knows_whether_a_mail_went(
    entry: Submission, office: User, act: Callable[[User], None], tell: bool, told: bool
) -> None:
    act(office)

    last = reversing.last_decision(fresh())

    assert last is not None
    assert (last.was_told, last.before, last.event.by) == (told, Check.OPEN, office)


# What was read and seen ------------------------------------------------------------------------------

DECIDE: dict[str, Callable[..., Any]] = {
    "admit": lambda entry, by, read: formal_check.admit(entry, by=by, read=read),
    "exclude": lambda entry, by, read: formal_check.exclude(entry, by=by, read=read, reason="x"),
    "hand_back": lambda entry, by, read: formal_check.hand_back(entry, by=by, read=read, reason="x", until=LATER),
    "withdraw": lambda entry, by, read: formal_check.withdraw_on_request(entry, by=by, read=read, reason="x"),
}


@pytest.mark.parametrize("second", DECIDE)
@pytest.mark.parametrize("first", DECIDE)
def test_second_of_two_is_told_what_the_first_decided(entry: Submission, office: User, first: str, second: str) -> None:
    read = ruling.last_seen(entry)
    DECIDE[first](entry, office, read)
    label = Event.objects.latest("pk").get_verb_display()
    state = list(Submission.objects.values())

    with pytest.raises(ruling.Overtaken, match=f"„{label}“, Renate Vollmer, heute um 00:00 Uhr"):
        DECIDE[second](entry, StaffFactory(superuser=True), read)

    assert list(Submission.objects.values()) == state


def test_decision_sends_the_mail_that_was_seen_or_none(entry: Submission, office: User) -> None:
    shown = ruling.letter(entry, ruling.Ruling(ruling.CheckAct.EXCLUDE, "Nur eine Kommune"), by=office, at=CLOSES)
    assert shown is not None

    with pytest.raises(MailChanged):
        formal_check.exclude(entry, by=office, reason="Etwas anderes", seen=shown.mark)
    with pytest.raises(MailChanged):
        formal_check.admit(entry, by=office, seen=shown.mark)
    formal_check.exclude(entry, by=office, reason=" Nur eine Kommune ", seen=shown.mark)

    assert Email.objects.get().message == shown.said.text


@pytest.mark.django_db(transaction=True)
def test_different_decisions_at_once_are_one_and_a_message(entry: Submission) -> None:
    people = [StaffFactory(superuser=True) for _ in DECIDE]
    read = ruling.last_seen(entry)

    results = together(
        *[lambda act=act, by=by: DECIDE[act](entry, by, read) for act, by in zip(DECIDE, people, strict=True)]  # type: ignore[misc]
    )

    assert sum(isinstance(result, ruling.Overtaken) for result in results) == len(DECIDE) - 1
    assert Event.objects.exclude(verb__in=["started", "submitted"]).count() == 1
