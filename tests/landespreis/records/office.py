"""What the tests of this folder share: people of the Geschäftsstelle, a world full of rows, a package made at once."""

import hashlib
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from post_office.models import STATUS, Email

from accounts.models import User
from landespreis import parcels
from landespreis.models import Parcel, RetentionRun
from landespreis.package import Package
from landespreis.records import executing, parts, runs
from landespreis.records.parts import Kind, Scope
from submissions.actions import receipts
from submissions.models import Round
from tests.accounts.factories import StaffFactory
from tests.conftest import MIDWAY
from tests.jury.worlds import World

At = Callable[[datetime], None]
YEARS = timedelta(days=366)


def person(role: str = "Geschäftsstelle") -> User:
    call_command("load_roles", verbosity=0)
    user: User = StaffFactory()
    user.groups.add(Group.objects.get(name=role))
    return User.objects.get(pk=user.pk)


def filled(round: Round, at: At) -> World:
    """Return a published round with entries, receipts, mails, sheets, dossiers, decisions and minutes, six years on."""
    at(MIDWAY)
    world = World(round, at, "published")
    send_everything()
    at(round.embargo_until + 6 * YEARS)
    return world


def kind_of(key: str) -> Kind:
    return parts.kinds()[key]


def scope_of(key: str, round: Round | None = None) -> Scope:
    scope = parts.scope_of(kind_of(key), round.key if round else "")
    assert scope
    return scope


def pack(run: RetentionRun) -> Parcel:
    """Do the worker's part: pack what the run owes, and keep it."""
    parcel = Parcel.objects.get(pk=run.parcel_id)
    with tempfile.TemporaryFile() as file:
        with Package(file, title=parcel.title) as package:
            parcels.builders()[parcel.kind].build(parcel, package, lambda done, total: None)
        file.seek(0)
        content = file.read()
        name = default_storage.save("pakete/paket.zip", File(file))
    parcel.file, parcel.size, parcel.sha256 = name, len(content), hashlib.sha256(content).hexdigest()
    parcel.finished_at, parcel.expires_at = timezone.now(), timezone.now() + timedelta(days=3)
    parcel.save()
    runs.take_packages()
    return parcel


def answered(run: RetentionRun, by: User) -> RetentionRun:
    """Take an archived run to the answer of the Landesarchiv."""
    pack(run)
    today = timezone.localdate()
    runs.offer(run, by=by, on=today)
    return runs.answer(run, by=by, answer=RetentionRun.Answer.DECLINED, on=today, reference="LAV 12/31")


def proposed(key: str, by: User, round: Round | None = None) -> RetentionRun:
    return runs.propose(kind_of(key), scope_of(key, round), by=by)


def released(key: str, by: User, other: User, round: Round | None = None) -> RetentionRun:
    run = proposed(key, by, round)
    if run.is_archived:
        answered(run, by)
    return runs.release(run, by=other)


def carried_out(key: str, by: User, other: User, round: Round | None = None) -> RetentionRun:
    run = released(key, by, other, round)
    executing.carry_out(run)
    return RetentionRun.objects.get(pk=run.pk)


def send_everything() -> None:
    """Do what the worker does for receipts and mail."""
    receipts.fulfil_all()
    Email.objects.update(status=STATUS.sent)


def closed(answer: Any) -> None:
    """Close what was streamed; closing the response would close the database too."""
    for close in answer._resource_closers:
        close()


def undone(verb: Callable[[], object]) -> None:
    """Run a verb in a transaction that is rolled back."""
    with suppress(_Back), transaction.atomic():
        verb()
        raise _Back


class _Back(Exception):
    pass
