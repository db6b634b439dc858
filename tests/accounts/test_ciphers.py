"""Secrets of second factors: a new SECRET_KEY takes them along, and without the former one nobody gets in by chance."""

import logging
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts import ciphers
from accounts.ciphers import Renewed
from accounts.models import User
from tests.accounts import authenticator
from tests.accounts.conftest import show_factor
from tests.accounts.factories import TOTP_SECRET, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    person: User = StaffFactory()
    codes = RecoveryCodes.activate(person)
    codes.validate_code(codes.generate_codes()[0])
    return person


def new_key(settings: Any, *, former: list[str]) -> None:
    settings.SECRET_KEY_FALLBACKS = former
    settings.SECRET_KEY = "another-" + "y" * 60


def factor(person: User, kind: Authenticator.Type) -> Authenticator:
    return Authenticator.objects.get(user=person, type=kind)


def test_former_key_reads_until_it_is_forgotten(settings: Any) -> None:
    old = ciphers.encrypt(TOTP_SECRET)

    new_key(settings, former=[settings.SECRET_KEY])

    assert ciphers.decrypt(old) == TOTP_SECRET


def test_renewed_factors_outlive_the_former_key(person: User, settings: Any) -> None:
    codes = RecoveryCodes(factor(person, Authenticator.Type.RECOVERY_CODES)).get_unused_codes()
    new_key(settings, former=[settings.SECRET_KEY])

    assert ciphers.renew() == Renewed(renewed=2)

    settings.SECRET_KEY_FALLBACKS = []
    assert TOTP(factor(person, Authenticator.Type.TOTP)).validate_code(authenticator.code())
    assert RecoveryCodes(factor(person, Authenticator.Type.RECOVERY_CODES)).get_unused_codes() == codes
    assert ciphers.renew() == Renewed()


def test_codes_brought_along_are_renewed(person: User, settings: Any) -> None:
    row = factor(person, Authenticator.Type.RECOVERY_CODES)
    row.data = {"migrated_codes": [ciphers.encrypt("11111111"), ciphers.encrypt("22222222")], "used_mask": 0}
    row.save()
    new_key(settings, former=[settings.SECRET_KEY])

    ciphers.renew()

    settings.SECRET_KEY_FALLBACKS = []
    row.refresh_from_db()
    assert RecoveryCodes(row).get_unused_codes() == ["11111111", "22222222"]


def test_what_no_key_reads_is_left_and_told(person: User, settings: Any) -> None:
    before = list(Authenticator.objects.order_by("pk").values_list("data", flat=True))
    new_key(settings, former=[])
    said = StringIO()

    call_command("renew_factors", stdout=said)

    assert "die kein bekannter Schlüssel liest: 2." in said.getvalue()
    assert list(Authenticator.objects.order_by("pk").values_list("data", flat=True)) == before


def test_what_no_key_reads_lets_nobody_in(person: User, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    right = authenticator.code()
    new_key(settings, former=[])

    with caplog.at_level(logging.ERROR):
        entered = [TOTP(factor(person, Authenticator.Type.TOTP)).validate_code(code) for code in (right, "000000", "")]

    assert entered == [False, False, False]
    assert "neither SECRET_KEY nor among its fallbacks" in caplog.text
    old = factor(person, Authenticator.Type.TOTP).data["secret"]
    assert len({ciphers.decrypt(old) for _ in range(5)}) == 5


@pytest.mark.parametrize("page", ["mfa_view_recovery_codes", "mfa_download_recovery_codes"])
def test_codes_that_no_key_reads_are_not_shown(person: User, client: Client, settings: Any, page: str) -> None:
    """As if they worked: whoever prints them stands outside one day."""
    new_key(settings, former=[])
    show_factor(client, person)

    answer = client.get(reverse(page), follow=True)

    assert answer.redirect_chain[0][0] == reverse("mfa_generate_recovery_codes")
    assert "Ihre bisherigen Notfallcodes gelten nicht mehr." in answer.content.decode()
