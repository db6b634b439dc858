"""Secrets of second factors, unreadable in the database and its backups: SECRET_KEY writes, its predecessors read."""

import base64
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from accounts.models import User

log = logging.getLogger(__name__)

SALT = "accounts.adapter.MFAAdapter"
"""What is stored was written with it; it names nothing any more."""
SECRETS = ("secret", "seed", "migrated_codes")
"""What of a factor's data is encrypted: one text, or a list of them."""


@dataclass
class Renewed:
    """How many factors were encrypted anew, and how many no known key can read."""

    renewed: int = 0
    unreadable: int = 0


def encrypt(text: str) -> str:
    return _box().encrypt(text.encode()).decode()


def decrypt(encrypted: str) -> str:
    """Return the secret; where no known key reads it, one that no code ever fits, so nobody gets in by it."""
    try:
        return _box().decrypt(encrypted.encode()).decode()
    except InvalidToken:
        log.error("a second factor was encrypted with a key that is neither SECRET_KEY nor among its fallbacks")
        return base64.b32encode(secrets.token_bytes(20)).decode()


def are_codes_lost(user: User) -> bool:
    """Whether `user` has recovery codes that no known key reads."""
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return row is not None and not all(_reads(_box(), text) for text in _texts(row.data))


def renew() -> Renewed:
    """Encrypt with SECRET_KEY what only a former key reads, so that this may be forgotten.

    A factor is locked while it is written: somebody may be using up a recovery code.
    """
    found = Renewed()
    for row in Authenticator.objects.order_by("pk"):
        if all(_reads(Fernet(_key(settings.SECRET_KEY)), text) for text in _texts(row.data)):
            continue
        with transaction.atomic():
            fresh = Authenticator.objects.select_for_update().filter(pk=row.pk).first()
            if fresh is None:
                continue
            if not all(_reads(_box(), text) for text in _texts(fresh.data)):
                found.unreadable += 1
                continue
            fresh.data = fresh.data | {name: _rotated(fresh.data[name]) for name in SECRETS if name in fresh.data}
            fresh.save(update_fields=["data"])
            found.renewed += 1
    return found


def _texts(data: Mapping[str, Any]) -> list[str]:
    held = [data[name] for name in SECRETS if name in data]
    return [text for one in held for text in (one if isinstance(one, list) else [one])]


def _rotated(held: str | list[str]) -> str | list[str]:
    if isinstance(held, list):
        return [_box().rotate(text.encode()).decode() for text in held]
    return _box().rotate(held.encode()).decode()


def _reads(box: Fernet | MultiFernet, text: str) -> bool:
    try:
        box.decrypt(text.encode())
    except InvalidToken:
        return False
    return True


def _box() -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> bytes:
    digest = salted_hmac(SALT, "second factor", secret=secret, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest)
