"""Carrying a released run out: subject by subject, each in a transaction of its own, as often as it takes.

Whatever dies in between, the next sweep goes on: what is done is marked in the transaction that did it, and files are
deleted after that commit, from a list that was written in it.
"""

import hashlib
import json
import logging
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q

from landespreis import clock, journal
from landespreis.models import RetentionFigures, RetentionHold, RetentionItem, RetentionRun
from landespreis.records import parts, purge
from landespreis.records.parts import Lot
from landespreis.refusal import Refused, Unavailable

log = logging.getLogger(__name__)

State, Status = RetentionItem.State, RetentionRun.Status
ATTEMPTS = 3
PACKAGE_STAYS = timedelta(days=30)
"""How long our copy of the archive's package is kept after the run: assumption, time to ask for it once more."""
SOME = 500
"""How many rows one statement names; databases have a limit."""


def carry_out(run: RetentionRun, limit: int | None = None) -> int:
    """Delete or blank the next `limit` subjects of a released run; return how many this call did.

    Safe for any number of workers at once. Raises Refused, having done nothing, when the package is not the one that
    was released or lacks a subject, and Unavailable when the storage fails in between: what is left still waits then.
    """
    run = RetentionRun.objects.get(pk=run.pk)
    if run.status != Status.RELEASED:
        return 0
    _require_package(run)
    if not _start(run):
        return 0
    waiting = run.items.filter(state=State.PENDING).order_by("attempts", "pk").values_list("pk", flat=True)
    done = sum(_try(run, pk) for pk in list(waiting[:limit]))
    _delete_files(run)
    _finish(run)
    return done


def carry_out_all() -> None:
    """Go on with every released run; what stands in the way of one is logged and stands at it, and keeps no other."""
    for run in RetentionRun.objects.filter(status=Status.RELEASED).order_by("released_at"):
        try:
            carry_out(run)
        except Refused as refusal:
            log.error("retention run %s: %s", run.pk, refusal)
            run.items.filter(state=State.PENDING).update(error=refusal.message[:500])
        except Exception as error:
            log.exception("retention run %s", run.pk)
            run.items.filter(state=State.PENDING).update(error=f"{type(error).__name__}: {error}"[:500])
    lying = RetentionItem.objects.filter(~Q(files=[]), state=State.DONE)
    for run in RetentionRun.objects.filter(status=Status.DONE, pk__in=lying.values("run")):
        _delete_files(run)


def forget_packages() -> int:
    """Delete our copies of packages some time after their runs: what the archive has is not ours any more."""
    done = RetentionRun.objects.filter(status=Status.DONE, done_at__lt=clock.now() - PACKAGE_STAYS).exclude(package="")
    gone = 0
    for run in done:
        if _deleted(str(run.package.name)):
            gone += RetentionRun.objects.filter(pk=run.pk).update(package="")
    return gone


def obstacle(run: RetentionRun) -> str:
    """Return why the package does not allow the run, or nothing."""
    if not run.is_archived:
        return ""
    path = run.package.name
    if not path or not default_storage.exists(path):
        return "Das Archivpaket fehlt im Dateispeicher."
    if _sha256(path) != run.package_sha256:
        return "Das Archivpaket ist nicht das, was freigegeben wurde: Seine Prüfsumme stimmt nicht."
    packed = _packed(path)
    lacking = [item.label for item in run.items.filter(state=State.PENDING) if packed.get(item.subject) != item.digest]
    return f"Im Archivpaket fehlt: {', '.join(lacking[:10])}." if lacking else ""


def _require_package(run: RetentionRun) -> None:
    if why := obstacle(run):
        rest = "Der Rest bleibt, bis das Paket aus der Sicherung zurückgeholt ist."
        nothing = (
            "Es wurde nichts gelöscht. Verwerfen Sie die Aussonderung und schlagen Sie sie neu vor, oder lassen Sie "
            "das Paket aus der Sicherung zurückholen."
        )
        raise Refused(f"{why} {rest if run.started_at else nothing}")


def _sha256(path: str) -> str:
    digest = hashlib.sha256()
    for chunk in parts.stored_chunks(path) or ():
        digest.update(chunk)
    return digest.hexdigest()


def _packed(path: str) -> dict[str, str]:
    """Return the subjects in a package with the checksums of what they had, as its manifest says."""
    try:
        with default_storage.open(path, "rb") as file, zipfile.ZipFile(file) as package:
            manifest: dict[str, Any] = json.loads(package.read("manifest.json"))
    except (zipfile.BadZipFile, KeyError, ValueError):
        return {}
    return {row["key"]: row["digest"] for row in manifest.get("subjects", [])}


@transaction.atomic
def _start(run: RetentionRun) -> bool:
    """Write the figures down that stay, once, before anything goes; return whether nobody has discarded the run."""
    released = RetentionRun.objects.filter(pk=run.pk, status=Status.RELEASED)
    if not released.filter(started_at=None).update(started_at=clock.now()):
        return released.exists()
    subjects = list(run.items.filter(state=State.PENDING).values_list("subject", flat=True))
    for category, numbers in parts.figures(run.kind, subjects).items():
        RetentionFigures.objects.create(run=run, category=category, figures=numbers)
    journal.note(journal.Verb.RETENTION_STARTED, by=None, about=str(run), run=run.pk, parts=len(subjects))
    return True


def _try(run: RetentionRun, pk: int) -> bool:
    try:
        return _carry_out(run, pk)
    except Unavailable:
        raise  # it would be the same with the others, and says nothing about any of them
    except Refused as refusal:
        RetentionItem.objects.filter(pk=pk, state=State.PENDING).update(state=State.FAILED, error=refusal.message[:500])
    except Exception as error:  # whatever stands in the way of one must not keep the others
        log.exception("retention of %s failed", pk)
        row = RetentionItem.objects.filter(pk=pk, state=State.PENDING)
        row.update(attempts=F("attempts") + 1, error=f"{type(error).__name__}: {error}"[:500])
        row.filter(attempts__gte=ATTEMPTS).update(state=State.FAILED)
    return False


@transaction.atomic
def _carry_out(run: RetentionRun, pk: int) -> bool:
    """Let one subject go. The conditional UPDATE comes first: of two workers one finds it still pending."""
    if not RetentionItem.objects.filter(pk=pk, state=State.PENDING).update(state=State.DONE, done_at=clock.now()):
        return False
    item = RetentionItem.objects.get(pk=pk)
    if held := RetentionHold.objects.standing().filter(subject=item.subject).first():
        item.state, item.done_at, item.error = State.HELD, None, held.reason[:500]
        item.save(update_fields=["state", "done_at", "error"])
        return False
    lots = parts.lots(run.kind, [item.subject], run.before)
    found = parts.listed(lots)[item.subject]
    _require_listed(item, found)
    with purge.opened(sorted({lot.rows.model._meta.db_table for lot in lots if lot.is_kept}), run):
        counts = {lot.key: act() for lot, act in _acts(item, lots)}
    files = [file for lot in found for file in lot["files"]]  # one of several subjects goes with the first of them
    counts |= {parts.FILES: len(files), parts.BYTES: sum(file["size"] for file in files)}
    item.files, item.lots, item.error = [file["path"] for file in files], [], ""
    item.about = item.about if run.is_archived else ""  # of what is not archived, the name goes, too
    item.save(update_fields=["files", "lots", "error", "about"])
    _count(run, counts)
    journal.note(journal.Verb.RETENTION_ITEM, by=None, about=item.label, run=run.pk, counts=counts)
    return True


def _require_listed(item: RetentionItem, found: list[dict[str, Any]]) -> None:
    """Raise Refused when more would go than was released; what has gone since is no obstacle."""
    known = {lot["key"]: set(lot["ids"]) for lot in item.lots}
    more = [lot["label"] for lot in found if set(lot["ids"]) - known.get(lot["key"], set())]
    if more:
        raise Refused(
            f"Seit dem Vorschlag ist etwas hinzugekommen ({', '.join(more)}). Es bleibt; schlagen Sie es neu vor."
        )


def _acts(item: RetentionItem, lots: list[Lot]) -> Iterator[tuple[Lot, Callable[[], int]]]:
    """Yield how each lot goes; the rows are named first, because acts change what later queries would find."""
    listed = {lot["key"]: lot["ids"] for lot in item.lots}
    rows = [(lot, list(lot.rows.order_by().values_list("pk", flat=True))) for lot in lots]
    for lot, pks in rows:
        if pks and lot.key in listed:
            yield lot, lambda lot=lot, pks=pks: _go(lot, pks)  # type: ignore[misc]


def _go(lot: Lot, pks: list[Any]) -> int:
    if lot.act:
        lot.act(pks)
        return len(pks)
    model, gone = lot.rows.model, 0
    for start in range(0, len(pks), SOME):
        some = model._base_manager.filter(pk__in=pks[start : start + SOME])
        gone += some.delete()[1].get(model._meta.label, 0)
    return gone


def _count(run: RetentionRun, counts: dict[str, int]) -> None:
    """Add to what the run has taken; the run's row is locked, so workers count one after the other."""
    fresh = RetentionRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    fresh.counts = {key: fresh.counts.get(key, 0) + counts.get(key, 0) for key in {**fresh.counts, **counts}}
    fresh.save(update_fields=["counts"])


def _delete_files(run: RetentionRun) -> None:
    """Delete the files of rows that are gone; one the storage does not let go stays listed for the next sweep."""
    for item in run.items.filter(~Q(files=[]), state=State.DONE):
        left = [path for path in item.files if not _deleted(path)]
        RetentionItem.objects.filter(pk=item.pk).update(files=left)


def _deleted(path: str) -> bool:
    try:
        default_storage.delete(path)
    except Refused as refusal:
        log.error("file %s of a retention run is still there: %s", path, refusal)
        return False
    return True


@transaction.atomic
def _finish(run: RetentionRun) -> None:
    if run.items.filter(state=State.PENDING).exists():
        return
    if RetentionRun.objects.filter(pk=run.pk, status=Status.RELEASED).update(status=Status.DONE, done_at=clock.now()):
        fresh = RetentionRun.objects.get(pk=run.pk)
        failed = run.items.filter(state=State.FAILED).count()
        journal.note(
            journal.Verb.RETENTION_DONE, by=None, about=str(run), run=run.pk, counts=fresh.counts, failed=failed
        )
