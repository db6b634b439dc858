"""The door of the protected areas: role × path × state of the second factor."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.authenticator import code
from tests.accounts.conftest import show_factor
from tests.accounts.factories import PASSWORD, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db

ADMIN, JURY, ENTRIES, CONTO = "/admin/", "/jury/", "/einreichungen/", "/konto/"
LOGIN, SET_UP, SHOW = "/konto/login/", "/konto/2fa/", "/konto/2fa/reauthenticate/"


PEOPLE: dict[str, Callable[[], User | None]] = {
    "nobody": lambda: None,
    "author": UserFactory,
    "author with factor": lambda: UserFactory(totp=True),
    "staff without factor": lambda: StaffFactory(totp=False),
    "staff": lambda: StaffFactory(superuser=True),
}


@pytest.mark.parametrize(
    ("role", "shown", "path", "expected"),
    [
        ("nobody", False, ADMIN, f"{LOGIN}?next=/admin/"),
        ("nobody", False, JURY, f"{LOGIN}?next=/jury/"),
        ("nobody", False, "/admin/accounts/user/?q=x", f"{LOGIN}?next=/admin/accounts/user/%3Fq%3Dx"),
        ("nobody", False, "/admin/gibt-es-nicht/", f"{LOGIN}?next=/admin/gibt-es-nicht/"),
        ("author", False, ADMIN, 404),
        ("author", False, JURY, SET_UP),
        ("author", False, CONTO, 200),
        ("author with factor", False, ADMIN, 404),
        ("author with factor", True, ADMIN, 404),
        ("author with factor", False, JURY, f"{SHOW}?next=/jury/"),
        ("staff without factor", False, ADMIN, SET_UP),
        ("staff without factor", False, "/admin/accounts/membership/", SET_UP),
        ("staff without factor", False, JURY, SET_UP),
        ("staff without factor", False, ENTRIES, SET_UP),
        ("staff without factor", False, CONTO, 200),
        ("staff", False, ADMIN, f"{SHOW}?next=/admin/"),
        ("staff", False, ENTRIES, f"{SHOW}?next=/einreichungen/"),
        ("staff", False, CONTO, 200),
        ("staff", True, ADMIN, 200),
        ("staff", True, "/admin/accounts/membership/", 200),
    ],
)
def test_door(client: Client, role: str, shown: bool, path: str, expected: int | str) -> None:
    person = PEOPLE[role]()
    if person and shown:
        show_factor(client, person)
    elif person:
        client.force_login(person)

    response = client.get(path)

    assert (response.headers["Location"] if isinstance(expected, str) else response.status_code) == expected


def test_door_says_what_is_missing(client: Client) -> None:
    client.force_login(StaffFactory(totp=False))

    response = client.get(ADMIN)

    assert [str(message) for message in get_messages(response.wsgi_request)] == [
        "Für diesen Bereich brauchen Sie einen zweiten Faktor. Richten Sie ihn hier ein."
    ]


def test_door_holds_for_posts(client: Client) -> None:
    client.force_login(StaffFactory(totp=False))

    assert client.post("/admin/accounts/membership/", {"action": "confirm"}).headers["Location"] == SET_UP


def test_door_asks_owners_of_a_passkey_for_it(client: Client) -> None:
    person = StaffFactory(totp=False)
    Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={})
    client.force_login(person)

    response = client.get(ADMIN)

    assert response.headers["Location"] == "/konto/2fa/webauthn/reauthenticate/?next=/admin/"


def test_door_does_not_take_recovery_codes_alone(client: Client) -> None:
    person = StaffFactory(totp=False)
    Authenticator.objects.create(user=person, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x"})
    client.force_login(person)

    assert client.get(ADMIN).headers["Location"] == SET_UP


def test_door_does_not_take_what_another_person_showed(client: Client) -> None:
    show_factor(client, StaffFactory())
    session = client.session
    other = StaffFactory()
    client.force_login(other)
    session = client.session
    session["accounts_second_factor_shown_by"] = other.pk + 1000
    session.save()

    assert client.get(ADMIN).headers["Location"] == f"{SHOW}?next=/admin/"


def test_door_opens_after_login_with_the_factor(client: Client) -> None:
    person = StaffFactory(superuser=True)
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})

    client.post(reverse("mfa_authenticate"), {"code": code()})

    assert client.get(ADMIN).status_code == 200


def test_door_opens_after_showing_the_factor_later(client: Client) -> None:
    client.force_login(StaffFactory(superuser=True))

    answer = client.post(f"{SHOW}?next=/admin/", {"code": code()})

    assert answer.headers["Location"] == ADMIN
    assert client.get(ADMIN).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_door_opens_for_the_session_that_set_the_factor_up(client: Client) -> None:
    person = StaffFactory(superuser=True, totp=False)
    elsewhere = Client()
    for session in (client, elsewhere):
        session.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]

    client.post(reverse("mfa_activate_totp"), {"code": code(secret)})

    assert client.get(ADMIN).status_code == 200
    assert elsewhere.get(ADMIN).headers["Location"] == f"{SHOW}?next=/admin/"


@pytest.mark.parametrize("method", ["get", "post"])
def test_admin_has_no_password_page_of_its_own(client: Client, method: str) -> None:
    """Django's would change it without a mail and without a line in the journal."""
    person = StaffFactory(superuser=True)
    new = {"old_password": PASSWORD, "new_password1": "Neue-Rinne-2031", "new_password2": "Neue-Rinne-2031"}
    show_factor(client, person)

    answer = getattr(client, method)("/admin/password_change/", new)

    assert answer.headers["Location"] == reverse("account_change_password")
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


@pytest.mark.parametrize("role", PEOPLE)
def test_admin_has_no_login_page_of_its_own(client: Client, role: str) -> None:
    person = PEOPLE[role]()
    if person:
        client.force_login(person)

    for method in (client.get, client.post):
        assert method("/admin/login/?next=/admin/accounts/").headers["Location"] == f"{LOGIN}?next=/admin/accounts/"
    assert client.get("/admin/login/").headers["Location"] == f"{LOGIN}?next=/admin/"
