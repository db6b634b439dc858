"""Verbs on owed receipts: render one, and render all that wait."""

import logging
from datetime import datetime

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from landespreis import files, mail
from submissions import receipt as receipts
from submissions.models import Receipt

log = logging.getLogger(__name__)


def fulfil(receipt: Receipt) -> bool:
    """Render an owed receipt, keep the PDF and owe the mail; return whether this call did it.

    The claim is a conditional UPDATE, so of several workers one renders. PDF path, mail and the mark that it is done
    are written in one transaction: a worker that dies before leaves the receipt owed, one that dies after has sent it
    on its way. Machine time, not the award's clock: transport is not part of the calendar.
    """
    claim = timezone.now()
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
    path = files.store(f"bestaetigungen/{version.submission_id}/{version.number}.pdf", [content])
    done = False
    try:
        with transaction.atomic():
            mine = Receipt.objects.owed().filter(pk=receipt.pk, claimed_at=claim)
            if mine.update(rendered_at=timezone.now(), file=path, size=len(content), error=""):
                _owe_mail(receipt, content)
                done = True
    finally:
        if not done:
            default_storage.delete(path)
    return done


def _owe_mail(receipt: Receipt, content: bytes) -> None:
    document = receipt.version.payload
    mail.owe(
        "receipt",
        receipt.recipients,
        {
            "number": document["number"],
            "version": receipt.version.number,
            "title": document["title"],
            "at": receipt.version.submitted_at,
            "deadline": receipt.version.submission.deadline,
            "sha256": receipt.version.sha256,
            "path": receipt.version.get_absolute_url(),
        },
        attachments=[mail.Attached(receipt.filename, content, "application/pdf")],
    )


def fulfil_all(limit: int = 100) -> int:
    """Fulfil what is owed and nobody works on, oldest first; return how many this call did."""
    waiting = Receipt.objects.free().order_by("owed_at")[:limit]
    return sum(fulfil(receipt) for receipt in waiting)
