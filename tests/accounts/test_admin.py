"""The ministry's pages about people, municipalities and memberships."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from post_office.models import Email

from accounts import register
from accounts.models import Membership, Municipality, User
from landespreis.models import Trace
from tests.accounts.conftest import show_factor
from tests.accounts.factories import PASSWORD, MembershipFactory, MunicipalityFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = "admin:accounts_membership_changelist"


def page_of(membership: Membership) -> str:
    return reverse("admin:accounts_membership_change", args=[membership.pk])


@pytest.fixture
def as_office(client: Client) -> Client:
    """A client of the Geschäftsstelle."""
    call_command("load_roles", verbosity=0)
    person = StaffFactory()
    person.groups.add(Group.objects.get(name="Geschäftsstelle"))
    show_factor(client, person)
    return client


def test_memberships_waiting_come_first(as_office: Client, staff: User) -> None:
    waiting = MembershipFactory()
    decided = MembershipFactory()
    Membership.objects.filter(pk=decided.pk).update(status="confirmed", decided_by=staff, decided_at=decided.created_at)

    rows = as_office.get(reverse(LIST)).context["cl"].result_list

    assert [row.pk for row in rows] == [waiting.pk, decided.pk]


@pytest.mark.parametrize(("action", "status"), [("confirm", "confirmed"), ("refuse", "refused")])
def test_memberships_are_decided_in_the_list(as_office: Client, action: str, status: str) -> None:
    memberships = MembershipFactory.create_batch(2)

    as_office.post(reverse(LIST), {"action": action, "_selected_action": [m.pk for m in memberships]})

    assert set(Membership.objects.values_list("status", flat=True)) == {status}
    assert Email.objects.count() == 2


@pytest.mark.parametrize(("button", "status"), [("_confirm", "confirmed"), ("_refuse", "refused")])
def test_membership_is_decided_on_its_page(as_office: Client, button: str, status: str) -> None:
    membership = MembershipFactory()
    page = as_office.get(page_of(membership)).content.decode()

    response = as_office.post(page_of(membership), {button: "1"})

    assert 'value="Bestätigen"' in page
    assert 'value="Ablehnen"' in page
    assert response.headers["Location"] == reverse(LIST)
    membership.refresh_from_db()
    assert membership.status == status


def test_membership_page_offers_only_what_changes_something(as_office: Client) -> None:
    membership = MembershipFactory()
    as_office.post(page_of(membership), {"_confirm": "1"})

    page = as_office.get(page_of(membership)).content.decode()

    assert 'value="Bestätigen"' not in page
    assert 'value="Ablehnen"' in page


def test_membership_status_cannot_be_written(as_office: Client) -> None:
    membership = MembershipFactory()

    as_office.post(page_of(membership), {"status": "confirmed", "department": "X", "_save": "1"})

    membership.refresh_from_db()
    assert (membership.status, membership.department) == ("pending", "Fachbereich Digitales")


def test_membership_decided_twice_shows_the_refusal(as_office: Client) -> None:
    membership = MembershipFactory()

    as_office.post(page_of(membership), {"_confirm": "1"})
    page = as_office.post(page_of(membership), {"_confirm": "1"}, follow=True).content.decode()

    assert "ist schon bestätigt." in page
    assert Email.objects.count() == 1


@pytest.mark.parametrize("action", ["confirm", "refuse"])
def test_deciding_thirty_memberships_takes_the_queries_of_one(as_office: Client, action: str) -> None:
    rows = MembershipFactory.create_batch(32)

    def queries(chosen: list[Membership]) -> int:
        form = {"action": action, "_selected_action": [row.pk for row in chosen]}
        with CaptureQueriesContext(connection) as asked:
            as_office.post(reverse(LIST), form)
        return len(asked)

    queries(rows[:1])
    counts = queries(rows[1:2]), queries(rows[2:])

    assert counts[1] == counts[0]
    assert Email.objects.count() == 32
    assert Trace.objects.filter(verb=f"membership_{action.removesuffix('e')}ed").count() == 32
    assert not Membership.objects.filter(status="pending").exists()


def test_action_names_what_stays_and_decides_the_rest(as_office: Client) -> None:
    done, waiting = MembershipFactory.create_batch(2)
    as_office.post(page_of(done), {"_confirm": "1"})

    form = {"action": "confirm", "_selected_action": [done.pk, waiting.pk]}
    page = as_office.post(reverse(LIST), form, follow=True).content.decode()

    waiting.refresh_from_db()
    assert "ist schon bestätigt." in page
    assert (waiting.status, Email.objects.count()) == ("confirmed", 2)


def test_membership_is_not_decided_by_readers(client: Client) -> None:
    call_command("load_roles", verbosity=0)
    reader = StaffFactory()
    reader.groups.add(Group.objects.get(name="Redaktion"))
    show_factor(client, reader)
    membership = MembershipFactory()

    response = client.post(page_of(membership), {"_confirm": "1"})

    assert response.status_code in {302, 403}
    membership.refresh_from_db()
    assert membership.status == "pending"


@pytest.mark.parametrize("count", [1, 3])
def test_memberships_need_the_same_queries_for_any_number(
    as_office: Client, count: int, django_assert_max_num_queries: Any
) -> None:
    MembershipFactory.create_batch(count)

    with django_assert_max_num_queries(14):
        as_office.get(reverse(LIST))


def test_office_changes_neither_roles_nor_addresses(as_office: Client) -> None:
    person = UserFactory()

    as_office.post(
        reverse("admin:accounts_user_change", args=[person.pk]),
        {"name": "Neuer Name", "email": "anders@land.example", "is_staff": "on", "is_superuser": "on"}
        | {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"},
    )

    fresh = User.objects.get(pk=person.pk)
    assert (fresh.name, fresh.email, fresh.is_staff, fresh.is_superuser) == ("Neuer Name", person.email, False, False)


def test_office_does_not_change_other_staff(as_office: Client) -> None:
    other = StaffFactory(name="Bleibt so")

    as_office.post(reverse("admin:accounts_user_change", args=[other.pk]), {"name": "Anders"})

    assert User.objects.get(pk=other.pk).name == "Bleibt so"


def test_administration_creates_people_without_password(as_staff: Client) -> None:
    response = as_staff.post(
        reverse("admin:accounts_user_add"),
        {"name": "Ilka Sommer", "email": "i.sommer@land.example", "is_active": "on", "is_staff": "on"}
        | {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"},
    )

    assert response.status_code == 302
    assert not User.objects.get(email="i.sommer@land.example").has_usable_password()


def test_administration_resets_a_second_factor(as_staff: Client) -> None:
    person = StaffFactory()

    as_staff.post(
        reverse("admin:accounts_user_changelist"),
        {"action": "reset_second_factor", "_selected_action": [person.pk]},
    )

    assert not Authenticator.objects.filter(user=person).exists()


def test_office_is_not_offered_the_reset(as_office: Client) -> None:
    person = StaffFactory()

    as_office.post(
        reverse("admin:accounts_user_changelist"),
        {"action": "reset_second_factor", "_selected_action": [person.pk]},
    )

    assert Authenticator.objects.filter(user=person).exists()


def test_administration_ends_all_sessions_of_a_person(as_staff: Client) -> None:
    person, browser = UserFactory(), Client()
    browser.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    page = reverse("admin:accounts_user_change", args=[person.pk])
    question = reverse("admin:accounts_user_end_sessions", args=[person.pk])

    assert question in as_staff.get(page).content.decode()
    assert as_staff.post(question, {"reason": ""}).status_code == 200
    assert browser.get("/konto/").status_code == 200

    response = as_staff.post(question, {"reason": "Telefon verloren"})

    assert (response.status_code, response.headers["Location"]) == (302, page)
    assert browser.get("/konto/").status_code == 302
    assert Trace.objects.get(verb="sessions_ended").detail["reason"] == "Telefon verloren"


def test_office_is_not_offered_to_end_sessions(as_office: Client) -> None:
    person = UserFactory()

    page = as_office.get(reverse("admin:accounts_user_change", args=[person.pk])).content.decode()

    assert reverse("admin:accounts_user_end_sessions", args=[person.pk]) not in page


def test_people_cannot_be_deleted(as_staff: Client) -> None:
    person = UserFactory()

    response = as_staff.post(reverse("admin:accounts_user_delete", args=[person.pk]), {"post": "yes"})

    assert response.status_code == 403
    assert User.objects.filter(pk=person.pk).exists()


@pytest.mark.parametrize("query", ["Soest", "05974040", "soest"])
def test_municipality_is_found(as_office: Client, query: str) -> None:
    town = MunicipalityFactory(ags="05974040", name="Soest, Stadt")
    MunicipalityFactory()

    rows = as_office.get(reverse("admin:accounts_municipality_changelist"), {"q": query}).context["cl"].result_list

    assert list(rows) == [town]


def test_municipality_saved_gets_its_sort_key(as_office: Client) -> None:
    register.options()

    as_office.post(
        reverse("admin:accounts_municipality_add"),
        {
            "name": "Übach-Neustadt, Stadt",
            "label": "Stadt Übach-Neustadt",
            "kind": "stadt",
            "ags": "",
            "region": "Köln",
            "latitude": "50.9",
            "longitude": "6.1",
        },
    )

    row = Municipality.objects.get()
    assert (row.sort_key, row.ags) == ("ubach-neustadt, stadt", None)
    assert "Stadt Übach-Neustadt" in register.options()


@pytest.mark.parametrize("model", ["account_emailaddress", "mfa_authenticator", "usersessions_usersession"])
def test_secrets_of_people_have_no_page(model: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{model}_changelist")
