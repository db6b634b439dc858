"""Every address of the account pages that come with allauth × role × method; nobody reaches another's second factor."""

import logging
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.factories import PASSWORD, StaffFactory, UserFactory
from tests.test_access import GONE, LOGIN, METHOD, OK, routes
from tests.test_access_methods import METHODS, ask

PEOPLE = ("anonymous", "person", "with factor")
GROUPS = {"GET": "look", "HEAD": "look", "POST": "send", "PUT": "send", "OPTIONS": "options"}
"""Method → what of a row answers it; allauth takes PUT like POST, with the same CSRF check. All others are refused."""
ELSE = LOGIN
"""Leads elsewhere: to the login, to what has to be done first, or on after it is done."""

Answers = dict[str, tuple[int, int, int]]


def page(anonymous: int, person: int, factor: int, *, send: tuple[int, int, int] | None = None) -> Answers:
    """Return what a page answers: whoever is led elsewhere by looking is so by every method."""
    look = (anonymous, person, factor)
    refused = tuple(code if code == ELSE else METHOD for code in look)
    sent = tuple(code if code == ELSE else said for code, said in zip(look, send or look, strict=True))
    seen = tuple(OK if code == GONE else code for code in look)
    return {"look": look, "send": sent, "options": seen, "else": refused}  # type: ignore[dict-item]


NOWHERE = page(ELSE, ELSE, ELSE)
ENTRANCE = page(OK, ELSE, ELSE)
FORM = page(ELSE, OK, OK)
TOLD = page(OK, OK, OK, send=(METHOD, METHOD, METHOD))
READ = page(ELSE, OK, OK, send=(ELSE, METHOD, METHOD))
LEADS_ON = page(ELSE, OK, OK, send=(ELSE, ELSE, ELSE))

EXPECTED: dict[str, Answers] = {
    "account_login": ENTRANCE,
    "account_logout": LEADS_ON | {"else": (METHOD,) * 3, "put": (METHOD,) * 3, "options": (OK,) * 3},
    "account_inactive": TOLD,
    "account_signup": ENTRANCE,
    "account_reauthenticate": FORM,
    "account_email": LEADS_ON,
    "account_email_verification_sent": NOWHERE,
    "account_change_password": FORM,
    "account_set_password": NOWHERE,
    "account_reset_password": page(OK, OK, OK),
    "account_confirm_login_code": NOWHERE,
    "account_reset_password_from_key_done": TOLD,
    "account_reset_password_from_key": dict.fromkeys(("look", "send", "options", "else"), (OK,) * 3),
    "account_reset_password_done": TOLD,
    "mfa_index": READ,
    "mfa_authenticate": NOWHERE,
    "mfa_reauthenticate": page(ELSE, ELSE, OK),
    "mfa_activate_totp": NOWHERE,
    "mfa_deactivate_totp": dict.fromkeys(("look", "send", "options", "else"), (ELSE, GONE, ELSE)),
    "mfa_generate_recovery_codes": NOWHERE,
    "mfa_list_webauthn": READ,
    "mfa_add_webauthn": NOWHERE,
    "mfa_reauthenticate_webauthn": NOWHERE,
    "mfa_remove_webauthn": NOWHERE,
    "mfa_edit_webauthn": NOWHERE,
    "mfa_login_webauthn": page(ELSE, ELSE, ELSE) | {"options": (OK, ELSE, ELSE), "else": (METHOD, ELSE, ELSE)},
    "usersessions_list": LEADS_ON,
}
"""Asked for without a fresh proof of the password or factor: what changes either leads to that proof first."""
OURS_INSTEAD = {"mfa_view_recovery_codes", "mfa_download_recovery_codes"}
"""Ours stand before them at the same address: tests/accounts/test_views.py."""
ARGUMENTS: dict[str, dict[str, Any]] = {
    "account_reset_password_from_key": {"uidb36": "1", "key": "erfunden"},
    "mfa_remove_webauthn": {"pk": 10**9},
    "mfa_edit_webauthn": {"pk": 10**9},
}


def names() -> set[str]:
    return {name for name, _ in routes() if name.startswith(("account_", "mfa_", "usersessions_"))} - OURS_INSTEAD


def where(name: str) -> str:
    return reverse(name, kwargs=ARGUMENTS.get(name, {}))


def stored() -> list[Any]:
    return [list(model.objects.order_by("pk").values_list()) for model in (User, EmailAddress, Authenticator)]


def test_every_address_has_a_row() -> None:
    assert names() == set(EXPECTED)


@pytest.mark.parametrize("who", PEOPLE)
def test_every_method_as(client: Client, db: None, who: str) -> None:
    logging.getLogger("django.request").setLevel(logging.ERROR)
    person = {"anonymous": lambda: None, "person": UserFactory, "with factor": StaffFactory}[who]()
    if person:
        client.force_login(person)
    before, found = stored(), []

    for name, rows in EXPECTED.items():
        for method in METHODS:
            cache.clear()  # limits of attempts: tests/security/test_limits.py
            expected = rows.get(method.lower(), rows[GROUPS.get(method, "else")])[PEOPLE.index(who)]
            if name == "account_reset_password" and method == "POST":
                expected = ELSE  # a mail is promised, whoever asks
            if (answer := ask(client, where(name), method)) != expected:
                found.append((name, method, answer, "not", expected))

    assert found == []
    assert stored() == before


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", ["mfa_remove_webauthn", "mfa_edit_webauthn"])
def test_passkey_of_another_is_not_there(client: Client, db: None, name: str, method: str) -> None:
    foreign = Authenticator.objects.create(user=UserFactory(), type=Authenticator.Type.WEBAUTHN, data={"name": "Fremd"})
    person = UserFactory()
    client.force_login(person)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    before = stored()

    answers = [getattr(client, method)(reverse(name, args=[pk]), {"name": "Neu"}) for pk in (foreign.pk, 10**9)]

    assert [answer.status_code for answer in answers] == [GONE, GONE]
    assert stored() == before


@pytest.mark.parametrize("number", [0, 1])
def test_sessions_of_another_cannot_be_ended(client: Client, db: None, number: int) -> None:
    """The list has one button for all of the own; naming others changes nothing for them."""
    person, other = UserFactory(), UserFactory()
    elsewhere = Client()
    for one, session in ((person, client), (other, elsewhere)):
        session.post(reverse("account_login"), {"login": one.email, "password": PASSWORD})

    client.post(reverse("usersessions_list"), {"user": other.pk, "pk": number, "at": str(time.time())})

    assert elsewhere.get(reverse("accounts:profile")).status_code == OK
