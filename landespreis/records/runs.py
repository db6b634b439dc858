"""The verbs on a run until it is released: propose, pack, offer, answer, release, discard. Each writes the journal."""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import PermissionsMixin
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from landespreis import clock, files, journal, queue, wording
from landespreis.models import Parcel, RetentionHold, RetentionItem, RetentionRun
from landespreis.records import parts, periods, permissions, workflow
from landespreis.records.parts import Kind, Scope, Subject
from landespreis.records.permissions import account
from landespreis.records.workflow import Status, Step
from landespreis.refusal import NotAllowed, Refused

log = logging.getLogger(__name__)

PACK = "archivpaket"
"""The kind of parcel that a run's package is."""
TASK = "landespreis.tasks.carry_out_retention"
SOME = 50
"""Subjects that are looked through together; their mails are read whole."""
NOT_ALLOWED = "Aussonderungen führt die Geschäftsstelle."


@dataclass(frozen=True)
class Part:
    """A subject with everything that goes, or with the reason why it stays."""

    subject: Subject
    lots: list[dict[str, Any]]
    held: str = ""


def preview(kind: Kind, scope: Scope, before: datetime) -> Iterator[Part]:
    """Yield exactly what a run would take; the proposal writes down the same. As many queries for `SOME` as for one."""
    held = dict(RetentionHold.objects.standing().values_list("subject", "reason"))
    subjects = iter(kind.subjects(scope, before))
    while some := list(islice(subjects, SOME)):
        free = [subject.key for subject in some if subject.key not in held]
        lots = parts.listed(parts.lots(kind.key, free, before)) if free else {}
        for subject in some:
            if subject.key in held or subject.key in lots:
                yield Part(subject, lots.get(subject.key, []), held.get(subject.key, ""))


def propose(kind: Kind, scope: Scope, *, by: PermissionsMixin) -> RetentionRun:
    """Write down what would go; where the Landesarchiv is to be asked, its package is owed at once.

    Raises NotAllowed, or Refused before the date, with nothing to delete, and while a run of the same is under way.
    """
    if not permissions.may_propose(by):
        raise NotAllowed(NOT_ALLOWED)
    before = periods.require_due(kind, scope)
    try:
        with transaction.atomic():
            return _propose(kind, scope, before, by)
    except IntegrityError as error:
        raise Refused(f"Für „{kind.title}“ aus „{scope.name}“ läuft schon eine Aussonderung.") from error


def _propose(kind: Kind, scope: Scope, before: datetime, by: PermissionsMixin) -> RetentionRun:
    run = RetentionRun.objects.create(
        kind=kind.key, title=kind.title, scope=scope.key, scope_name=scope.name, is_archived=kind.is_archived,
        before=before, proposed_by_id=by.pk, proposed_at=clock.now(),
    )  # fmt: skip
    items = (_item(run, part) for part in preview(kind, scope, before))
    while some := list(islice(items, SOME)):
        RetentionItem.objects.bulk_create(some)
    if not run.items.exclude(state=RetentionItem.State.HELD).exists():
        raise Refused(f"Es gibt nichts zu löschen: „{kind.title}“ aus „{scope.name}“ ist leer oder zurückgehalten.")
    journal.note(journal.Verb.RETENTION_PROPOSED, by=account(by), about=str(run), run=run.pk, parts=run.items.count())
    if kind.is_archived:
        _owe_package(run, by)
    return run


def _item(run: RetentionRun, part: Part) -> RetentionItem:
    return RetentionItem(
        run=run, subject=part.subject.key, label=part.subject.label[:200], about=part.subject.about[:200],
        lots=part.lots, counts=parts.counts(part.lots), digest=parts.digest(part.lots), error=part.held[:500],
        state=RetentionItem.State.HELD if part.held else RetentionItem.State.PENDING,
    )  # fmt: skip


@transaction.atomic
def pack_again(run: RetentionRun, *, by: PermissionsMixin) -> RetentionRun:
    """Owe the package anew where `needs_package` says so. Raises NotAllowed, or Refused while it is being made."""
    fresh = _enter(run, Step.PACK, by)
    if not needs_package(fresh):
        raise Refused("Das Paket wird gerade erstellt.")
    _owe_package(fresh, by)
    return fresh


def needs_package(run: RetentionRun) -> bool:
    """Whether nobody makes the package any more: the worker gave it up, or it expired before it could be kept."""
    return run.parcel is None or run.parcel.state in {"failed", "expired"}


def take_package(run: RetentionRun) -> bool:
    """Keep the finished package with the run, for good; return whether this call did it. The worker's verb."""
    parcel = run.parcel
    if parcel is None or not parcel.finished_at or not parcel.file or not workflow.may(run, Step.PACK):
        return False
    chunks = parts.stored_chunks(parcel.file.name)
    if chunks is None:
        return False
    counted = _Counted(chunks)
    path = files.store(f"aussonderung/{run.pk}-{parcel.pk}-{uuid4().hex}.zip", counted)
    with files.kept_with_row([path]), transaction.atomic():
        mine = RetentionRun.objects.filter(pk=run.pk, status=Status.PROPOSED, parcel=parcel)
        taken = mine.update(
            status=Status.PACKED, package=path, package_size=counted.size, package_sha256=counted.sha256
        )
        if taken:
            about = {"run": run.pk, "sha256": counted.sha256, "size": counted.size}
            journal.note(journal.Verb.RETENTION_PACKED, by=None, about=str(run), **about)
    if not taken:
        files.discard(path)
    return bool(taken)


def take_packages() -> None:
    """Keep every package that is finished; one that cannot be kept is logged, and tried again the next time."""
    waiting = RetentionRun.objects.filter(status=Status.PROPOSED, parcel__finished_at__isnull=False)
    for run in waiting.select_related("parcel"):
        try:
            take_package(run)
        except Exception:  # what stands in the way of one must keep neither the others nor what is released
            log.exception("package of retention run %s not kept", run.pk)


@transaction.atomic
def offer(run: RetentionRun, *, by: PermissionsMixin, on: date) -> RetentionRun:
    """Write down when the package was offered to the Landesarchiv. Raises NotAllowed, Refused."""
    fresh = _enter(run, Step.OFFER, by)
    if on > timezone.localdate(clock.now()):
        raise Refused("Der Tag des Angebots liegt in der Zukunft.")
    fresh.status, fresh.offered_at = Status.OFFERED, on
    fresh.save(update_fields=["status", "offered_at"])
    journal.note(journal.Verb.RETENTION_OFFERED, by=account(by), about=str(fresh), run=fresh.pk, on=wording.iso(on))
    return fresh


@transaction.atomic
def answer(run: RetentionRun, *, by: PermissionsMixin, answer: str, on: date, reference: str) -> RetentionRun:
    """Write the answer of the Landesarchiv down. Raises NotAllowed, or Refused when a date cannot be."""
    fresh = _enter(run, Step.ANSWER, by)
    assert fresh.offered_at
    if not fresh.offered_at <= on <= timezone.localdate(clock.now()):
        raise Refused("Der Tag der Antwort liegt zwischen dem Angebot und heute.")
    silent = workflow.silent_from(fresh.offered_at)
    if answer == RetentionRun.Answer.SILENT and on < silent:
        raise Refused(f"Das Landesarchiv hat bis {wording.day(silent)} Zeit. Vorher gilt sein Schweigen nicht.")
    if answer != RetentionRun.Answer.SILENT and not reference.strip():
        raise Refused("Bitte nennen Sie das Aktenzeichen der Antwort.")
    fresh.status, fresh.answer, fresh.answered_at, fresh.reference = Status.ANSWERED, answer, on, reference.strip()
    fresh.save(update_fields=["status", "answer", "answered_at", "reference"])
    told = {"answer": answer, "on": wording.iso(on), "reference": reference.strip()}
    journal.note(journal.Verb.RETENTION_ANSWERED, by=account(by), about=str(fresh), run=fresh.pk, **told)
    return fresh


@transaction.atomic
def release(run: RetentionRun, *, by: PermissionsMixin) -> RetentionRun:
    """Release what was proposed: the worker begins to delete as soon as this commits.

    Raises NotAllowed for whoever proposed it, or Refused where a step is missing or the package is gone.
    """
    fresh = RetentionRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if fresh.proposed_by_id == by.pk:
        raise NotAllowed("Freigeben kann nur eine andere Person als die, die vorgeschlagen hat.")
    if not permissions.may_release(by, fresh):
        raise NotAllowed("Aussonderungen geben nur Personen mit diesem Recht frei.")
    workflow.require(fresh, Step.RELEASE)
    if fresh.is_archived and not (fresh.package and default_storage.exists(str(fresh.package.name))):
        raise Refused("Das Archivpaket fehlt. Verwerfen Sie die Aussonderung und schlagen Sie sie neu vor.")
    fresh.status, fresh.released_by_id, fresh.released_at = Status.RELEASED, by.pk, clock.now()
    fresh.save(update_fields=["status", "released_by", "released_at"])
    journal.note(
        journal.Verb.RETENTION_RELEASED, by=account(by), about=str(fresh), run=fresh.pk, sha256=fresh.package_sha256
    )
    queue.nudge(TASK)
    return fresh


@transaction.atomic
def discard(run: RetentionRun, *, by: PermissionsMixin, reason: str) -> RetentionRun:
    """Give a run up that is not released; what it had taken down goes with its package. Raises NotAllowed, Refused."""
    fresh = _enter(run, Step.DISCARD, by)
    if not reason.strip():
        raise Refused("Bitte nennen Sie den Grund.")
    path = fresh.package.name
    fresh.status, fresh.discarded_by_id, fresh.discarded_at = Status.DISCARDED, by.pk, clock.now()
    fresh.reason, fresh.package = reason.strip(), ""
    fresh.save(update_fields=["status", "discarded_by", "discarded_at", "reason", "package"])
    fresh.items.update(lots=[])
    if not fresh.is_archived:
        fresh.items.update(about="")
    if path:
        transaction.on_commit(lambda: default_storage.delete(path))
    journal.note(
        journal.Verb.RETENTION_DISCARDED, by=account(by), about=str(fresh), run=fresh.pk, reason=reason.strip()
    )
    return fresh


def _enter(run: RetentionRun, step: Step, by: PermissionsMixin) -> RetentionRun:
    """Lock the run and make sure that `by` may take `step` now."""
    if not permissions.may_propose(by):
        raise NotAllowed(NOT_ALLOWED)
    fresh = RetentionRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    workflow.require(fresh, step)
    return fresh


def _owe_package(run: RetentionRun, by: PermissionsMixin) -> None:
    """Let the worker pack it; the row alone is enough, the worker's sweep finds it."""
    run.parcel = Parcel.objects.create(kind=PACK, title=f"Archivpaket {run}", params={"run": run.pk}, asked_by_id=by.pk)
    run.save(update_fields=["parcel"])


class _Counted:
    """Bytes on their way, counted and hashed."""

    def __init__(self, chunks: Any) -> None:
        self.chunks, self.size, self._hash = chunks, 0, hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            self.size += len(chunk)
            self._hash.update(chunk)
            yield chunk

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()
