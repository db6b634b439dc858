"""Whatever happens to an account and its login stands in the portal's journal, without addresses, codes or texts."""

import base64
import json
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.core import mail as outbox
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import Email
from pytest_django import Settings

from accounts import access, actions
from accounts.adapter import AccountAdapter
from accounts.models import User
from accounts.passkeys import ReauthenticateForm
from landespreis.models import Trace
from landespreis.office import Traced
from portal.models import Subscriber
from tests.accounts.authenticator import code
from tests.accounts.conftest import show_factor
from tests.accounts.factories import (
    PASSWORD,
    MembershipFactory,
    MunicipalityFactory,
    StaffFactory,
    UserFactory,
)
from tests.portal.factories import NewsCategoryFactory, SubscriberFactory

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, int | None, str, dict[str, Any]]]:
    return [(trace.verb, trace.by_id, trace.about, trace.detail) for trace in Trace.objects.order_by("pk")]


def verbs() -> list[str]:
    return [trace.verb for trace in Trace.objects.order_by("pk")]


def log_in(client: Client, person: User, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": person.email, "password": password})


def confirmed(client: Client, person: User) -> None:
    """Log in and enter the password once more, as changes of the account ask for."""
    log_in(client, person)
    if Authenticator.objects.filter(user=person).exists():
        client.post(reverse("mfa_authenticate"), {"code": code()})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert "_auth_user_id" in client.session


def after_login(client: Client, person: User) -> int:
    """Log in; return the key of the last line that this has written."""
    confirmed(client, person)
    return Trace.objects.latest("pk").pk


def since(key: int) -> list[tuple[str, int | None, str]]:
    return [(trace.verb, trace.by_id, trace.about) for trace in Trace.objects.filter(pk__gt=key).order_by("pk")]


def test_login(client: Client) -> None:
    person = UserFactory()

    log_in(client, person)

    assert told() == [("logged_in", person.pk, "", {"how": ["password"]})]


def test_login_with_a_second_factor_is_one_line(client: Client) -> None:
    person = StaffFactory()
    log_in(client, person)
    assert told() == []

    client.post(reverse("mfa_authenticate"), {"code": code()})

    assert told() == [("logged_in", person.pk, "", {"how": ["password", "totp"]})]


def test_failed_login_names_the_account_and_nobody(client: Client) -> None:
    person = UserFactory()

    log_in(client, person, "falsch")

    assert told() == [("login_failed", None, f"Konto {person.pk}", {"account": person.pk})]


def test_failed_login_without_account_keeps_no_address(client: Client) -> None:
    for address in ("Niemand@Kommune.example", "niemand@kommune.example", "andere@kommune.example"):
        client.post(reverse("account_login"), {"login": address, "password": "falsch"})

    lines = told()

    assert [line[:3] for line in lines] == [("login_failed", None, "Adresse ohne Konto")] * 3
    marks = [line[3]["mark"] for line in lines]
    assert marks[0] == marks[1] != marks[2]
    assert "kommune" not in str(lines).lower()


def test_attempts_past_the_limit_leave_no_line(client: Client) -> None:
    person = UserFactory()

    for number in range(14):
        log_in(client, person, f"falsch-{number}")

    assert verbs() == ["login_failed"] * 9


def test_wrong_code(client: Client) -> None:
    person = StaffFactory()
    log_in(client, person)

    client.post(reverse("mfa_authenticate"), {"code": "000000"})

    assert told() == [("code_failed", None, f"Konto {person.pk}", {"account": person.pk})]


def test_wrong_password_when_asked_again(client: Client) -> None:
    person = UserFactory()
    log_in(client, person)

    client.post(reverse("account_reauthenticate"), {"password": "falsch"})

    assert told()[1:] == [("login_failed", person.pk, f"Konto {person.pk}", {"account": person.pk})]


def test_wrong_code_when_asked_again(client: Client) -> None:
    person = StaffFactory()
    client.force_login(person)

    client.post(reverse("mfa_reauthenticate"), {"code": "000000"})

    assert told() == [("code_failed", person.pk, f"Konto {person.pk}", {"account": person.pk})]


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def passkey() -> str:
    """Return an answer that a passkey nobody knows could give."""
    asked = json.dumps({"type": "webauthn.get", "challenge": b64(b"?" * 32), "origin": "http://testserver"}).encode()
    response = {"clientDataJSON": b64(asked), "authenticatorData": b64(b"\0" * 37), "signature": b64(b"no")}
    return json.dumps({"id": b64(b"key"), "rawId": b64(b"key"), "type": "public-key", "response": response})


def test_wrong_passkey(client: Client) -> None:
    person = StaffFactory()
    log_in(client, person)

    client.post(reverse("mfa_authenticate"), {"credential": passkey()})
    client.post(reverse("mfa_authenticate"), {"credential": "{}"})

    assert told() == [("code_failed", None, f"Konto {person.pk}", {"account": person.pk})]


def test_wrong_passkey_when_asked_again(rf: Any, client: Client) -> None:
    request = rf.post("/")
    request.session, request.user = client.session, StaffFactory()

    with context.request_context(request):
        assert not ReauthenticateForm({"credential": passkey()}, user=request.user).is_valid()

    person = request.user.pk
    assert told() == [("code_failed", person, f"Konto {person}", {"account": person})]


def test_wrong_passkey_instead_of_a_password(client: Client, settings: Settings) -> None:
    settings.MFA_RATE_LIMITS = {"webauthn_login": "10/m/ip"}
    for _ in range(14):
        client.post(reverse("mfa_login_webauthn"), {"credential": passkey()})

    assert told() == [("code_failed", None, "Passkey ohne Konto", {})] * 10


def test_logout(client: Client) -> None:
    person = UserFactory()
    client.force_login(person)

    client.post(reverse("account_logout"))

    assert told() == [("logged_out", person.pk, "", {})]


def test_signup_and_confirmed_address(client: Client) -> None:
    town = MunicipalityFactory(ags="05974040", name="Soest, Stadt")
    client.post(
        reverse("account_signup"),
        {
            "email": "neu@soest.example",
            "password1": "Regenrinne-Soest-9",
            "name": "Neu Hier",
            "municipality": town.choice,
            "department": "Bauamt",
        },
    )
    person = User.objects.get(email="neu@soest.example")
    assert verbs()[0] == "signed_up"
    key = client.session["account_email_verification_code"]["code"]

    client.post(reverse("account_email_verification_sent"), {"code": key})

    assert {"email_confirmed", "logged_in"} <= set(verbs())
    assert {trace.by_id for trace in Trace.objects.all()} == {person.pk}


def test_password_changed(client: Client) -> None:
    person = UserFactory()
    key = after_login(client, person)

    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "Neue-Rinne-2031", "password2": "Neue-Rinne-2031"},
    )

    assert since(key) == [("password_changed", person.pk, "")]


def test_password_reset(client: Client) -> None:
    person = UserFactory()
    client.post(reverse("account_reset_password"), {"email": person.email})
    text = outbox.outbox[-1].body
    path = next(word for word in text.split() if "/password/reset/key/" in word)
    page = client.get(path[path.index("/konto") :], follow=True)

    client.post(page.redirect_chain[-1][0], {"password1": "Neue-Rinne-2031", "password2": "Neue-Rinne-2031"})

    assert told()[0] == ("password_reset", person.pk, "", {})


def test_address_changed_and_removed(client: Client) -> None:
    person = UserFactory()
    EmailAddress.objects.create(user=person, email="zweite@kommune.example", verified=True)
    key = after_login(client, person)

    client.post(reverse("account_email"), {"email": "zweite@kommune.example", "action_primary": ""})
    client.post(reverse("account_email"), {"email": EmailAddress.objects.get(primary=False).email, "action_remove": ""})

    assert since(key) == [("email_changed", person.pk, ""), ("email_removed", person.pk, "")]


@pytest.mark.django_db(transaction=True)
def test_factor_added_and_removed(client: Client) -> None:
    person = UserFactory()
    key = after_login(client, person)
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]

    client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    client.post(reverse("mfa_deactivate_totp"))

    assert since(key) == [
        ("factor_added", person.pk, "Authenticator-App"),
        ("factor_removed", person.pk, "Authenticator-App"),
    ]


@pytest.mark.parametrize(
    ("template", "verb", "about"),
    [
        ("mfa/email/webauthn_added", "factor_added", "Passkey"),
        ("mfa/email/webauthn_removed", "factor_removed", "Passkey"),
        ("account/email/password_set", "password_changed", ""),
    ],
)
def test_other_changes_of_which_allauth_tells_the_owner(
    rf: Any, client: Client, template: str, verb: str, about: str
) -> None:
    person = UserFactory()
    request = rf.get("/")
    request.session = client.session

    with context.request_context(request):
        AccountAdapter(request).send_notification_mail(template, person)

    assert told() == [(verb, person.pk, about, {})]


@pytest.mark.django_db(transaction=True)
def test_recovery_codes_made_and_seen(client: Client) -> None:
    person = StaffFactory()
    key = after_login(client, person)

    client.post(reverse("mfa_generate_recovery_codes"))
    client.get(reverse("mfa_view_recovery_codes"))
    client.get(reverse("mfa_download_recovery_codes"))

    assert [verb for verb, *_ in since(key)] == ["codes_made", "codes_seen", "codes_seen"]


def test_recovery_codes_not_shown_leave_no_line(client: Client) -> None:
    person = StaffFactory()
    RecoveryCodes.activate(person)
    client.force_login(person)

    page = client.get(reverse("mfa_view_recovery_codes"))

    assert page.status_code == 302
    assert told() == []


def test_other_sessions_ended(client: Client) -> None:
    person = UserFactory()
    log_in(Client(), person)
    key = after_login(client, person)
    assert UserSession.objects.count() == 2

    client.post(reverse("usersessions_list"))

    assert since(key) == [("sessions_ended", person.pk, "")]
    assert Trace.objects.latest("pk").detail == {"number": 1}


def test_own_data_taken(client: Client) -> None:
    person = UserFactory()
    client.force_login(person)

    client.get(reverse("accounts:export"))

    assert told() == [("data_taken", person.pk, "", {})]


def test_account_closed(client: Client) -> None:
    person = UserFactory()

    actions.delete_account(person, by=person)

    assert told() == [("account_closed", person.pk, f"Konto {person.pk}", {"account": person.pk})]


def test_membership_stated_and_decided() -> None:
    person, office = UserFactory(), StaffFactory(superuser=True)
    town = MunicipalityFactory()

    membership = actions.join(person, municipality=town, department="Bauamt")
    actions.confirm_membership(membership, by=office)
    actions.refuse_membership(membership, by=office)

    about = f"Konto {person.pk}, {town.label}"
    assert [line[:3] for line in told()] == [
        ("membership_stated", person.pk, town.label),
        ("membership_confirmed", office.pk, about),
        ("membership_refused", office.pk, about),
    ]


def test_second_factor_reset() -> None:
    person, office = StaffFactory(), StaffFactory(superuser=True)

    access.reset_second_factors([person], by=office, reason="x")

    assert told() == [("factor_reset", office.pk, f"Konto {person.pk}", {"account": person.pk, "reason": "x"})]


@pytest.mark.parametrize("verb", ["close", "confirm", "refuse", "reset", "join"])
def test_what_is_rolled_back_leaves_no_line_and_no_mail(verb: str) -> None:
    office, membership, town = StaffFactory(superuser=True), MembershipFactory(), MunicipalityFactory()
    person = membership.user

    def attempt() -> None:
        with transaction.atomic():
            {
                "close": lambda: actions.delete_account(person, by=person),
                "confirm": lambda: actions.confirm_membership(membership, by=office),
                "refuse": lambda: actions.refuse_membership(membership, by=office),
                "reset": lambda: access.reset_second_factors([person], by=office, reason="x"),
                "join": lambda: actions.join(person, municipality=town, department="Bauamt"),
            }[verb]()
            assert Trace.objects.exists()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        attempt()

    assert not Trace.objects.exists()
    assert not Email.objects.exists()
    assert not outbox.outbox


def test_admin_change_names_the_fields_and_no_text(client: Client) -> None:
    office, category = StaffFactory(superuser=True), NewsCategoryFactory(name="Alt")
    show_factor(client, office)

    client.post(
        reverse("admin:portal_newscategory_change", args=[category.pk]),
        {"name": "Neu Geheim", "slug": category.slug, "position": category.position + 1},
    )

    detail = {"model": "portal.newscategory", "key": str(category.pk), "fields": ["Name", "Reihenfolge"]}
    assert told() == [("admin_changed", office.pk, f"Rubrik {category.pk}", detail)]


def test_admin_addition_leaves_a_line(client: Client) -> None:
    office = StaffFactory(superuser=True)
    show_factor(client, office)

    client.post(
        reverse("admin:accounts_user_add"),
        {"name": "Neu", "email": "neu@land.example"},
    )

    person = User.objects.get(email="neu@land.example")
    assert [line[:3] for line in told()] == [("admin_added", office.pk, f"Person {person.pk}")]


def test_admin_deletion_leaves_a_line(client: Client) -> None:
    office, category = StaffFactory(superuser=True), NewsCategoryFactory()
    show_factor(client, office)

    client.post(reverse("admin:portal_newscategory_delete", args=[category.pk]), {"post": "yes"})

    assert [line[:3] for line in told()] == [("admin_deleted", office.pk, f"Rubrik {category.pk}")]


def test_admin_deletion_of_many_takes_the_queries_of_two(client: Client) -> None:
    show_factor(client, StaffFactory(superuser=True))
    asked = []
    for count in (1, 2, 20):
        keys = [row.pk for row in SubscriberFactory.create_batch(count)]
        form = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
        with CaptureQueriesContext(connection) as queries:
            client.post(reverse("admin:portal_subscriber_changelist"), form)
        asked.append(len(queries))

    assert asked[1] == asked[2]
    assert Trace.objects.filter(verb="admin_deleted").count() == 23
    assert not Subscriber.objects.exists()


def test_every_page_of_the_admin_leaves_lines() -> None:
    assert admin.site._registry
    assert all(isinstance(page, Traced) for page in admin.site._registry.values())
