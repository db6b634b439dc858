"""Verbs on files between the look at them and their storing: kept in private storage, for one person and one hour."""

import logging
import uuid
from datetime import timedelta

from django.core import signing
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from landespreis import files
from landespreis.refusal import Refused
from portal.actions.exchange.tables import Unusable

log = logging.getLogger(__name__)
FOLDER = "einfuhr"
LASTS = timedelta(hours=1)
SALT = "portal.actions.exchange.parking"
GONE = "Die Datei ist nicht mehr da. Laden Sie sie noch einmal hoch."


def park(content: bytes, *, by: User) -> str:
    """Keep a file and return the token that brings it back; files that nobody came back for are deleted."""
    sweep()
    name = files.store(f"{FOLDER}/{uuid.uuid4()}", [content])
    return signing.dumps([name, by.pk], salt=SALT)


def fetch(token: str, *, by: User) -> bytes:
    """Return the file, which stays. Raises Unusable for a token that is old, foreign or forged."""
    with default_storage.open(_name(token, by)) as file:
        content: bytes = file.read()
    return content


def release(token: str, *, by: User) -> None:
    _discard(_name(token, by))


def sweep() -> None:
    """Delete the files whose hour is over."""
    try:
        _, names = default_storage.listdir(FOLDER)
        for name in names:
            if default_storage.get_modified_time(f"{FOLDER}/{name}") < timezone.now() - LASTS:
                _discard(f"{FOLDER}/{name}")
    except (FileNotFoundError, Refused) as error:
        log.info("nothing is swept: %s", error)


def _name(token: str, by: User) -> str:
    try:
        name, owner = signing.loads(token, salt=SALT, max_age=LASTS)
    except signing.BadSignature as error:
        raise Unusable(GONE) from error
    if owner != by.pk or not default_storage.exists(name):
        raise Unusable(GONE)
    return str(name)


def _discard(name: str) -> None:
    try:
        default_storage.delete(name)
    except Refused:
        log.warning("left behind in storage: %s", name)
