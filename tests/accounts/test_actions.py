"""The verbs: join, confirm, refuse, delete, export."""

import json
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from post_office.models import Email

from accounts import actions
from accounts.models import Membership, User
from landespreis.refusal import NotAllowed, Refused
from tests.accounts.factories import PASSWORD, MembershipFactory, MunicipalityFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
Status = Membership.Status


@pytest.fixture
def office() -> User:
    """Somebody of the Geschäftsstelle."""
    call_command("load_roles", verbosity=0)
    person = StaffFactory()
    person.groups.add(Group.objects.get(name="Geschäftsstelle"))
    return person


def test_join_waits_for_confirmation() -> None:
    person, town = UserFactory(), MunicipalityFactory()

    membership = actions.join(person, municipality=town, department="Bauamt")

    assert (membership.status, membership.decided_by, membership.decided_at) == (Status.PENDING, None, None)
    assert list(Membership.objects.active()) == list(Membership.objects.waiting()) == [membership]


def test_join_twice_is_refused() -> None:
    membership = MembershipFactory()

    with pytest.raises(Refused, match="steht schon in Ihrem Konto"):
        actions.join(membership.user, municipality=membership.municipality, department="Anderes")

    assert Membership.objects.get().department == "Fachbereich Digitales"


def test_join_after_a_refusal_leads_to_the_office(office: User) -> None:
    membership = actions.refuse_membership(MembershipFactory(), by=office)

    with pytest.raises(Refused, match="Wenden Sie sich an die Geschäftsstelle"):
        actions.join(membership.user, municipality=membership.municipality, department="Anderes")


@pytest.mark.parametrize(
    ("verb", "status", "subject"),
    [
        (actions.confirm_membership, Status.CONFIRMED, "Bestätigt: Sie arbeiten für Stadt Musterhausen"),
        (actions.refuse_membership, Status.REFUSED, "Nicht bestätigt: Ihre Angabe zu Stadt Musterhausen"),
    ],
)
def test_decide_writes_who_and_owes_a_mail(office: User, verb: Any, status: Status, subject: str) -> None:
    membership = MembershipFactory()

    fresh = verb(membership, by=office)

    membership.refresh_from_db()
    assert fresh == membership
    assert (membership.status, membership.decided_by) == (status, office)
    assert membership.decided_at is not None
    mail = Email.objects.get()
    assert (mail.to, mail.subject.startswith(subject)) == ([membership.user.email], True)
    assert membership.department in mail.message
    assert membership.department in mail.html_message


def test_decide_in_a_rolled_back_transaction_leaves_nothing(office: User) -> None:
    membership = MembershipFactory()

    with transaction.atomic():
        actions.confirm_membership(membership, by=office)
        transaction.set_rollback(True)

    membership.refresh_from_db()
    assert membership.status == Status.PENDING
    assert not Email.objects.exists()


@pytest.mark.parametrize("verb", [actions.confirm_membership, actions.refuse_membership])
def test_decide_is_for_the_office_only(verb: Any) -> None:
    membership = MembershipFactory()

    for person in (membership.user, UserFactory(), StaffFactory()):
        with pytest.raises(NotAllowed):
            verb(membership, by=person)

    assert not Email.objects.exists()


@pytest.mark.parametrize("verb", [actions.confirm_membership, actions.refuse_membership])
def test_decide_the_same_again_is_refused(office: User, verb: Any) -> None:
    membership = MembershipFactory()
    verb(membership, by=office)

    with pytest.raises(Refused, match="ist schon"):
        verb(membership, by=office)

    assert Email.objects.count() == 1


def test_decide_may_be_corrected(office: User) -> None:
    membership = MembershipFactory()

    actions.refuse_membership(membership, by=office)
    actions.confirm_membership(membership, by=office)

    assert Membership.objects.get().status == Status.CONFIRMED
    assert Email.objects.count() == 2


def test_decide_about_a_gone_person_sends_nothing(office: User) -> None:
    membership = MembershipFactory(user__is_active=False)

    actions.refuse_membership(membership, by=office)

    assert not Email.objects.exists()


def test_delete_account_leaves_an_empty_shell(client: Client) -> None:
    membership = MembershipFactory(user__totp=True)
    person, address = membership.user, membership.user.email
    client.force_login(person)

    gone = actions.delete_account(person, by=person)

    assert (gone.pk, gone.name, gone.email) == (person.pk, "Gelöschtes Konto", f"geloescht-{person.pk}@portal.invalid")
    assert not gone.is_active
    assert not gone.check_password(PASSWORD)
    assert not Membership.objects.exists()
    assert not EmailAddress.objects.exists()
    assert not Authenticator.objects.exists()
    assert client.get("/konto/").status_code == 302
    assert [mail.to for mail in Email.objects.all()] == [[address]]


def test_delete_account_takes_every_right_away() -> None:
    StaffFactory(superuser=True)
    person = StaffFactory(superuser=True)
    person.groups.add(Group.objects.create(name="Redaktion"))

    gone = actions.delete_account(person, by=person)

    assert (gone.is_staff, gone.is_superuser, gone.groups.count()) == (False, False, 0)


def test_delete_account_keeps_decisions_of_the_person(office: User) -> None:
    membership = actions.confirm_membership(MembershipFactory(), by=office)

    actions.delete_account(office, by=office)

    membership.refresh_from_db()
    assert str(membership.decided_by) == "Gelöschtes Konto"


def test_delete_account_of_two_people_does_not_collide() -> None:
    people = UserFactory.create_batch(2)

    for person in people:
        actions.delete_account(person, by=person)

    assert User.objects.filter(name="Gelöschtes Konto").count() == 2


def test_delete_account_of_somebody_else_is_refused(office: User) -> None:
    person = UserFactory()

    with pytest.raises(NotAllowed):
        actions.delete_account(person, by=office)

    assert User.objects.get(pk=person.pk).is_active


def test_delete_account_of_the_only_administration_is_refused() -> None:
    person = StaffFactory(superuser=True)

    with pytest.raises(Refused, match="einzige Administration"):
        actions.delete_account(person, by=person)

    assert User.objects.get().is_superuser


def test_delete_account_rolled_back_leaves_everything() -> None:
    membership = MembershipFactory()

    with transaction.atomic():
        actions.delete_account(membership.user, by=membership.user)
        transaction.set_rollback(True)

    assert Membership.objects.get().user.is_active
    assert not Email.objects.exists()


def test_export_account_holds_own_data_only(office: User) -> None:
    membership = actions.confirm_membership(MembershipFactory(user__totp=True), by=office)
    MembershipFactory()

    data = actions.export_account(membership.user)

    assert data["konto"]["e_mail"] == membership.user.email
    assert [row["kommune"] for row in data["zugehoerigkeiten"]] == [membership.municipality.name]
    assert [row["art"] for row in data["zweite_faktoren"]] == ["totp"]
    written = json.dumps(data)
    assert "secret" not in written
    assert membership.user.password not in written
    assert office.email not in written
