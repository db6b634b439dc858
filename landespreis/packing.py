"""Verbs on parcels: owe one, pack what is owed, throw away what has expired."""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from landespreis import clock, drift, journal, parcels, queue
from landespreis.models import Parcel
from landespreis.package import Package
from landespreis.refusal import NotAllowed, Refused, Unavailable

log = logging.getLogger(__name__)

PACK = "landespreis.tasks.pack_parcel"
ATTEMPTS = 4
"""After so many a parcel is given up: whoever asked sees why, and can ask again."""
CHUNK = 1024 * 1024
NOT_YOURS = "Dieses Paket können Sie mit Ihrer Rolle nicht anfordern."
NOT_YOURS_NOW = "Dieses Paket können Sie mit Ihrer Rolle nicht mehr anfordern."
INTERRUPTED = "Das Packen wurde mehrmals unterbrochen."


class Lost(Exception):
    """Another worker has taken the parcel over, or it is owed no more."""


@dataclass
class Claim:
    """A worker's hold on an owed parcel. It ends by itself when the worker is silent for too long."""

    parcel: Parcel
    at: datetime = field(default_factory=drift.now)

    def renew(self, **values: Any) -> None:
        """Write `values` and hold on; raises Lost when somebody else holds the parcel by now."""
        now = drift.now()
        if not self.settle(claimed_at=now, **values):
            raise Lost
        self.at = now

    def settle(self, **values: Any) -> int:
        """Write `values` if the parcel is still owed and held; return 1 or 0."""
        return Parcel.objects.owed().filter(pk=self.parcel.pk, claimed_at=self.at).update(**values)

    def progress(self, done: int, total: int) -> None:
        """Note how many of how many parts are packed, and hold on."""
        self.renew(done=done, total=total)


@transaction.atomic
def owe(kind: str, *, title: str, params: Mapping[str, Any], by: AbstractBaseUser) -> Parcel:
    """Owe `by` a parcel of that kind, made of what `params` (JSON) names, and return it.

    Whoever asks again while it is not packed yet gets the same one. Raises NotAllowed.
    """
    if not may(kind, params, by):
        raise NotAllowed(NOT_YOURS)
    get_user_model().objects.select_for_update().get(pk=by.pk)  # two clicks at once: the second waits and finds it
    for parcel in Parcel.objects.owed().filter(kind=kind, asked_by_id=by.pk):
        if parcel.params == dict(params):
            return parcel
    parcel = Parcel.objects.create(kind=kind, title=title[:200], params=dict(params), asked_by_id=by.pk)
    journal.note(journal.Verb.EXPORTED, by=by, about=title, key=kind, form="zip", parcel=parcel.pk)
    queue.nudge(PACK, parcel.pk)
    return parcel


def may(kind: str, params: Mapping[str, Any], person: AbstractBaseUser) -> bool:
    """Whether the person may have such a parcel now."""
    builder = parcels.builders().get(kind)
    return builder is not None and isinstance(person, PermissionsMixin) and builder.may(person, dict(params))


def fulfil(parcel: Parcel) -> bool:
    """Pack an owed parcel and keep the file; return whether this call did it.

    The claim is a conditional UPDATE, so of several workers one packs; progress renews it. It is packed in a file
    without a name, which ends with its process, and the row names the stored file before there is one: a worker that
    dies leaves the parcel owed, and the next one or `expire` finds whatever it has stored. On the clock
    that all hosts share. What a builder refuses is refused for good; anything else is tried `ATTEMPTS` times.
    """
    claim = Claim(parcel)
    if not Parcel.objects.free().filter(pk=parcel.pk).update(claimed_at=claim.at, attempts=F("attempts") + 1, done=0):
        return False
    claim.parcel = Parcel.objects.select_related("asked_by").get(pk=parcel.pk)
    try:
        return _fulfil(claim)
    except Lost:
        return False
    except Exception as error:  # whatever it is: it stays owed, shows on its page, and a later sweep tries again
        log.log(_loudness(error), "parcel %s not packed", parcel.pk, exc_info=error)
        _note(claim, error)
        return False


def fulfil_all(limit: int = 20) -> int:
    """Pack what is owed and nobody works on, oldest first; return how many this call did."""
    return sum(fulfil(parcel) for parcel in Parcel.objects.free().order_by("asked_at", "pk")[:limit])


def expire() -> int:
    """Delete the files of parcels that have expired or were given up; return how many. The rows stay and tell of it.

    One that the storage does not let go is logged and waits for the next time; it holds up no other.
    """
    count = 0
    for pk, path in Parcel.objects.outlived().order_by("pk").values_list("pk", "file"):
        try:
            default_storage.delete(path)
        except Unavailable as error:
            log.error("file %s of an expired parcel is still there: %s", path, error)
            continue
        count += Parcel.objects.filter(pk=pk, file=path).update(file="")
    return count


def _fulfil(claim: Claim) -> bool:
    parcel = claim.parcel
    if left := parcel.file.name:
        default_storage.delete(left)  # of a worker that died between storing it and saying so
    if parcel.attempts > ATTEMPTS:
        raise Refused(INTERRUPTED)
    if not may(parcel.kind, parcel.params, parcel.asked_by):
        raise Refused(NOT_YOURS_NOW)
    with TemporaryFile(prefix="landespreis-") as file:
        with Package(file, title=parcel.title, kind=parcel.kind, made_at=clock.now()) as package:
            parcels.builders()[parcel.kind].build(parcel, package, claim.progress)
        path = f"pakete/{parcel.pk}-{uuid4().hex}.zip"
        claim.renew(file=path)
        return _keep(claim, file, path)


def _keep(claim: Claim, file: IO[bytes], path: str) -> bool:
    """Store the file and note that it is there; without that nothing is left of it."""
    size, sha256 = _measured(file)
    done = False
    try:
        default_storage.save(path, File(file, name=path))
        done = bool(
            claim.settle(
                finished_at=timezone.now(), expires_at=timezone.now() + timedelta(hours=settings.PARCEL_HOURS),
                size=size, sha256=sha256, error="", done=F("total"),
            )
        )  # fmt: skip
    finally:
        if not done:
            default_storage.delete(path)
    return done


def _measured(file: IO[bytes]) -> tuple[int, str]:
    """Return size and SHA-256, and leave the file at its beginning."""
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    file.seek(0)
    return size, digest.hexdigest()


def _loudness(error: Exception) -> int:
    return logging.INFO if _is_refusal(error) else logging.ERROR


def _is_refusal(error: Exception) -> bool:
    return isinstance(error, Refused) and not isinstance(error, Unavailable)


def _note(claim: Claim, error: Exception) -> None:
    said = error.message if isinstance(error, Refused) else f"{type(error).__name__}: {error}"
    over = _is_refusal(error) or claim.parcel.attempts >= ATTEMPTS
    claim.settle(error=said, failed_at=timezone.now() if over else None)
