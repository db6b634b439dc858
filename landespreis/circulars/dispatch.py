"""Turns released messages into owed mails, some at a time, each exactly once, whatever dies in between.

A part is one transaction: it locks the message by a conditional UPDATE, owes the mails and notes that on the rows of
their recipients. If it does not commit, nothing of it happened; what it owes is sent by `landespreis/mail.py`.
"""

import logging

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from landespreis import audiences, clock, mail
from landespreis.circulars import letters, placeholders
from landespreis.models import Circular, CircularRecipient

log = logging.getLogger(__name__)

PART = 50
Status = Circular.Status


def send(part: int = PART) -> int:
    """Owe every mail of released messages; return how many that were. Any number of workers may do this at once."""
    owed = 0
    for pk in Circular.objects.filter(status=Status.SENDING).order_by("released_at", "pk").values_list("pk", flat=True):
        try:
            while (taken := _part(pk, part)) is not None:
                owed += taken
        except Exception:  # one message that cannot be written must not keep the others; the sweep tries it again
            log.exception("message %s is not on its way", pk)
    return owed


@transaction.atomic
def _part(pk: int, size: int) -> int | None:
    """Owe the next mails of a message; return how many, or None when nothing is left or somebody cancelled it."""
    if not Circular.objects.filter(pk=pk, status=Status.SENDING).update(claimed_at=timezone.now()):
        return None
    circular = Circular.objects.get(pk=pk)
    waiting = circular.recipients.waiting().select_related("user").select_for_update(of=("self",))
    rows = list(waiting.order_by("pk")[:size])
    if not rows:
        Circular.objects.filter(pk=pk).update(status=Status.SENT, finished_at=clock.now())
        return None
    able = [row for row in rows if row.user is None or row.user.is_active]
    kind = audiences.kinds().get(circular.kind, audiences.GENERAL)
    mails = mail.owe_all([(row.address, letters.said(circular, row.values, kind)) for row in able], about=able)
    _tell(circular, able)
    for row, owed in zip(able, mails, strict=True):
        row.mail = owed
    for row in rows:
        row.settled_at, row.values = clock.now(), {}
    CircularRecipient.objects.bulk_update(rows, ["mail", "settled_at", "values"])
    Circular.objects.filter(pk=pk).update(done=F("done") + len(rows))
    return len(able)


def _tell(circular: Circular, rows: list[CircularRecipient]) -> None:
    """Let the journals of the rows it is about tell of it, once for each row."""
    abouts = {row.about: row.values for row in reversed(rows) if row.about}
    told = circular.recipients.filter(about__in=abouts, mail__isnull=False)
    for about in set(told.values_list("about", flat=True)):
        del abouts[about]
    subjects = {about: placeholders.fill(circular.subject, values) for about, values in abouts.items()}
    audiences.written(subjects, by_id=circular.released_by_id, at=clock.now())
