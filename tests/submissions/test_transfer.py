"""Transfer by the office: who may get an entry, what becomes of the former owner, offers; and receipts sent again."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from accounts.models import Membership, User
from landespreis.files import Unavailable
from landespreis.refusal import NotAllowed, Refused
from submissions import workflow
from submissions.actions import entries, helping, receipts, transfer
from submissions.models import Event, HelpRequest, Offer, Round, Submission
from tests.accounts.conftest import show_factor
from tests.accounts.factories import MembershipFactory, StaffFactory, UserFactory
from tests.conftest import CLOSES, MIDWAY
from tests.submissions import factories

Clock = Callable[[datetime], None]
SECOND = timedelta(seconds=1)


@pytest.fixture
def office(db: None) -> User:
    call_command("load_roles", verbosity=0)
    person: User = StaffFactory()
    person.groups.add(Group.objects.get(name="Geschäftsstelle"))
    return person


@pytest.fixture
def entry(open_round: Round) -> Submission:
    return factories.complete(open_round)


def heir(entry: Submission, status: str = "pending") -> User:
    decided = {} if status == "pending" else {"decided_by": StaffFactory(), "decided_at": MIDWAY}
    member: Membership = MembershipFactory(municipality=entry.lead, status=status, **decided)
    return member.user


def give(entry: Submission, to: User | str, by: User, **more: str) -> Submission:
    return transfer.transfer(entry, to=to, by=by, **{"reason": "Kollegin ausgeschieden"} | more)


@pytest.mark.parametrize("status", ["pending", "confirmed"])
@pytest.mark.parametrize("submitted", [False, True], ids=["draft", "submitted"])
@pytest.mark.parametrize("late", [False, True], ids=["open", "closed"])
def test_transfer_in_every_state_and_window(
    open_round: Round, office: User, at: Clock, status: str, submitted: bool, late: bool
) -> None:
    entry = factories.submitted(open_round) if submitted else factories.complete(open_round)
    former, to = entry.owner, heir(entry, status)
    colleague = factories.editor(entry, "read")
    Email.objects.all().delete()
    if late:
        at(CLOSES + timedelta(days=30))

    give(entry, to, office)

    entry.refresh_from_db()
    assert entry.owner == to
    assert [editor.user for editor in entry.editors.all()] == [colleague]
    assert not Submission.objects.visible_to(former).exists()
    assert {mail.to[0] for mail in Email.objects.all()} == {former.email, to.email, colleague.email}
    event = Event.objects.get(verb="transferred")
    assert event.by == office
    assert event.detail == {
        "from_name": former.name, "to": to.pk, "to_name": to.name, "reason": "Kollegin ausgeschieden"
    }  # fmt: skip


@pytest.mark.parametrize("keeps", ["read", "edit"])
def test_transfer_leaves_the_former_owner_a_role(entry: Submission, office: User, keeps: str) -> None:
    former, to = entry.owner, heir(entry)

    give(entry, to, office, keeps=keeps)

    kept = entry.editors.get()
    assert (kept.user, kept.role) == (former, keeps)
    assert "wirkt weiter mit" in Email.objects.get(to=former.email).message


def test_transfer_to_an_editor_leaves_one_role_only(entry: Submission, office: User) -> None:
    to = factories.editor(entry, "edit")
    MembershipFactory(user=to, municipality=entry.lead)

    give(entry, to, office)

    assert not entry.editors.exists()
    assert Email.objects.filter(to=to.email).count() == 1


def test_transfer_ends_the_help_that_the_former_owner_asked(entry: Submission, office: User) -> None:
    asked = helping.ask(entry, question="?", days=7, by=entry.owner)

    give(entry, heir(entry), office)

    with pytest.raises(NotAllowed):
        helping.look(asked, by=office)
    assert HelpRequest.objects.get().ended_by == office


def test_transfer_without_a_lead_asks_for_any_workplace(open_round: Round, office: User) -> None:
    entry = factories.draft(open_round, lead=None)
    to = MembershipFactory().user

    give(entry, to, office)

    assert Submission.objects.get().owner == to


def test_transfer_refuses(entry: Submission, office: User) -> None:
    closed = heir(entry)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    closed.refresh_from_db()

    with pytest.raises(NotAllowed):
        give(entry, heir(entry), entry.owner)
    with pytest.raises(Refused, match="Grund"):
        give(entry, heir(entry), office, reason=" ")
    with pytest.raises(Refused, match="schon verantwortlich"):
        give(entry, entry.owner.email.upper(), office)
    with pytest.raises(Refused, match="geschlossen"):
        give(entry, closed, office)
    assert not Event.objects.filter(submission=entry).exists()
    assert not Email.objects.exists()


def test_transfer_rolled_back_leaves_nothing(entry: Submission, office: User) -> None:
    with transaction.atomic():
        give(entry, heir(entry), office)
        transaction.set_rollback(True)

    assert Submission.objects.get().owner == entry.owner
    assert not Event.objects.exists()
    assert not Email.objects.exists()


# Offers ----------------------------------------------------------------------------------------------


def link(offer: Offer) -> str:
    return reverse("submissions:takeover", args=[transfer.token(offer)])


@pytest.mark.parametrize("known", [False, True], ids=["no account", "works elsewhere"])
def test_transfer_to_an_address_offers_and_keeps_the_owner(entry: Submission, office: User, known: bool) -> None:
    if known:
        UserFactory(email="neu@kommune.example")

    give(entry, " Neu@kommune.example", office)

    assert Submission.objects.get().owner == entry.owner
    offer = Offer.objects.get()
    row = Email.objects.get()
    assert (row.to, offer.email) == (["neu@kommune.example"], "neu@kommune.example")
    assert link(offer) in row.message + row.html_message
    assert entry.title not in row.message + row.html_message + row.subject
    assert Event.objects.get().detail == {
        "email": "neu@kommune.example", "role": "owner", "reason": "Kollegin ausgeschieden"
    }  # fmt: skip


def test_takeover_by_the_address_that_works_for_the_lead(client: Client, entry: Submission, office: User) -> None:
    give(entry, "neu@kommune.example", office, keeps="read")
    former, offer = entry.owner, Offer.objects.get()

    anonymous = client.get(link(offer)).content.decode()
    person = UserFactory(email="neu@kommune.example")
    client.force_login(person)
    too_early = client.get(link(offer)).content.decode()
    refused = client.post(link(offer)).status_code
    MembershipFactory(user=person, municipality=entry.lead)
    asked = client.get(link(offer)).content.decode()
    answer = client.post(link(offer))

    assert "Konto anlegen" in anonymous
    assert entry.title not in anonymous
    assert "Kommune angeben" in too_early
    assert refused == 409
    assert "Einreichung übernehmen</span></button>" in asked
    assert answer.headers["Location"] == entry.get_absolute_url()
    entry.refresh_from_db()
    assert (entry.owner, entry.editors.get().user) == (person, former)
    assert Event.objects.get(verb="transferred").by == office
    assert client.get(link(offer)).status_code == 404


def test_takeover_by_another_account_is_refused(client: Client, entry: Submission, office: User) -> None:
    give(entry, "neu@kommune.example", office)
    other = heir(entry)
    client.force_login(other)

    html = client.get(link(Offer.objects.get())).content.decode()

    assert "Abmelden" in html
    assert client.post(link(Offer.objects.get())).status_code == 403
    assert Submission.objects.get().owner == entry.owner


def test_takeover_by_who_got_it_meanwhile_is_refused(entry: Submission, office: User) -> None:
    """The owner handed over to the same person: they must not become their own colleague."""
    colleague = factories.editor(entry, "edit")
    give(entry, colleague, office, keeps="edit")
    offer = entry.offers.get()
    MembershipFactory(user=colleague, municipality=entry.lead)
    entries.hand_over(entry, to=colleague, by=entry.owner)

    with pytest.raises(Refused, match="schon verantwortlich"):
        transfer.accept(offer, by=colleague)

    assert list(entry.editors.values_list("user", flat=True)) == [entry.owner_id]


def test_takeover_needs_a_login(client: Client, entry: Submission, office: User) -> None:
    give(entry, "neu@kommune.example", office)

    assert client.post(link(Offer.objects.get())).status_code == 302
    assert client.get(reverse("submissions:takeover", args=["gefaelscht"])).status_code == 404


@pytest.mark.parametrize(("past", "open_"), [(-SECOND, True), (timedelta(0), False), (SECOND, False)])
def test_offer_runs_out_at_the_second(past: timedelta, open_: bool) -> None:
    offer = Offer(offered_at=MIDWAY)

    assert workflow.is_offered(offer, MIDWAY + timedelta(days=14) + past) is open_


def test_offer_accepted_late_is_refused(entry: Submission, office: User, at: Clock) -> None:
    give(entry, "neu@kommune.example", office)
    at(MIDWAY + timedelta(days=14))

    with pytest.raises(Refused, match="gilt nicht mehr"):
        transfer.accept(Offer.objects.get(), by=UserFactory(email="neu@kommune.example"))


def test_offer_is_replaced_and_taken_back(entry: Submission, office: User) -> None:
    give(entry, "eins@kommune.example", office)
    give(entry, "zwei@kommune.example", office)
    first = Offer.objects.get(email="eins@kommune.example")

    transfer.withdraw_offer(entry, reason="Irrtum", by=office)

    assert first.withdrawn_at
    assert not Offer.objects.waiting().exists()
    assert Event.objects.latest("pk").detail == {"email": "zwei@kommune.example", "reason": "Irrtum"}
    with pytest.raises(Refused, match="niemandem"):
        transfer.withdraw_offer(entry, reason="Irrtum", by=office)
    with pytest.raises(NotAllowed):
        transfer.withdraw_offer(entry, reason="Irrtum", by=entry.owner)


@pytest.mark.parametrize("fields", [{"reason": ""}, {}], ids=["reason", "one at a time"])
def test_constraints_of_an_offer(entry: Submission, office: User, fields: dict[str, str]) -> None:
    values = {"email": "a@kommune.example", "reason": "x", "offered_by": office, "offered_at": MIDWAY} | fields
    if not fields:
        Offer.objects.create(submission=entry, **values)

    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.create(submission=entry, **values)


# In the admin ----------------------------------------------------------------------------------------


def act(entry: Submission, name: str) -> str:
    return reverse("admin:submissions_people", args=[entry.pk, name])


def test_admin_transfers_to_a_member_of_the_lead(client: Client, entry: Submission, office: User) -> None:
    to, stranger = heir(entry), UserFactory()
    show_factor(client, office)

    change = client.get(reverse("admin:submissions_submission_change", args=[entry.pk])).content.decode()
    asked = client.get(act(entry, "uebertragen")).content.decode()
    wrong = client.post(act(entry, "uebertragen"), {"to": "andere", "reason": "x"}).content.decode()
    client.post(act(entry, "uebertragen"), {"to": str(to.pk), "keeps": "", "reason": "ausgeschieden"})

    assert act(entry, "uebertragen") in change
    assert act(entry, "bestaetigung") not in change
    assert to.email in asked
    assert stranger.email not in asked
    assert "Bitte geben Sie die Adresse an." in wrong
    assert Submission.objects.get().owner == to


def test_admin_offers_and_takes_back(client: Client, open_round: Round, office: User) -> None:
    entry = factories.draft(open_round, lead=None)
    show_factor(client, office)
    values = {"to": "andere", "email": "neu@kommune.example", "reason": "ausgeschieden"}

    client.post(act(entry, "uebertragen"), values)
    change = client.get(reverse("admin:submissions_submission_change", args=[entry.pk])).content.decode()
    asked = client.get(act(entry, "angebot")).content.decode()
    client.post(act(entry, "angebot"), {"reason": "Irrtum"})

    assert act(entry, "angebot") in change
    assert "eingeladen" in change
    assert "Rolle: verantwortlich" in change
    assert "neu@kommune.example" in asked
    assert not Offer.objects.waiting().exists()


@pytest.mark.parametrize("name", ["uebertragen", "angebot", "bestaetigung"])
def test_admin_is_for_the_office(client: Client, open_round: Round, name: str) -> None:
    entry = factories.submitted(open_round)
    show_factor(client, StaffFactory())

    assert client.get(act(entry, name)).status_code == 403
    assert client.post(act(entry, name), {"reason": "x"}).status_code == 403


def test_admin_knows_no_other_act(client: Client, entry: Submission, office: User) -> None:
    show_factor(client, office)

    assert client.get(act(entry, "loeschen")).status_code == 404
    assert client.get(act(entry, "bestaetigung")).status_code == 404


# Receipts --------------------------------------------------------------------------------------------


@pytest.fixture
def handed_in(open_round: Round) -> Submission:
    entry = factories.submitted(open_round)
    receipts.fulfil_all()
    Email.objects.all().delete()
    return entry


def test_receipt_goes_again_to_chosen_people(client: Client, handed_in: Submission, office: User) -> None:
    colleague = factories.editor(handed_in, "read")
    show_factor(client, office)

    asked = client.get(act(handed_in, "bestaetigung")).content.decode()
    client.post(act(handed_in, "bestaetigung"), {"to": [colleague.email], "reason": "verloren"})

    assert handed_in.owner.email in asked
    row = Email.objects.get()
    assert row.to == [colleague.email]
    assert row.subject == "Eingangsbestätigung IKZ-2026-0001, Version 1"
    with row.attachments.get().file.open("rb") as sent, handed_in.current.receipt.file.open("rb") as kept:  # type: ignore[union-attr]
        assert sent.read() == kept.read()
    event = Event.objects.get(verb="receipt_sent")
    assert (event.by, event.version) == (office, handed_in.current)
    assert event.detail == {"email": colleague.email, "reason": "verloren"}


def test_receipt_again_is_refused(open_round: Round, office: User) -> None:
    entry = factories.submitted(open_round)
    version = entry.current
    assert version
    owner = [entry.owner.email]

    with pytest.raises(NotAllowed):
        receipts.send_again(version, to=owner, reason="x", by=entry.owner)
    with pytest.raises(Refused, match="Grund"):
        receipts.send_again(version, to=owner, reason=" ", by=office)
    with pytest.raises(Refused, match="jetzt an der Einreichung"):
        receipts.send_again(version, to=[*owner, "fremd@kommune.example"], reason="x", by=office)
    with pytest.raises(Refused, match="wird noch erstellt"):
        receipts.send_again(version, to=owner, reason="x", by=office)
    assert not Email.objects.exists()


def test_receipt_whose_file_is_away_leaves_no_trace(handed_in: Submission, office: User) -> None:
    version = handed_in.current
    assert version
    version.receipt.file.storage.delete(version.receipt.file.name or "")

    with pytest.raises(Unavailable):
        receipts.send_again(version, to=[handed_in.owner.email], reason="x", by=office)

    assert not Event.objects.filter(verb="receipt_sent").exists()


def test_receipt_rolled_back_leaves_nothing(handed_in: Submission, office: User) -> None:
    with transaction.atomic():
        receipts.send_again(handed_in.current, to=[handed_in.owner.email], reason="x", by=office)  # type: ignore[arg-type]
        transaction.set_rollback(True)

    assert not Email.objects.exists()
    assert not Event.objects.filter(verb="receipt_sent").exists()


def test_offer_that_another_transfer_replaces_leaves_a_line(entry: Submission, office: User) -> None:
    transfer.transfer(entry, to="eins@hamm.example", reason="weg", by=office)
    transfer.transfer(entry, to="zwei@hamm.example", reason="weg", by=office)

    lines = Event.objects.filter(submission=entry, verb="editor_removed")
    assert [(line.by, line.detail["email"], line.detail["reason"]) for line in lines] == [
        (office, "eins@hamm.example", transfer.REPLACED)
    ]
    assert Offer.objects.waiting().get().email == "zwei@hamm.example"
