"""Verbs on receipts: render one that is owed, all that wait, and send one again."""

import logging
from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from landespreis import clock, drift, files, mail
from landespreis.refusal import NotAllowed, Refused
from submissions import permissions, workflow
from submissions import receipt as receipts
from submissions.actions import gate
from submissions.models import Event, Receipt, Submission, Version

log = logging.getLogger(__name__)


def fulfil(receipt: Receipt) -> bool:
    """Render an owed receipt, keep the PDF and owe the mail; return whether this call did it.

    The claim is a conditional UPDATE, so of several workers one renders. PDF path, mail and the mark that it is done
    are written in one transaction: a worker that dies before leaves the receipt owed, one that dies after has sent it
    on its way. On the clock that all hosts share, which no demo shifts.
    """
    claim = drift.now()
    if not Receipt.objects.free().filter(pk=receipt.pk).update(claimed_at=claim, attempts=F("attempts") + 1):
        return False
    receipt = Receipt.objects.select_related("version__submission__round", "version__submitted_by").get(pk=receipt.pk)
    try:
        return _fulfil(receipt, claim)
    except Exception as error:  # whatever it is: it stays owed, shows in the admin, and a later sweep tries again
        log.exception("receipt %s not fulfilled", receipt.pk)
        Receipt.objects.filter(pk=receipt.pk, claimed_at=claim).update(error=f"{type(error).__name__}: {error}")
        return False


def _fulfil(receipt: Receipt, claim: datetime) -> bool:
    version = receipt.version
    content = receipts.render(version)
    path = files.store(f"bestaetigungen/{version.submission_id}/{version.number}-{uuid4().hex}.pdf", [content])
    done = False
    try:
        with transaction.atomic():
            mine = Receipt.objects.owed().filter(pk=receipt.pk, claimed_at=claim)
            if mine.update(rendered_at=timezone.now(), file=path, size=len(content), error=""):
                _owe_mail(receipt, content, receipt.recipients)
                done = True
    finally:
        if not done:
            default_storage.delete(path)
    return done


@transaction.atomic
def send_again(version: Version, *, to: Iterable[str], reason: str, by: User) -> list[str]:
    """Owe the mail of a receipt once more, with the same PDF, to people who work on the entry now; return to whom.

    Journals with the addresses. Raises NotAllowed, Refused for an address of nobody of them or a receipt that is not
    rendered yet, and Unavailable when the storage does not hand out the PDF.
    """
    entry = gate.lock(version.submission)
    if not permissions.may_help(by):
        raise NotAllowed("Eine Eingangsbestätigung verschickt nur die Geschäftsstelle noch einmal.")
    if not reason.strip():
        raise Refused("Bitte nennen Sie den Grund.")
    chosen = [address for address in gate.addresses(entry) if address in set(to)]
    if not chosen or set(to) - set(chosen):
        raise Refused("Verschicken lässt sie sich nur an Personen, die jetzt an der Einreichung mitwirken.")
    receipt = Receipt.objects.select_related("version__submission__round").get(version=version)
    if not receipt.rendered_at:
        raise Refused("Die Eingangsbestätigung wird noch erstellt. Sie geht von selbst hinaus, sobald sie fertig ist.")
    _owe_mail(receipt, files.read(receipt.file), chosen)
    gate.record(
        entry,
        Event.Verb.RECEIPT_SENT,
        at=clock.now(),
        by=by,
        version=version,
        email=", ".join(chosen),
        reason=reason.strip(),
    )
    return chosen


def _owe_mail(receipt: Receipt, content: bytes, to: Iterable[str]) -> None:
    document, entry = receipt.version.payload, receipt.version.submission
    stands = entry.status == Submission.Status.SUBMITTED and entry.formal_check not in workflow.ANSWERED
    mail.owe(
        "receipt",
        to,
        {
            "number": document["number"],
            "version": receipt.version.number,
            "title": document["title"],
            "at": receipt.version.submitted_at,
            "counts": stands and entry.current_id == receipt.version_id,
            "until": entry.deadline if workflow.is_open(entry, clock.now()) else None,
            "sha256": receipt.version.sha256,
            "path": receipt.version.get_absolute_url(),
        },
        attachments=[mail.Attached(receipt.filename, content, "application/pdf")],
    )


def fulfil_all(limit: int = 100) -> int:
    """Fulfil what is owed and nobody works on, oldest first; return how many this call did."""
    waiting = Receipt.objects.free().order_by("owed_at")[:limit]
    return sum(fulfil(receipt) for receipt in waiting)
