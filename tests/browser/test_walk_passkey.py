"""A passkey: set one up, log out, come back with it, take it away; on Chromium's virtual authenticator."""

import re

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from submissions.models import Round
from tests.accounts.factories import PASSWORD, UserFactory
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

EMAIL = "joris.vandenberg@kleve.example"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_walk_with_a_passkey(visit: Visit, round: Round) -> None:
    user = UserFactory(email=EMAIL, name="Joris van den Berg")
    joris = visit()
    device = joris.context.new_cdp_session(joris.page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})

    joris.log_in(EMAIL, PASSWORD)
    joris.go("/konto/2fa/")
    joris.follow("Passkey einrichten")
    joris.meet("Zugang bestätigen")
    joris.write("Passwort", PASSWORD)
    joris.press("Bestätigen")
    joris.meet("Passkey hinzufügen")
    joris.write("Name des Schlüssels", "Dienstlaptop")
    joris.choose("Auch ohne Passwort anmelden")
    joris.press("Passkey hinzufügen")
    joris.meet("Notfallcodes")
    joris.go("/konto/logout/")
    joris.meet("abmelden")
    joris.press("Abmelden")
    joris.go("/konto/login/")
    joris.press("Mit Passkey anmelden")
    joris.meet("Meine Einreichungen")
    joris.go("/konto/2fa/webauthn/")
    joris.meet("Passkeys und Sicherheitsschlüssel")
    joris.reads("zuletzt benutzt am")
    joris.follow(re.compile("Umbenennen"))
    joris.meet("Zugang bestätigen")
    joris.follow("Passkey verwenden")
    joris.meet("Zugang bestätigen")
    joris.press("Passkey verwenden")
    joris.meet("Passkey umbenennen")
    joris.go("/konto/2fa/webauthn/")
    joris.follow(re.compile("Entfernen"))
    joris.meet("Passkey entfernen?")
    joris.press("Passkey entfernen")
    expect(joris.page.get_by_text("Dienstlaptop", exact=True)).to_have_count(0)

    assert not Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists()
