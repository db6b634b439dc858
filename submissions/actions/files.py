"""Verbs on the files of an entry: add, describe an image, remove, and what the scanner found."""

import logging
import time
import uuid
from pathlib import PurePosixPath
from typing import IO

from django.db import transaction
from django.db.models import F

from accounts.models import User
from landespreis import clock, files, inspection, mail, queue, scanner, wording
from landespreis.refusal import Refused
from submissions import permissions, workflow
from submissions.actions import gate
from submissions.models import Attachment, Event, Submission

log = logging.getLogger(__name__)
Kind = Attachment.Kind

SWEEP_SECONDS = 60.0
"""How long one sweep begins with further files: a scanner that hangs takes its whole timeout for each."""


def add(
    entry: Submission,
    upload: IO[bytes],
    *,
    name: str,
    size: int,
    kind: str,
    by: User,
    alt: str = "",
    rights: str = "",
    replaces: Attachment | None = None,
) -> Attachment:
    """Examine and keep an uploaded file of `size` bytes; with `replaces`, put it in another file's place.

    The bytes are stored before the transaction and outside any lock; if the row cannot be written they are deleted
    again. Where a scanner is configured the file waits for its verdict. Journals.
    Raises Rejected (content), Refused (size, count), Unavailable (storage), NotAllowed, TooLate.
    """
    gate.require(entry, by=by, may=permissions.may_edit)
    limit = entry.round.max_file_bytes
    if size > limit:
        raise Refused(
            f"Die Datei ist mit {wording.filesize(size)} zu groß. Erlaubt sind {entry.round.max_file_megabytes} MB. "
            "Verkleinern Sie sie, zum Beispiel mit einer geringeren Bildauflösung, und laden Sie sie noch einmal hoch.",
            title="Die Datei ist zu groß",
        )
    examined = inspection.examine(upload, inspection.Kind.IMAGE if kind == Kind.IMAGE else inspection.Kind.PDF)
    key = uuid.uuid4()
    path = files.store(f"einreichungen/{entry.pk}/{key}.{examined.extension}", [examined.content])
    with files.kept_with_row([path]):
        return _keep(
            entry,
            by,
            replaces,
            id=key,
            kind=kind,
            name=_named(name, examined.extension),
            file=path,
            mimetype=examined.mimetype,
            size=examined.size,
            sha256=examined.sha256,
            width=examined.width,
            height=examined.height,
            pages=examined.pages,
            alt=alt,
            rights=rights,
        )


def _named(raw: str, extension: str) -> str:
    """Return the display name with the extension that fits the content, whatever the name claimed."""
    name = files.clean_name(raw)
    same = {"jpg": {"jpg", "jpeg"}}.get(extension, {extension})
    if PurePosixPath(name).suffix.lstrip(".").lower() in same:
        return name
    return f"{name}.{extension}"


@transaction.atomic
def _keep(entry: Submission, by: User, replaces: Attachment | None, **fields: object) -> Attachment:
    entry, now = gate.enter(entry, by=by, may=permissions.may_edit, act=workflow.Act.WRITE)
    gone = entry.attachments.present().filter(pk=replaces.pk).update(removed_at=now) if replaces else 0
    if entry.attachments.present().exclude(scan=Attachment.Scan.INFECTED).count() >= entry.round.max_files:
        raise Refused(
            f"Es sind schon {entry.round.max_files} Dateien da, mehr sind nicht vorgesehen. Löschen Sie zuerst eine."
        )
    scan = Attachment.Scan.PENDING if scanner.enabled() else Attachment.Scan.CLEAN
    attachment = Attachment.objects.create(submission=entry, scan=scan, uploaded_at=now, uploaded_by=by, **fields)
    gate.touch(entry, "dateien", at=now, by=by)
    gate.record(
        entry,
        Event.Verb.FILE_ADDED,
        at=now,
        by=by,
        file=str(attachment.pk),
        name=attachment.name,
        sha256=attachment.sha256,
        replaces=str(replaces.pk) if replaces and gone else None,
    )
    if scan == Attachment.Scan.PENDING:
        queue.nudge("submissions.tasks.scan_file", str(attachment.pk))
    return attachment


@transaction.atomic
def describe(attachment: Attachment, *, alt: str, rights: str, by: User) -> Attachment:
    """Set the alternative text and the rights of an image.

    Journals. Raises NotAllowed, TooLate, Refused when somebody has removed it meanwhile.
    """
    entry, now = gate.enter(attachment.submission, by=by, may=permissions.may_edit, act=workflow.Act.WRITE)
    present = entry.attachments.present().filter(pk=attachment.pk).first()
    if present is None:
        raise Refused(f"{attachment.name} wurde inzwischen gelöscht.")
    attachment = present
    attachment.alt, attachment.rights = alt, rights
    attachment.save(update_fields=["alt", "rights"])
    gate.touch(entry, "dateien", at=now, by=by)
    gate.record(
        entry,
        Event.Verb.FILE_DESCRIBED,
        at=now,
        by=by,
        file=str(attachment.pk),
        alt=alt,
        rights=rights,
    )
    return attachment


@transaction.atomic
def remove(attachment: Attachment, *, by: User) -> None:
    """Take a file off the draft; the row and its bytes stay for the versions that name them.

    Removing one that is gone changes nothing. Journals. Raises NotAllowed, TooLate.
    """
    entry, now = gate.enter(attachment.submission, by=by, may=permissions.may_edit, act=workflow.Act.WRITE)
    if entry.attachments.present().filter(pk=attachment.pk).update(removed_at=now):
        gate.touch(entry, "dateien", at=now, by=by)
        gate.record(
            entry,
            Event.Verb.FILE_REMOVED,
            at=now,
            by=by,
            file=str(attachment.pk),
            name=attachment.name,
        )


def scan(attachment: Attachment) -> str:
    """Ask the scanner about a waiting file and write down what it says; return the file's scan state.

    An unreachable scanner leaves the file waiting. For an infected one the journal and a mail to the people of the
    entry are written with the verdict. The bytes stay; nobody can download them.
    """
    try:
        return _scan(attachment)
    except scanner.NotThere as error:
        log.warning("file %s not scanned: %s", attachment.pk, error)
        return Attachment.Scan.PENDING


def scan_waiting() -> None:
    """Scan the files that wait: first those never tried, then those tried longest ago.

    A file without a verdict holds up no other. Ends where no scanner is there, and after `SWEEP_SECONDS`; the next
    sweep begins with what is left.
    """
    ends = time.monotonic() + SWEEP_SECONDS
    waiting = Attachment.objects.unscanned().select_related("submission", "uploaded_by")
    for attachment in waiting.order_by(F("tried_at").asc(nulls_first=True), "uploaded_at")[:200]:
        try:
            _scan(attachment)
        except scanner.NotThere as error:
            log.warning("no file scanned: %s", error)
            return
        if time.monotonic() > ends:
            return


def _scan(attachment: Attachment) -> str:
    """Scan a waiting file; one that gets no verdict notes when it was tried. Raises NotThere."""
    try:
        with attachment.file.open("rb") as stream:
            verdict = scanner.scan(stream)
    except scanner.NotThere:
        raise
    except (scanner.Unreachable, Refused, FileNotFoundError) as error:
        log.warning("file %s not scanned: %s", attachment.pk, error)
        Attachment.objects.filter(pk=attachment.pk).update(tried_at=clock.now())
        return Attachment.Scan.PENDING
    waiting = Attachment.objects.filter(pk=attachment.pk, scan=Attachment.Scan.PENDING)
    if verdict.clean:
        waiting.update(scan=Attachment.Scan.CLEAN)
        return Attachment.Scan.CLEAN
    with transaction.atomic():
        entry = gate.lock(attachment.submission)  # before the file, like whoever removes it
        if waiting.update(scan=Attachment.Scan.INFECTED, finding=(verdict.signature or "")[:200]):
            gate.record(
                entry,
                Event.Verb.FILE_REJECTED,
                at=clock.now(),
                by=None,
                file=str(attachment.pk),
                name=attachment.name,
                finding=verdict.signature,
            )
            mail.owe(
                "file_rejected",
                gate.addresses(entry, attachment.uploaded_by),
                {
                    "number": entry.label,
                    "title": entry.heading,
                    "name": attachment.name,
                    "path": entry.get_absolute_url() + "dateien/",
                },
            )
    return Attachment.Scan.INFECTED
