"""What allauth asks the project: wrong passwords, secrets of the second factor."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts.adapter import MFAAdapter
from tests.accounts.authenticator import code
from tests.accounts.factories import PASSWORD, TOTP_SECRET, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db


def attempt(client: Client, email: str, password: str) -> int:
    return client.post(reverse("account_login"), {"login": email, "password": password}).status_code


@pytest.mark.parametrize("known", [True, False])
def test_login_answers_429_to_the_tenth_wrong_password(client: Client, known: bool) -> None:
    email = UserFactory().email if known else "niemand@kommune.example"

    answers = [attempt(client, email, f"falsch-{number}") for number in range(10)]

    assert answers == [200] * 9 + [429]


def test_login_answers_429_even_to_the_right_password_then(client: Client) -> None:
    email = UserFactory().email
    for number in range(9):
        attempt(client, email, f"falsch-{number}")

    response = client.post(reverse("account_login"), {"login": email, "password": PASSWORD})

    assert response.status_code == 429
    assert "_auth_user_id" not in client.session
    assert "text/html" in response.headers["Content-Type"]


def test_login_of_another_person_still_works_then(client: Client) -> None:
    for number in range(10):
        attempt(client, "niemand@kommune.example", f"falsch-{number}")

    assert attempt(client, UserFactory().email, PASSWORD) == 302


def test_login_right_passwords_are_not_counted(client: Client) -> None:
    email = UserFactory().email

    answers = [attempt(Client(), email, PASSWORD) for _ in range(12)]

    assert answers == [302] * 12


def test_login_works_without_redis(client: Client, no_redis: None) -> None:
    assert attempt(client, UserFactory().email, PASSWORD) == 302
    assert "_auth_user_id" in client.session


def test_login_with_second_factor_works_without_redis(client: Client, no_redis: None) -> None:
    attempt(client, StaffFactory().email, PASSWORD)

    response = client.post(reverse("mfa_authenticate"), {"code": code()})

    assert response.status_code == 302
    assert "_auth_user_id" in client.session


def test_login_answers_429_to_the_tenth_wrong_password_without_redis(client: Client, no_redis: None) -> None:
    email = UserFactory().email

    answers = [attempt(client, email, f"falsch-{number}") for number in range(10)]

    assert answers == [200] * 9 + [429]


def test_login_error_is_the_same_for_known_and_unknown(client: Client) -> None:
    known = client.post(reverse("account_login"), {"login": UserFactory().email, "password": "falsch"})
    unknown = client.post(reverse("account_login"), {"login": "niemand@kommune.example", "password": "falsch"})

    assert known.context["form"].errors == unknown.context["form"].errors
    assert "E-Mail-Adresse oder Passwort stimmen nicht." in known.content.decode()


def test_login_goes_on_to_the_second_factor(client: Client) -> None:
    person = StaffFactory()

    response = client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})

    assert response.headers["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session


def test_secret_is_unreadable_in_the_database() -> None:
    StaffFactory()

    stored = Authenticator.objects.get().data["secret"]

    assert TOTP_SECRET not in stored
    assert MFAAdapter().decrypt(stored) == TOTP_SECRET
