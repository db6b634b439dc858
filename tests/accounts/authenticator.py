"""The authenticator app of a test: its codes, and never one that ends before it can be typed."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.accounts.factories import TOTP_SECRET

SECONDS = 30
"""How long the app shows a code; the portal takes no other (MFA_TOTP_TOLERANCE is 0)."""


def code(secret: str = TOTP_SECRET, *, room: float = 3) -> str:
    """Return what the app shows, after the next change where less than `room` seconds are left to use it.

    Nobody types a code that is about to end; a test that did would fail as often as its request is slow.
    """
    while SECONDS - time.time() % SECONDS < room:
        time.sleep(0.05)
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // SECONDS)))
