"""Who sits in the jury: naming, inviting, accepting, the notice, ending; what each refuses, journals and mails."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import signing
from django.db import transaction
from post_office.models import Email

from accounts.models import User
from jury import workflow
from jury.actions import seats as verbs
from jury.models import Juror, JuryEvent, Recusal, Seat
from landespreis import clock
from landespreis.refusal import NotAllowed, Refused
from submissions.models import Round
from tests.accounts.factories import StaffFactory, UserFactory
from tests.conftest import SECOND
from tests.jury import factories

Clock = Callable[[datetime], None]
PASSWORD = "Regenrinne-Hellweg-7"
NEW = {"name": "Ulf Siebenkotten", "email": "ulf@kreise.example", "since": date(2026, 1, 15)}


@pytest.fixture
def office(db: None) -> User:
    user: User = StaffFactory(superuser=True)
    return user


@pytest.fixture
def seat(open_round: Round) -> Seat:
    return factories.seats(open_round)[1]


@pytest.fixture
def named(seat: Seat, office: User) -> Juror:
    return verbs.name(seat, by=office, **NEW)


@pytest.fixture
def invited(named: Juror, office: User) -> Juror:
    return verbs.invite(named, by=office)


def journal() -> list[str]:
    return list(JuryEvent.objects.order_by("pk").values_list("verb", flat=True))


def mails(to: str) -> list[str]:
    return [mail.subject for mail in Email.objects.order_by("pk") if mail.to == [to]]


# Naming ----------------------------------------------------------------------------------------------


def test_name_puts_a_person_on_the_seat(seat: Seat, office: User) -> None:
    juror = verbs.name(seat, by=office, **NEW | {"email": " Ulf@Kreise.example "})

    event = JuryEvent.objects.get()
    assert (juror.seat, juror.email, juror.user, juror.until) == (seat, "ulf@kreise.example", None, None)
    assert (event.verb, event.seat, event.by) == ("named", seat, office)
    assert event.detail == {"name": "Ulf Siebenkotten", "email": "ulf@kreise.example"}
    assert not Email.objects.exists()


def test_name_a_successor_ends_the_predecessor_at_this_moment(seat: Seat, office: User) -> None:
    before = factories.juror(seat)

    after = verbs.name(seat, by=office, **NEW)

    before.refresh_from_db()
    assert before.until == clock.now()
    assert list(seat.jurors.serving()) == [after]
    assert journal() == ["ended", "named"]
    assert mails(before.email) == ["Ihr Amt in der Jury ist beendet"]


def test_name_in_place_of_somebody_not_invited_mails_nobody(named: Juror, office: User) -> None:
    verbs.name(named.seat, by=office, **NEW | {"email": "andere@kreise.example"})

    assert not Email.objects.exists()


@pytest.mark.parametrize("other", [0, 1])
def test_name_an_address_that_serves_already_is_refused(named: Juror, office: User, other: int) -> None:
    seat = named.seat.round.seats.all()[other]

    with pytest.raises(Refused, match=r"schon jemand benannt: Ulf Siebenkotten \(Staedtetag\)"):
        verbs.name(seat, by=office, **NEW | {"email": "ULF@kreise.example"})


def test_name_again_after_the_end_is_possible(named: Juror, office: User) -> None:
    verbs.end(named, by=office)

    assert verbs.name(named.seat, by=office, **NEW).until is None


@pytest.mark.parametrize(
    ("fields", "words"), [({"is_staff": True}, "Zugang zur Verwaltung"), ({"is_active": False}, "gesperrt")]
)
def test_name_an_account_that_does_not_fit_is_refused(
    seat: Seat, office: User, fields: dict[str, Any], words: str
) -> None:
    UserFactory(email=NEW["email"], **fields)

    with pytest.raises(NotAllowed, match=words):
        verbs.name(seat, by=office, **NEW)

    assert not Juror.objects.exists()


# Inviting --------------------------------------------------------------------------------------------


def test_invite_mails_a_link_that_leads_to_the_invitation(named: Juror, office: User) -> None:
    juror = verbs.invite(named, by=office)

    mail = Email.objects.get()
    link = re.search(r"/jury/einladung/([^/\s]+)/", mail.message)
    assert link
    assert mail.to == ["ulf@kreise.example"]
    assert "Institution staedtetag" in mail.message
    assert verbs.invited(link[1]) == juror
    assert (juror.invited_at, juror.invited_by) == (clock.now(), office)
    assert journal() == ["named", "invited"]


def test_invite_again_replaces_the_link(invited: Juror, office: User, at: Clock) -> None:
    first = verbs.token(invited)
    at(clock.now() + verbs.PAUSE)

    second = verbs.invite(invited, by=office)

    assert verbs.invited(first) is None
    assert verbs.invited(verbs.token(second)) == second
    assert Email.objects.count() == 2


def test_invite_twice_at_once_sends_one_mail(invited: Juror, office: User, at: Clock) -> None:
    first = verbs.token(invited)
    at(clock.now() + verbs.PAUSE - SECOND)

    again = verbs.invite(invited, by=office)

    assert verbs.invited(first) == again
    assert Email.objects.count() == 1
    assert journal() == ["named", "invited"]


def test_invite_somebody_who_confirmed_is_refused(seat: Seat, office: User) -> None:
    with pytest.raises(Refused, match="hat schon zugesagt"):
        verbs.invite(factories.juror(seat), by=office)


def test_invite_somebody_who_no_longer_serves_is_refused(named: Juror, office: User) -> None:
    verbs.end(named, by=office)

    with pytest.raises(Refused, match="nicht mehr in der Jury"):
        verbs.invite(named, by=office)


@pytest.mark.parametrize("tampered", ["", "x", "a:b:c", "ä" * 300, "\0", "\0:\0:\0"])
def test_invited_by_a_forged_link_is_nothing(db: None, tampered: str) -> None:
    assert verbs.invited(tampered) is None


def test_invited_by_a_link_signed_for_something_else_is_nothing(invited: Juror) -> None:
    content = signing.loads(verbs.token(invited), salt=verbs.SALT)

    assert verbs.invited(signing.dumps(content, salt="submissions.invitation")) is None


def test_invited_after_the_end_is_nothing(invited: Juror, office: User) -> None:
    link = verbs.token(invited)

    verbs.end(invited, by=office)

    assert verbs.invited(link) is None


@pytest.mark.parametrize(("offset", "expected"), [(-SECOND, False), (timedelta(), True), (SECOND, True)])
def test_is_expired_at_the_edges(invited: Juror, offset: timedelta, expected: bool) -> None:
    assert verbs.is_expired(invited, clock.now() + verbs.VALID + offset) is expected


# Accepting -------------------------------------------------------------------------------------------


def test_accept_with_the_account_of_that_address(invited: Juror) -> None:
    person = UserFactory(email="ulf@kreise.example")

    juror = verbs.accept(invited, by=person)

    event = JuryEvent.objects.latest("pk")
    assert (juror.user, juror.confirmed_at) == (person, clock.now())
    assert (event.verb, event.by, event.seat) == ("confirmed", person, invited.seat)


def test_accept_with_a_second_confirmed_address(invited: Juror) -> None:
    person = UserFactory(email="anderswo@kreise.example")
    EmailAddress.objects.create(user=person, email="Ulf@kreise.example", verified=True)

    assert verbs.accept(invited, by=person).user == person


def test_accept_twice_changes_nothing(invited: Juror, at: Clock) -> None:
    person = UserFactory(email="ulf@kreise.example")
    first = verbs.accept(invited, by=person).confirmed_at
    at(clock.now() + SECOND)

    assert verbs.accept(invited, by=person).confirmed_at == first
    assert journal().count("confirmed") == 1


def test_accept_with_another_address_is_refused(invited: Juror) -> None:
    person = UserFactory(email="anderswo@kreise.example")
    EmailAddress.objects.create(user=person, email="ulf@kreise.example", verified=False)

    with pytest.raises(NotAllowed, match=r"ging an ulf@kreise\.example"):
        verbs.accept(invited, by=person)


@pytest.mark.parametrize("fields", [{"is_staff": True}, {"superuser": True}])
def test_accept_by_staff_is_refused(invited: Juror, fields: dict[str, Any]) -> None:
    person = UserFactory(email="ulf@kreise.example", **fields)

    with pytest.raises(NotAllowed, match="eigenes Konto"):
        verbs.accept(invited, by=person)

    assert Juror.objects.get().user is None


def test_accept_what_somebody_else_accepted_is_refused(invited: Juror) -> None:
    verbs.accept(invited, by=UserFactory(email="ulf@kreise.example"))

    with pytest.raises(Refused, match="schon angenommen"):
        verbs.accept(invited, by=UserFactory())


def test_accept_by_a_replaced_link_is_refused(invited: Juror, office: User, at: Clock) -> None:
    old = verbs.invited(verbs.token(invited))
    assert old
    at(clock.now() + verbs.PAUSE)
    verbs.invite(invited, by=office)

    with pytest.raises(Refused, match="neuesten Einladung"):
        verbs.accept(old, by=UserFactory(email="ulf@kreise.example"))


def test_accept_without_an_invitation_is_refused(named: Juror) -> None:
    with pytest.raises(Refused, match="neuesten Einladung"):
        verbs.accept(named, by=UserFactory(email="ulf@kreise.example"))


def test_accept_too_late_is_refused(invited: Juror, at: Clock) -> None:
    at(clock.now() + verbs.VALID)

    with pytest.raises(Refused, match="neue Einladung"):
        verbs.accept(invited, by=UserFactory(email="ulf@kreise.example"))


def test_accept_after_the_end_is_refused(invited: Juror, office: User) -> None:
    verbs.end(invited, by=office)

    with pytest.raises(Refused, match="nicht mehr in der Jury"):
        verbs.accept(invited, by=UserFactory(email="ulf@kreise.example"))


def test_accept_a_second_seat_of_the_round_is_refused(invited: Juror) -> None:
    other = factories.juror(invited.seat.round.seats.all()[0])
    assert other.user
    EmailAddress.objects.create(user=other.user, email="ulf@kreise.example", verified=True)

    with pytest.raises(Refused, match="auf einem anderen Sitz"):
        verbs.accept(invited, by=other.user)


def test_join_makes_an_account_whose_address_is_confirmed(invited: Juror) -> None:
    juror = verbs.join(invited, name=" Ulf  Siebenkotten ", password=PASSWORD)

    user = User.objects.get(email="ulf@kreise.example")
    address = EmailAddress.objects.get(user=user)
    assert (juror.user, user.name, user.is_staff) == (user, "Ulf  Siebenkotten", False)
    assert (address.email, address.verified, address.primary) == ("ulf@kreise.example", True, True)
    assert user.check_password(PASSWORD)
    assert journal() == ["named", "invited", "confirmed"]


@pytest.mark.parametrize("verified", [True, False])
def test_join_where_an_account_exists_is_refused(invited: Juror, verified: bool) -> None:
    UserFactory(email="ulf@kreise.example", verified=verified)

    with pytest.raises(Refused, match="schon ein Konto"):
        verbs.join(invited, name="x", password=PASSWORD)


def test_join_twice_is_refused(invited: Juror) -> None:
    verbs.join(invited, name="x", password=PASSWORD)

    with pytest.raises(Refused, match="schon angenommen"):
        verbs.join(invited, name="x", password=PASSWORD)


def test_join_beside_an_account_that_has_just_been_made_is_refused(
    invited: Juror, monkeypatch: pytest.MonkeyPatch
) -> None:
    UserFactory(email="ulf@kreise.example")
    monkeypatch.setattr(verbs, "account_of", lambda address: None)  # as if it had been made a moment later

    with pytest.raises(Refused, match="gerade ein Konto entstanden"):
        verbs.join(invited, name="x", password=PASSWORD)

    assert Juror.objects.get().user is None


# The notice, the end ---------------------------------------------------------------------------------


def test_accept_notice_is_journalled_with_its_wording_once(seat: Seat, at: Clock) -> None:
    juror = factories.juror(seat, accepted=False)
    assert juror.user

    first = verbs.accept_notice(juror, by=juror.user)
    at(clock.now() + SECOND)
    second = verbs.accept_notice(juror, by=juror.user)

    event = JuryEvent.objects.get()
    assert first.notice_accepted_at == second.notice_accepted_at
    assert (event.verb, event.by, event.detail) == ("notice_accepted", juror.user, {"wording": verbs.NOTICE})


def test_accept_notice_for_somebody_else_is_refused(seat: Seat) -> None:
    with pytest.raises(NotAllowed):
        verbs.accept_notice(factories.juror(seat, accepted=False), by=UserFactory())


def test_accept_notice_after_the_end_is_refused(seat: Seat, office: User) -> None:
    juror = factories.juror(seat, accepted=False)
    assert juror.user
    verbs.end(juror, by=office)

    with pytest.raises(Refused, match="nicht mehr in der Jury"):
        verbs.accept_notice(juror, by=juror.user)


def test_end_leaves_the_seat_empty_and_tells_the_person(seat: Seat, office: User) -> None:
    juror = factories.juror(seat)

    verbs.end(juror, by=office)

    assert not seat.jurors.serving().exists()
    assert journal() == ["ended"]
    assert mails(juror.email) == ["Ihr Amt in der Jury ist beendet"]


def test_end_of_an_open_invitation_says_that_it_is_void(invited: Juror, office: User) -> None:
    verbs.end(invited, by=office)

    assert mails(invited.email)[-1] == "Die Einladung in die Jury gilt nicht mehr"


def test_end_twice_is_refused(seat: Seat, office: User) -> None:
    juror = factories.juror(seat)
    verbs.end(juror, by=office)

    with pytest.raises(Refused):
        verbs.end(juror, by=office)

    assert journal() == ["ended"]


# Taking a recusal back -------------------------------------------------------------------------------


@pytest.fixture
def recusal(open_round: Round, scoring: Callable[[], None]) -> Recusal:
    juror = factories.panel(open_round)[1]
    entry = factories.admitted(open_round)
    scoring()
    return factories.recuse(juror, entry)


def test_take_back_says_who_when_why(recusal: Recusal, office: User) -> None:
    verbs.take_back_recusal(recusal, by=office, reason=" Namensgleichheit ")

    row, event = Recusal.objects.get(), JuryEvent.objects.get()
    assert (row.taken_back_by, row.taken_back_at, row.taken_back_reason) == (office, clock.now(), "Namensgleichheit")
    assert (event.verb, event.submission, event.seat) == ("recusal_taken_back", row.submission, row.juror.seat)
    assert event.category == row.submission.submitted_category
    assert event.detail == {"reason": "Namensgleichheit"}


def test_take_back_tells_the_juror_without_naming_the_entry(recusal: Recusal, office: User) -> None:
    verbs.take_back_recusal(recusal, by=office, reason="Namensgleichheit")

    mail = Email.objects.get()
    assert mail.to == [recusal.juror.email]
    for text in (mail.subject, mail.message, mail.html_message):
        assert recusal.submission.label not in text
        assert recusal.submission.submitted_title not in text


def test_take_back_after_the_end_of_the_service_mails_nobody(recusal: Recusal, office: User) -> None:
    Juror.objects.filter(pk=recusal.juror_id).update(until=clock.now())

    verbs.take_back_recusal(recusal, by=office, reason="Namensgleichheit")

    assert not Email.objects.exists()


def test_take_back_lets_open_pages_of_the_session_notice(recusal: Recusal, office: User) -> None:
    assert recusal.submission.submitted_category
    session = factories.open_session(recusal.submission.submitted_category)

    verbs.take_back_recusal(recusal, by=office, reason="Namensgleichheit")

    session.refresh_from_db()
    assert session.revision == 1


def test_take_back_twice_is_refused(recusal: Recusal, office: User) -> None:
    verbs.take_back_recusal(recusal, by=office, reason="Namensgleichheit")

    with pytest.raises(Refused, match="schon aufgehoben"):
        verbs.take_back_recusal(recusal, by=office, reason="noch einmal")

    assert Recusal.objects.get().taken_back_reason == "Namensgleichheit"


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_take_back_without_reason_is_refused(recusal: Recusal, office: User, reason: str) -> None:
    with pytest.raises(Refused, match="Grund"):
        verbs.take_back_recusal(recusal, by=office, reason=reason)


@pytest.mark.parametrize("stage", workflow.Stage)
def test_take_back_in_every_stage(recusal: Recusal, office: User, at: Clock, stage: workflow.Stage) -> None:
    bring_into(recusal, at, stage)

    if workflow.Act.TAKE_BACK in workflow.ALLOWED[stage]:
        verbs.take_back_recusal(recusal, by=office, reason="x")
        assert not Recusal.objects.standing().exists()
    else:
        with pytest.raises(Refused):
            verbs.take_back_recusal(recusal, by=office, reason="x")
        assert Recusal.objects.standing().exists()


def bring_into(recusal: Recusal, at: Clock, stage: workflow.Stage) -> None:
    """Bring the category of the recusal into `stage`."""
    category, round = recusal.submission.submitted_category, recusal.submission.round
    assert category
    assert round.scoring_opens_at
    if stage is workflow.Stage.WAITING:
        at(round.scoring_opens_at - SECOND)
    if stage in {workflow.Stage.SESSION, workflow.Stage.DECIDED}:
        factories.open_session(category)
    if stage is workflow.Stage.DECIDED:
        category.decided_at = clock.now()
        category.save()


# All together ----------------------------------------------------------------------------------------

VERBS: dict[str, Callable[[Juror, User], Any]] = {
    "name": lambda juror, by: verbs.name(juror.seat, by=by, **NEW | {"email": "neu@kreise.example"}),
    "invite": lambda juror, by: verbs.invite(juror, by=by),
    "end": lambda juror, by: verbs.end(juror, by=by),
}
ANSWERS: dict[str, Callable[[Juror], Any]] = {
    "accept": lambda juror: verbs.accept(juror, by=UserFactory(email=juror.email)),
    "join": lambda juror: verbs.join(juror, name="x", password=PASSWORD),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("fields", [{}, {"is_staff": True}])
def test_verbs_are_for_the_office(named: Juror, verb: str, fields: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed, match="Geschäftsstelle"):
        VERBS[verb](named, UserFactory(**fields))

    assert journal() == ["named"]


@pytest.mark.parametrize("fields", [{}, {"is_staff": True}])
def test_take_back_is_for_the_office(recusal: Recusal, fields: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed, match="Geschäftsstelle"):
        verbs.take_back_recusal(recusal, by=UserFactory(**fields), reason="x")


def rows() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Juror, JuryEvent, Email, Recusal, EmailAddress)]


@pytest.mark.parametrize("verb", [*VERBS, *ANSWERS, "notice", "take_back"])
def test_rollback_takes_journal_and_mail_along(
    invited: Juror, office: User, at: Clock, scoring: Callable[[], None], verb: str
) -> None:
    other = factories.juror(invited.seat.round.seats.all()[0], accepted=False)
    recusal = factories.recuse(other, factories.admitted(invited.seat.round))
    assert other.user
    at(clock.now() + verbs.PAUSE)
    if verb == "take_back":
        scoring()
    before = rows()

    with transaction.atomic():
        if verb in VERBS:
            VERBS[verb](invited, office)
        elif verb in ANSWERS:
            ANSWERS[verb](invited)
        elif verb == "notice":
            verbs.accept_notice(other, by=other.user)
        else:
            verbs.take_back_recusal(recusal, by=office, reason="x")
        assert rows() != before
        transaction.set_rollback(True)

    assert rows() == before
