"""Signing up: form, code by mail, waiting membership; and what a stranger cannot find out."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from post_office.models import Email
from pytest_django import Settings

from accounts.models import Membership, User
from tests.accounts.factories import PASSWORD, MunicipalityFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _soest() -> None:
    MunicipalityFactory(ags="05974040", name="Soest, Stadt")


def entered(**changes: str) -> dict[str, str]:
    return {
        "name": "Tarek Yildirim",
        "email": "t.yildirim@soest.example",
        "password1": PASSWORD,
        "municipality": "Stadt Soest (05974040)",
        "department": "Fachbereich 3",
    } | changes


def test_signup_leads_from_code_to_waiting_membership(client: Client, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "landespreis.mail.OwedMailBackend"
    sent = client.post(reverse("account_signup"), entered(), follow=True)
    mail = Email.objects.get()
    code = re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", mail.message, re.MULTILINE)
    assert code, mail.message

    done = client.post(reverse("account_email_verification_sent"), {"code": code[0]})

    assert sent.redirect_chain[-1][0] == reverse("account_email_verification_sent")
    assert done.headers["Location"] == reverse("submissions:index")
    person = User.objects.get()
    assert (person.name, person.email, person.is_staff) == ("Tarek Yildirim", "t.yildirim@soest.example", False)
    assert mail.to == ["t.yildirim@soest.example"]
    assert EmailAddress.objects.get().verified
    membership = Membership.objects.get()
    assert (membership.user, membership.municipality.ags) == (person, "05974040")
    assert (membership.department, membership.status) == ("Fachbereich 3", "pending")
    assert client.session["_auth_user_id"] == str(person.pk)


def test_signup_alone_does_not_log_in(client: Client) -> None:
    client.post(reverse("account_signup"), entered())

    response = client.get(reverse("accounts:profile"))

    assert response.headers["Location"] == f"{reverse('account_login')}?next={reverse('accounts:profile')}"


def test_signup_with_a_known_address_looks_the_same(client: Client) -> None:
    UserFactory(email="t.yildirim@soest.example")

    known = client.post(reverse("account_signup"), entered(), follow=True)
    fresh = Client().post(reverse("account_signup"), entered(email="neu@soest.example"), follow=True)

    assert known.redirect_chain == fresh.redirect_chain
    assert known.status_code == fresh.status_code == 200
    assert _shape(known, "t.yildirim@soest.example") == _shape(fresh, "neu@soest.example")
    assert not Membership.objects.filter(user__email="t.yildirim@soest.example").exists()


def test_signup_hashes_as_many_passwords_for_a_known_address(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash takes most of the time of an answer."""
    UserFactory(email="t.yildirim@soest.example")
    encode, hashed = MD5PasswordHasher.encode, []

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    client.post(reverse("account_signup"), entered())
    known = list(hashed)
    Client().post(reverse("account_signup"), entered(email="neu@soest.example"))

    assert (known, hashed) == ([PASSWORD], [PASSWORD, PASSWORD])
    assert User.objects.count() == 2


def test_signup_of_a_wrong_code_says_so_in_german(client: Client) -> None:
    client.post(reverse("account_signup"), entered())

    response = client.post(reverse("account_email_verification_sent"), {"code": "ABC-DEF"})

    assert "Dieser Code stimmt nicht." in response.content.decode()
    assert not EmailAddress.objects.get().verified


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"municipality": "99999999"}, "municipality", "„99999999“ steht nicht im Verzeichnis."),
        ({"municipality": ""}, "municipality", "Wählen Sie eine Kommune aus dem Verzeichnis."),
        ({"name": "Ta\x00rek"}, "name", "Schreiben Sie nur in eine Zeile, ohne Steuerzeichen."),
        ({"name": "Tarek\nBcc: x@y.example"}, "name", "Schreiben Sie nur in eine Zeile, ohne Steuerzeichen."),
        ({"department": "x" * 121}, "department", "höchstens 120 Zeichen"),
        ({"email": "kein-at"}, "email", "gültige E-Mail-Adresse"),
        ({"password1": "kurz"}, "password1", "mindestens 10 Zeichen"),
        ({"password1": "1q2w3e4r5t"}, "password1", "zu üblich"),
        ({"password1": "t.yildirim@soest"}, "password1", "ähnlich"),
    ],
)
def test_signup_explains_bad_input(client: Client, changes: dict[str, str], field: str, message: str) -> None:
    response = client.post(reverse("account_signup"), entered(**changes))

    errors: Any = response.context["form"].errors
    assert list(errors) == [field]
    assert message in " ".join(errors[field])
    assert not User.objects.exists()


def test_signup_without_its_membership_leaves_no_person(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object, **kwargs: object) -> None:
        raise IntegrityError("constraint")

    monkeypatch.setattr(Membership.objects, "get_or_create", fails)

    with pytest.raises(IntegrityError):
        client.post(reverse("account_signup"), entered())

    assert not User.objects.exists()
    assert not Email.objects.exists()


def test_signup_page_offers_the_register(client: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(3):
        page = client.get(reverse("account_signup")).content.decode()

    assert '<option value="Stadt Soest (05974040)"></option>' in page
    assert "placeholder" not in page


def _shape(response: Any, address: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode().replace(address, "…"))
