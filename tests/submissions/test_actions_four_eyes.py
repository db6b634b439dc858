"""Where two decide: who proposes, who confirms, what ends a proposal, and that nobody decides alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from post_office.models import Email

from accounts.models import User
from landespreis.refusal import MailChanged, NotAllowed, Refused
from submissions import permissions
from submissions.actions import entries, formal_check, four_eyes, handing_in, ruling
from submissions.actions.ruling import Ruling
from submissions.models import Category, Event, Proposal, Round, Submission
from submissions.workflow import CheckAct
from tests.accounts.factories import StaffFactory
from tests.conftest import CLOSES, SECOND
from tests.submissions import factories
from tests.submissions.test_actions_handing_in import together

Clock = Callable[[datetime], None]
Check = Submission.Check
LATER = CLOSES + timedelta(days=7)
RULINGS = {
    "admit": Ruling(CheckAct.ADMIT),
    "exclude": Ruling(CheckAct.EXCLUDE, "Nur eine Kommune"),
    "hand_back": Ruling(CheckAct.HAND_BACK, "Seite 2 fehlt", LATER),
}
REVERSALS = (CheckAct.UNDO, CheckAct.REOPEN, CheckAct.WITHDRAW)
DONE = {"admit": Check.ADMITTED, "exclude": Check.EXCLUDED, "hand_back": Check.RETURNED}


@pytest.fixture
def first(db: None) -> User:
    user: User = StaffFactory(superuser=True, name="Ida Lorenz")
    return user


@pytest.fixture
def second(db: None) -> User:
    user: User = StaffFactory(superuser=True, name="Jan Paulsen")
    return user


@pytest.fixture
def entry(open_round: Round, at: Clock) -> Submission:
    """A submitted entry of a round in which two decide, its deadline just past."""
    Round.objects.update(four_eyes=True)
    factories.submitted(open_round)
    at(CLOSES)
    return Submission.objects.get()


def fresh() -> Submission:
    return Submission.objects.get()


def rows() -> list[Any]:
    models = (Submission, Event, Email, Proposal)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


@pytest.mark.parametrize("act", RULINGS)
def test_nobody_decides_alone(entry: Submission, first: User, act: str) -> None:
    with pytest.raises(Refused, match="entscheiden zwei"):
        formal_check.decide(entry, RULINGS[act], by=first)

    assert fresh().formal_check == Check.OPEN


@pytest.mark.parametrize("act", REVERSALS)
def test_nobody_takes_back_alone(entry: Submission, first: User, second: User, act: CheckAct) -> None:
    four_eyes.confirm(four_eyes.propose(entry, RULINGS["exclude"], by=first), by=second)

    with pytest.raises(Refused, match="entscheiden zwei"):
        formal_check.decide(entry, Ruling(act, "Irrtum"), by=first)

    assert (fresh().formal_check, fresh().status) == (Check.EXCLUDED, "submitted")


@pytest.mark.parametrize(
    ("act", "after", "verb", "mails"),
    [
        (CheckAct.UNDO, (Check.OPEN, "submitted"), "check_undone", 0),
        (CheckAct.REOPEN, (Check.OPEN, "submitted"), "check_reopened", 0),
        (CheckAct.WITHDRAW, (Check.EXCLUDED, "withdrawn"), "withdrawn", 1),
    ],
)
def test_two_take_back_and_never_the_same_person_twice(
    entry: Submission, first: User, second: User, act: CheckAct, after: tuple[str, str], verb: str, mails: int
) -> None:
    four_eyes.confirm(four_eyes.propose(entry, RULINGS["exclude"], by=first), by=second)
    before = Email.objects.count()

    proposal = four_eyes.propose(entry, Ruling(act, " Irrtum "), by=second)
    untouched = (fresh().formal_check, fresh().status, Email.objects.count())
    with pytest.raises(NotAllowed, match="eine andere Person"):
        four_eyes.confirm(proposal, by=second)
    four_eyes.confirm(proposal, by=first)

    event = Event.objects.latest("pk")
    assert untouched == (Check.EXCLUDED, "submitted", before)
    assert (fresh().formal_check, fresh().status) == after
    assert (event.verb, event.by, event.detail["proposed_by"], event.detail["reason"]) == (
        verb, first, "Jan Paulsen", "Irrtum",
    )  # fmt: skip
    assert Email.objects.count() == before + mails


@pytest.mark.parametrize("act", REVERSALS)
def test_taking_back_is_proposed_with_a_reason(entry: Submission, first: User, second: User, act: CheckAct) -> None:
    four_eyes.confirm(four_eyes.propose(entry, RULINGS["exclude"], by=first), by=second)

    with pytest.raises(Refused, match="Grund"):
        four_eyes.propose(entry, Ruling(act, " "), by=second)


def test_what_cannot_be_undone_cannot_be_proposed_either(entry: Submission, first: User) -> None:
    with pytest.raises(Refused, match="keine Entscheidung"):
        four_eyes.propose(entry, Ruling(CheckAct.UNDO, "Irrtum"), by=first)


@pytest.mark.parametrize("act", RULINGS)
def test_proposal_changes_nothing_about_the_entry_and_mails_nobody(entry: Submission, first: User, act: str) -> None:
    proposal = four_eyes.propose(entry, RULINGS[act], by=first)

    event = Event.objects.latest("pk")
    assert (fresh().formal_check, fresh().extended_until, Email.objects.count()) == (Check.OPEN, None, 0)
    assert Ruling.proposed(proposal) == RULINGS[act]
    assert (event.verb, event.by, event.detail["act"], event.version) == ("check_proposed", first, act, entry.current)


@pytest.mark.parametrize("act", RULINGS)
def test_confirmation_by_another_decides_and_names_both(entry: Submission, first: User, second: User, act: str) -> None:
    proposal = four_eyes.propose(entry, RULINGS[act], by=first)

    four_eyes.confirm(proposal, by=second)

    event = Event.objects.latest("pk")
    assert (fresh().formal_check, event.by, event.detail["proposed_by"]) == (DONE[act], second, "Ida Lorenz")
    assert Email.objects.get().to == [entry.owner.email]
    assert list(Proposal.objects.values_list("outcome", "ended_by")) == [("confirmed", second.pk)]


def test_confirmation_hands_back_with_the_deadline_that_was_proposed(
    entry: Submission, first: User, second: User
) -> None:
    four_eyes.confirm(four_eyes.propose(entry, RULINGS["hand_back"], by=first), by=second)

    assert (fresh().deadline, fresh().extensions.get().granted_by) == (LATER, second)


@pytest.mark.parametrize("role", ["Administration", "Geschäftsstelle"])
def test_nobody_confirms_their_own_proposal(entry: Submission, role: str) -> None:
    by: User = StaffFactory(superuser=role == "Administration")
    by.user_permissions.add(Permission.objects.get(codename="change_submission"))
    proposal = four_eyes.propose(entry, RULINGS["exclude"], by=by)

    with pytest.raises(NotAllowed, match="eine andere Person"):
        four_eyes.confirm(proposal, by=by)

    assert not permissions.may_confirm(by, proposal)
    assert (fresh().formal_check, Proposal.objects.waiting().count()) == (Check.OPEN, 1)


@pytest.mark.parametrize("verb", ["propose", "confirm", "reject"])
def test_verbs_are_for_the_office(entry: Submission, first: User, verb: str) -> None:
    outsider: User = StaffFactory()
    proposal = four_eyes.propose(entry, RULINGS["exclude"], by=first)
    verbs: dict[str, Callable[[], Any]] = {
        "propose": lambda: four_eyes.propose(entry, RULINGS["admit"], by=outsider),
        "confirm": lambda: four_eyes.confirm(proposal, by=outsider),
        "reject": lambda: four_eyes.reject(proposal, by=outsider, reason="Nein"),
    }

    with pytest.raises(NotAllowed):
        verbs[verb]()

    assert Proposal.objects.waiting().count() == 1


def test_second_proposal_is_refused_and_names_who_made_the_first(entry: Submission, first: User, second: User) -> None:
    four_eyes.propose(entry, RULINGS["exclude"], by=first)

    with pytest.raises(Refused, match="schon einen Vorschlag von Ida Lorenz"):
        four_eyes.propose(entry, RULINGS["admit"], by=second)


@pytest.mark.parametrize("by", ["first", "second"])
def test_rejection_leaves_the_entry_to_a_new_proposal(entry: Submission, first: User, second: User, by: str) -> None:
    proposal = four_eyes.propose(entry, RULINGS["exclude"], by=first)

    four_eyes.reject(proposal, by=first if by == "first" else second, reason=" Es sind zwei. ")

    event = Event.objects.latest("pk")
    assert (event.verb, event.detail) == ("check_unproposed", {"reason": "Es sind zwei."})
    assert four_eyes.propose(entry, RULINGS["admit"], by=second).outcome == "open"
    assert not Email.objects.exists()


def test_rejection_needs_a_reason(entry: Submission, first: User, second: User) -> None:
    proposal = four_eyes.propose(entry, RULINGS["exclude"], by=first)

    with pytest.raises(Refused, match="Grund"):
        four_eyes.reject(proposal, by=second, reason=" ")


@pytest.mark.parametrize("verb", ["confirm", "reject"])
def test_ended_proposal_stays_ended(entry: Submission, first: User, second: User, verb: str) -> None:
    proposal = four_eyes.propose(entry, RULINGS["exclude"], by=first)
    four_eyes.reject(proposal, by=second, reason="Nein")

    verbs: dict[str, Callable[[], Any]] = {
        "confirm": lambda: four_eyes.confirm(proposal, by=second),
        "reject": lambda: four_eyes.reject(proposal, by=second, reason="Nein"),
    }
    with pytest.raises(Refused, match="wartet nicht mehr"):
        verbs[verb]()


@pytest.mark.parametrize("act", ["admit", "hand_back"])
def test_proposal_waits_for_the_deadline(entry: Submission, first: User, at: Clock, act: str) -> None:
    at(CLOSES - SECOND)

    with pytest.raises(Refused, match="läuft noch"):
        four_eyes.propose(entry, RULINGS[act], by=first)


def test_proposal_of_what_cannot_be_decided_is_refused(entry: Submission, first: User) -> None:
    Submission.objects.update(formal_check=Check.EXCLUDED)

    with pytest.raises(Refused, match="passt nicht dazu"):
        four_eyes.propose(entry, RULINGS["admit"], by=first)


@pytest.mark.parametrize(("offset", "refused"), [(-SECOND, False), (0 * SECOND, True), (SECOND, True)])
def test_correction_is_confirmed_before_its_deadline_only(
    entry: Submission, first: User, second: User, at: Clock, offset: timedelta, refused: bool
) -> None:
    proposal = four_eyes.propose(entry, RULINGS["hand_back"], by=first)
    at(LATER + offset)

    if refused:
        with pytest.raises(Refused, match="in der Zukunft"):
            four_eyes.confirm(proposal, by=second)
    else:
        four_eyes.confirm(proposal, by=second)

    assert fresh().formal_check == (Check.OPEN if refused else Check.RETURNED)


def test_confirmation_is_refused_once_the_category_is_decided(entry: Submission, first: User, second: User) -> None:
    proposal = four_eyes.propose(entry, RULINGS["exclude"], by=first)
    Category.objects.update(decided_at=CLOSES)

    with pytest.raises(Refused, match="hat diese Kategorie entschieden"):
        four_eyes.confirm(proposal, by=second)


# The round changes its mind --------------------------------------------------------------------------


def test_where_one_decides_nothing_is_proposed(entry: Submission, first: User) -> None:
    Round.objects.update(four_eyes=False)

    with pytest.raises(Refused, match="entscheidet eine Person allein"):
        four_eyes.propose(entry, RULINGS["admit"], by=first)


def test_proposal_can_be_confirmed_after_the_round_went_back_to_one(
    entry: Submission, first: User, second: User
) -> None:
    proposal = four_eyes.propose(entry, RULINGS["exclude"], by=first)
    Round.objects.update(four_eyes=False)

    four_eyes.confirm(proposal, by=second)

    assert fresh().formal_check == Check.EXCLUDED


def test_decision_by_one_drops_the_proposal_that_waited(entry: Submission, first: User) -> None:
    four_eyes.propose(entry, RULINGS["exclude"], by=first)
    Round.objects.update(four_eyes=False)

    formal_check.admit(entry, by=first)

    assert list(Proposal.objects.values_list("outcome", flat=True)) == ["dropped"]
    assert fresh().formal_check == Check.ADMITTED


# What the proposal was made about changes ------------------------------------------------------------


def extended(entry: Submission, office: User) -> None:
    entries.extend(entry, by=office, until=LATER, reason="Störung")


def withdrawn(entry: Submission, office: User) -> None:
    Submission.objects.update(extended_until=LATER)
    handing_in.withdraw(fresh(), by=entry.owner)


def submitted_again(entry: Submission, office: User) -> None:
    Submission.objects.update(extended_until=LATER, abstract="Neu")
    factories.submit(fresh())


def withdrawn_on_request(entry: Submission, office: User) -> None:
    Round.objects.update(four_eyes=False)
    formal_check.withdraw_on_request(entry, by=office, reason="Anruf")


def reopened(entry: Submission, office: User) -> None:
    Round.objects.update(four_eyes=False)
    Submission.objects.update(formal_check=Check.ADMITTED)
    formal_check.reopen(fresh(), by=office, reason="Nachweis kam")


@pytest.mark.parametrize("change", [extended, withdrawn, submitted_again, withdrawn_on_request, reopened])
def test_change_drops_the_proposal(
    entry: Submission, first: User, second: User, change: Callable[[Submission, User], None]
) -> None:
    proposal = four_eyes.propose(entry, RULINGS["exclude"], by=first)

    change(entry, first)

    ended = Proposal.objects.get()
    assert (ended.outcome, bool(ended.ended_reason), bool(ended.ended_at)) == ("dropped", True, True)
    assert Event.objects.filter(verb="check_unproposed").count() == 1
    with pytest.raises(Refused):
        four_eyes.confirm(proposal, by=second)


def test_submit_of_the_same_again_drops_nothing(entry: Submission, first: User) -> None:
    four_eyes.propose(entry, RULINGS["exclude"], by=first)
    Submission.objects.update(extended_until=LATER)

    factories.submit(fresh())

    assert Proposal.objects.waiting().count() == 1


# At once, and rolled back ----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_are_one(entry: Submission, first: User) -> None:
    proposal = four_eyes.propose(entry, RULINGS["exclude"], by=first)
    people = [StaffFactory(superuser=True) for _ in range(3)]

    results = together(*[lambda by=by: four_eyes.confirm(proposal, by=by) for by in people])  # type: ignore[misc]

    assert sum(isinstance(result, Refused) for result in results) == 2
    assert (Event.objects.filter(verb="excluded").count(), Email.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_proposals_at_once_are_one(entry: Submission) -> None:
    people = [StaffFactory(superuser=True) for _ in range(3)]

    results = together(
        *[lambda by=by: four_eyes.propose(entry, RULINGS["admit"], by=by) for by in people]  # type: ignore[misc]
    )

    assert sum(isinstance(result, Refused) for result in results) == 2
    assert Proposal.objects.count() == 1


@pytest.mark.parametrize("verb", ["propose", "confirm", "reject"])
def test_rollback_takes_everything_along(entry: Submission, first: User, second: User, verb: str) -> None:
    waiting = None if verb == "propose" else four_eyes.propose(entry, RULINGS["hand_back"], by=first)
    before = rows()

    with transaction.atomic():
        if waiting is None:
            four_eyes.propose(entry, RULINGS["hand_back"], by=first)
        elif verb == "confirm":
            four_eyes.confirm(waiting, by=second)
        else:
            four_eyes.reject(waiting, by=second, reason="Nein")
        assert rows() != before
        transaction.set_rollback(True)

    assert rows() == before


# What was read and seen ------------------------------------------------------------------------------


def test_confirmation_of_something_newer_than_the_page_is_refused(entry: Submission, first: User, second: User) -> None:
    read = ruling.last_seen(entry)
    proposal = four_eyes.propose(entry, RULINGS["exclude"], by=first)

    with pytest.raises(ruling.Overtaken, match="Entscheidung vorgeschlagen“, Ida Lorenz"):
        four_eyes.confirm(proposal, by=second, read=read)


def test_confirmation_sends_the_mail_that_was_seen_or_none(entry: Submission, first: User, second: User) -> None:
    proposal = four_eyes.propose(entry, RULINGS["exclude"], by=first)
    shown = ruling.letter(entry, Ruling.proposed(proposal), by=second, at=CLOSES)
    assert shown is not None
    factories.editor(entry, "read")

    with pytest.raises(MailChanged):
        four_eyes.confirm(proposal, by=second, seen=shown.mark)

    assert (Email.objects.count(), Proposal.objects.waiting().count()) == (0, 1)
