"""The first Administration: made once, without a password, and let in by a link that works once."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from accounts.appointing import appoint_first, let_in
from accounts.models import User
from landespreis.models import Trace
from landespreis.refusal import Refused
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
ADDRESS = "arne.peukert@administration.example"


def link() -> str:
    """Return the path of the link in the first mail."""
    found = re.search(r"https?://[^/]+(/\S+)", Email.objects.order_by("pk")[0].message)
    assert found
    return found[1]


def test_appoint_first_owes_the_only_copy_of_the_link() -> None:
    user = appoint_first(ADDRESS)

    assert (user.is_superuser, user.is_staff, user.has_usable_password()) == (True, True, False)
    assert Email.objects.get().to == [ADDRESS]
    assert "3 Tage" in Email.objects.get().message
    trace = Trace.objects.get()
    assert (trace.verb, trace.by, trace.detail) == (
        Trace.Verb.SIGNED_UP,
        None,
        {"account": user.pk, "role": "Administration"},
    )


def test_appoint_first_rolled_back_leaves_nothing() -> None:
    with transaction.atomic():
        appoint_first(ADDRESS)
        transaction.set_rollback(True)

    assert (User.objects.count(), Email.objects.count(), Trace.objects.count()) == (0, 0, 0)


def test_appoint_first_with_an_administration_is_refused() -> None:
    UserFactory(is_superuser=True)

    with pytest.raises(Refused, match="schon eine Administration"):
        appoint_first(ADDRESS)

    assert User.objects.count() == 1


def test_appoint_first_goes_by_administrations_that_can_act() -> None:
    UserFactory(is_superuser=True, is_active=False)

    user = appoint_first(ADDRESS)

    assert user.is_superuser


def test_appoint_first_does_not_raise_an_account_that_is_there() -> None:
    UserFactory(email=ADDRESS)

    with pytest.raises(Refused, match="schon ein Konto ohne diese Rolle"):
        appoint_first(ADDRESS.upper())

    assert not User.objects.get().is_superuser


def test_let_in_resets_the_second_factor_of_an_administration_that_lost_it() -> None:
    locked_out = UserFactory(email=ADDRESS, is_superuser=True, is_staff=True)
    assert Authenticator.objects.filter(user=locked_out).exists()

    call_command("appoint_administration", ADDRESS.upper(), reason="Telefon und Notfallcodes verloren")

    assert not Authenticator.objects.exists()
    assert Email.objects.get().to == [ADDRESS]
    trace = Trace.objects.get()
    assert (trace.verb, trace.by) == (Trace.Verb.FACTOR_RESET, None)
    assert trace.detail == {"account": locked_out.pk, "reason": "Telefon und Notfallcodes verloren"}


def test_let_in_makes_a_further_administration_where_the_only_one_has_left() -> None:
    UserFactory(is_superuser=True)

    user = let_in(ADDRESS, reason="Ausgeschieden")

    assert (user.is_superuser, user.has_usable_password()) == (True, False)
    assert link()
    assert Trace.objects.get().detail["reason"] == "Ausgeschieden"


def test_let_in_asks_for_a_reason_and_raises_no_account_that_is_there() -> None:
    UserFactory(email=ADDRESS)

    with pytest.raises(Refused, match="Grund"):
        let_in("neu@administration.example", reason=" ")
    with pytest.raises(Refused, match="schon ein Konto ohne diese Rolle"):
        let_in(ADDRESS, reason="Ausgeschieden")

    assert not User.objects.get().is_superuser


def test_appoint_administration_names_what_is_wrong() -> None:
    with pytest.raises(CommandError, match=r"^niemand: "):
        call_command("appoint_administration", "niemand")


def test_link_sets_the_password_once_and_the_admin_asks_for_a_second_factor(client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "landespreis.mail.OwedMailBackend"
    user = appoint_first(ADDRESS)
    form = client.get(link(), follow=True)

    client.post(form.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})
    again = Client().get(link(), follow=True)
    client.post(reverse("account_login"), {"login": ADDRESS, "password": PASSWORD})
    code = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", Email.objects.order_by("-pk")[0].message, re.MULTILINE)
    assert code
    client.post(reverse("account_email_verification_sent"), {"code": code[1]})
    admin = client.get("/admin/", follow=True)

    user.refresh_from_db()
    assert user.has_usable_password()
    assert "Dieser Link gilt nicht mehr" in again.content.decode()
    assert admin.request["PATH_INFO"] == reverse("mfa_index")
