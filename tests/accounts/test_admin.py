"""The ministry's pages about people, municipalities and memberships."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from post_office.models import Email

from accounts import register
from accounts.actions import delete_account
from accounts.models import Membership, Municipality, User
from landespreis import confirm
from landespreis.models import Trace
from tests.accounts.conftest import show_factor
from tests.accounts.factories import PASSWORD, MembershipFactory, MunicipalityFactory, StaffFactory, UserFactory, staff

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


def decide(office: Client, action: str, rows: list[Membership], **more: str) -> Any:
    form = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return office.post(reverse(LIST), form, follow=True)


def question(membership: Membership, way: str = "confirm") -> str:
    return reverse(f"admin:accounts_membership_{way}", args=[membership.pk])


@pytest.mark.parametrize(("action", "status"), [("confirm", "confirmed"), ("refuse", "refused")])
def test_memberships_are_decided_in_the_list_after_a_question(as_office: Client, action: str, status: str) -> None:
    memberships = MembershipFactory.create_batch(2)

    asked = decide(as_office, action, memberships).content.decode()
    assert set(Membership.objects.values_list("status", flat=True)) == {"pending"}
    decide(as_office, action, memberships, confirmed="1")

    assert all(str(membership) in asked for membership in memberships)
    assert asked.count('name="_selected_action"') == 2
    assert f'<input type="hidden" name="action" value="{action}">' in asked
    assert "Die Person erhält eine E-Mail." in asked
    assert set(Membership.objects.values_list("status", flat=True)) == {status}
    assert Email.objects.count() == 2


def test_more_memberships_than_a_form_carries_are_not_asked_about(
    as_office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirm, "MOST_CHOSEN", 1)

    page = decide(as_office, "confirm", MembershipFactory.create_batch(2)).content.decode()

    assert "höchstens 1 auf einmal" in page
    assert "Start ›" not in page.partition("Zugehörigkeiten</a> › ")[2]


@pytest.mark.parametrize(
    ("way", "status", "said"),
    [("confirm", "confirmed", "entfällt der Hinweis"), ("refuse", "refused", "nichts Neues mehr beginnen")],
)
def test_membership_is_decided_on_its_page_after_a_question(
    as_office: Client, way: str, status: str, said: str
) -> None:
    membership = MembershipFactory()
    url = question(membership, way)

    assert url in as_office.get(page_of(membership)).content.decode()
    assert said in as_office.get(url).content.decode()
    membership.refresh_from_db()
    assert membership.status == "pending"
    response = as_office.post(url)

    assert response.headers["Location"] == reverse(LIST)
    membership.refresh_from_db()
    assert membership.status == status


def test_membership_page_offers_only_what_changes_something(as_office: Client) -> None:
    membership = MembershipFactory()
    as_office.post(question(membership))

    page = as_office.get(page_of(membership)).content.decode()

    assert question(membership) not in page
    assert question(membership, "refuse") in page


def test_membership_status_cannot_be_written(as_office: Client) -> None:
    membership = MembershipFactory()

    as_office.post(page_of(membership), {"status": "confirmed", "department": "X", "_save": "1"})

    membership.refresh_from_db()
    assert (membership.status, membership.department) == ("pending", "Fachbereich Digitales")


def test_membership_decided_twice_shows_the_refusal(as_office: Client) -> None:
    membership = MembershipFactory()

    as_office.post(question(membership))
    page = as_office.post(question(membership), follow=True).content.decode()

    assert "ist schon bestätigt." in page
    assert page.count("Entschieden ist") == 1
    assert Email.objects.count() == 1


@pytest.mark.parametrize("action", ["confirm", "refuse"])
def test_deciding_thirty_memberships_takes_the_queries_of_one(as_office: Client, action: str) -> None:
    rows = MembershipFactory.create_batch(32)

    def queries(chosen: list[Membership]) -> int:
        with CaptureQueriesContext(connection) as asked:
            decide(as_office, action, chosen, confirmed="1")
        return len(asked)

    queries(rows[:1])
    counts = queries(rows[1:2]), queries(rows[2:])

    assert counts[1] == counts[0]
    assert Email.objects.count() == 32
    assert Trace.objects.filter(verb=f"membership_{action.removesuffix('e')}ed").count() == 32
    assert not Membership.objects.filter(status="pending").exists()


def test_action_names_what_stays_and_decides_the_rest(as_office: Client) -> None:
    done, waiting = MembershipFactory.create_batch(2)
    as_office.post(question(done))

    page = decide(as_office, "confirm", [done, waiting], confirmed="1").content.decode()

    waiting.refresh_from_db()
    assert "ist schon bestätigt." in page
    assert (waiting.status, Email.objects.count()) == ("confirmed", 2)


@pytest.mark.parametrize("way", ["confirm", "refuse"])
def test_membership_is_not_decided_by_readers(client: Client, way: str) -> None:
    show_factor(client, staff("Redaktion"))
    membership = MembershipFactory()

    response = client.post(question(membership, way))

    assert response.status_code == 403
    membership.refresh_from_db()
    assert membership.status == "pending"


@pytest.mark.parametrize("count", [1, 3])
def test_memberships_need_the_same_queries_for_any_number(
    as_office: Client, count: int, django_assert_max_num_queries: Any
) -> None:
    MembershipFactory.create_batch(count)

    with django_assert_max_num_queries(14):
        as_office.get(reverse(LIST))


ACCOUNT = ("correct", "roles", "lock", "unlock", "reset", "end_sessions")


def verb(person: User, name: str) -> str:
    return reverse(f"admin:accounts_user_{name}", args=[person.pk])


def offered(client: Client, person: User) -> list[str]:
    page = client.get(reverse("admin:accounts_user_change", args=[person.pk])).content.decode()
    return [name for name in ACCOUNT if verb(person, name) in page]


@pytest.mark.parametrize("role", ["office", "admin"])
def test_nobody_writes_into_an_account(client: Client, role: str) -> None:
    show_factor(client, StaffFactory(superuser=True) if role == "admin" else staff())
    person = UserFactory()
    form = {"name": "Neu", "email": "anders@land.example", "is_staff": "on", "is_superuser": "on", "_save": "1"}

    answer = client.post(reverse("admin:accounts_user_change", args=[person.pk]), form)

    assert answer.status_code == 403
    assert User.objects.get(pk=person.pk).name == person.name


def test_page_offers_what_the_role_may_with_that_account(as_office: Client) -> None:
    boss = StaffFactory(superuser=True)
    person, other, locked = UserFactory(), StaffFactory(), UserFactory(is_active=False)
    admin = Client()
    show_factor(admin, boss)
    gone = delete_account(UserFactory(), by=boss)

    assert offered(as_office, person) == ["correct", "lock"]
    assert offered(as_office, locked) == ["correct", "unlock"]
    assert offered(as_office, other) == []
    assert offered(admin, other) == ["correct", "roles", "lock", "reset", "end_sessions"]
    assert offered(admin, boss) == ["correct", "roles", "reset", "end_sessions"]
    assert offered(admin, gone) == []


@pytest.mark.parametrize("name", ACCOUNT)
def test_office_does_nothing_with_accounts_of_the_verwaltung(as_office: Client, name: str) -> None:
    other = StaffFactory(name="Bleibt so")

    answers = {as_office.get(verb(other, name)).status_code, as_office.post(verb(other, name)).status_code}

    assert answers == {403}
    assert not Trace.objects.exclude(verb="access_refused").exists()


def test_administration_creates_people_without_password_and_then_gives_a_role(as_staff: Client) -> None:
    call_command("load_roles", verbosity=0)
    role = Group.objects.get(name="Redaktion")

    response = as_staff.post(
        reverse("admin:accounts_user_add"),
        {"name": "Ilka Sommer", "email": "i.sommer@land.example", "is_staff": "on", "is_superuser": "on"},
    )
    person = User.objects.get(email="i.sommer@land.example")
    assert (person.is_staff, person.is_superuser, person.has_usable_password()) == (False, False, False)
    page = as_staff.get(response.headers["Location"]).content.decode()
    as_staff.post(response.headers["Location"], {"roles": [role.pk], "reason": "neu in der Redaktion"})

    assert "kommt sie in die Verwaltung" in page
    person.refresh_from_db()
    assert (person.roles, person.is_staff, person.is_superuser) == (["Redaktion"], True, False)
    line = Trace.objects.get(verb="roles_changed")
    assert (line.detail["given"], line.detail["reason"]) == (["Redaktion"], "neu in der Redaktion")


def test_office_corrects_a_name_by_the_verb(as_office: Client) -> None:
    person = UserFactory(name="Eva Altt")
    form = as_office.get(verb(person, "correct")).content.decode()

    as_office.post(verb(person, "correct"), {"name": "Eva Alt", "email": person.email, "reason": "Tippfehler"})

    assert "Eva Altt" in form
    assert User.objects.get(pk=person.pk).name == "Eva Alt"
    assert Trace.objects.get(verb="person_corrected").detail["reason"] == "Tippfehler"
    assert Email.objects.get().to == [person.email]


def test_office_locks_and_unlocks_after_a_question(as_office: Client) -> None:
    person = UserFactory()

    asked = as_office.get(verb(person, "lock")).content.decode()
    without = as_office.post(verb(person, "lock"), {"reason": ""}).content.decode()
    assert User.objects.get(pk=person.pk).is_active
    as_office.post(verb(person, "lock"), {"reason": "Passwort bekannt"})
    assert not User.objects.get(pk=person.pk).is_active
    as_office.post(verb(person, "unlock"), {"reason": "neues Passwort"})

    assert "überall abgemeldet" in asked
    assert "Bitte nennen Sie den Grund." in without
    assert User.objects.get(pk=person.pk).is_active


def test_administration_resets_second_factors_after_a_question(as_staff: Client) -> None:
    one, *others = StaffFactory.create_batch(3)
    action = {"action": "reset_second_factor", "_selected_action": [person.pk for person in others]}
    url = reverse("admin:accounts_user_changelist")

    asked = as_staff.post(url, action).content.decode()
    refused = as_staff.post(url, action | {"confirmed": "1", "reason": ""}).content.decode()
    assert Authenticator.objects.filter(user__in=others).count() == 2
    as_staff.post(url, action | {"confirmed": "1", "reason": "Telefone verloren"})
    as_staff.post(verb(one, "reset"), {"reason": "Telefon verloren"})

    assert "Danach genügt das Passwort" in asked
    assert "Bitte nennen Sie den Grund." in refused
    assert refused.count('name="_selected_action"') == 2
    assert not Authenticator.objects.filter(user__in=[one, *others]).exists()
    assert Email.objects.count() == 3


def test_office_is_not_offered_the_reset(as_office: Client) -> None:
    person = StaffFactory()

    as_office.post(
        reverse("admin:accounts_user_changelist"),
        {"action": "reset_second_factor", "_selected_action": [person.pk], "confirmed": "1", "reason": "x"},
    )

    assert Authenticator.objects.filter(user=person).exists()


def test_administration_ends_all_sessions_of_a_person(as_staff: Client) -> None:
    person, browser = UserFactory(), Client()
    browser.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    page = reverse("admin:accounts_user_change", args=[person.pk])

    assert as_staff.post(verb(person, "end_sessions"), {"reason": ""}).status_code == 200
    assert browser.get("/konto/").status_code == 200

    response = as_staff.post(verb(person, "end_sessions"), {"reason": "Telefon verloren"})

    assert (response.status_code, response.headers["Location"]) == (302, page)
    assert browser.get("/konto/").status_code == 302
    assert Trace.objects.get(verb="sessions_ended").detail["reason"] == "Telefon verloren"


def test_rights_of_a_role_are_a_german_list_to_tick(as_staff: Client) -> None:
    role = Group.objects.create(name="Eigene")
    right = Permission.objects.get(codename="view_submission")

    page = as_staff.get(reverse("admin:auth_group_change", args=[role.pk])).content.decode()
    as_staff.post(reverse("admin:auth_group_change", args=[role.pk]), {"name": "Eigene", "permissions": [right.pk]})

    assert "SelectFilter2" not in page
    assert f'<input type="checkbox" name="permissions" value="{right.pk}"' in page
    assert "Einreichungen: Einreichung ansehen" in page
    assert list(role.permissions.all()) == [right]


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
