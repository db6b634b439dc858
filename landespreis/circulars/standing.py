"""How far the sending of a message is, and what became of the mail of each recipient."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from post_office.models import STATUS

from landespreis.models import Circular, CircularRecipient

LOGGED = 100
"""Recipients on a page of the log."""
SENT, OWED, FAILED = "verschickt", "wartet auf den Versand", "nicht zustellbar"
STATES = {STATUS.sent: SENT, STATUS.failed: FAILED, STATUS.queued: OWED, STATUS.requeued: "wird noch einmal versucht"}
Status = Circular.Status


@dataclass(frozen=True)
class Standing:
    """Counts of a released message; `owed` mails are in the outbox, `left` have not got there yet."""

    circular: Circular
    sent: int
    owed: int
    failed: int
    closed: int
    left: int

    @property
    def is_moving(self) -> bool:
        """Whether looking again makes sense."""
        return self.circular.status == Status.SENDING or self.owed > 0

    @property
    def may_cancel(self) -> bool:
        return self.circular.status == Status.SENDING or (self.circular.status == Status.SENT and self.owed > 0)

    @property
    def done(self) -> int:
        return self.sent + self.failed + self.closed

    @property
    def figures(self) -> list[tuple[str, int]]:
        """Return what stands on the page; what is none and rare is left out."""
        left = "nicht verschickt" if self.circular.status == Status.CANCELLED else "noch zu schreiben"
        rare = [(left, self.left), (FAILED, self.failed), ("Konto geschlossen", self.closed)]
        return [
            ("freigegeben für", self.circular.total),
            (SENT, self.sent),
            ("im Postausgang", self.owed),
            *((name, number) for name, number in rare if number),
        ]


def of(circular: Circular) -> Standing:
    """Return how far a message is, in one query."""
    mailed = Q(settled_at__isnull=False, mail__isnull=False)
    counts = circular.recipients.order_by().aggregate(
        left=Count("pk", filter=Q(settled_at__isnull=True)),
        closed=Count("pk", filter=Q(settled_at__isnull=False, mail__isnull=True)),
        sent=Count("pk", filter=mailed & Q(mail__status=STATUS.sent)),
        failed=Count("pk", filter=mailed & Q(mail__status=STATUS.failed)),
        mailed=Count("pk", filter=mailed),
    )
    owed = counts.pop("mailed") - counts["sent"] - counts["failed"]
    return Standing(circular, owed=owed, **counts)


def log(circular: Circular, number: str | None) -> "Page[CircularRecipient]":
    """Return a page of the recipients, in the order in which their mails are written."""
    rows = circular.recipients.select_related("mail", "user").order_by("pk")
    return Paginator(rows, LOGGED).get_page(number)


def told(circular: Circular, rows: "Page[CircularRecipient]") -> Iterator[tuple[CircularRecipient, str]]:
    """Yield each recipient with what became of the mail."""
    for row in rows:
        yield row, _state(circular, row)


def _state(circular: Circular, row: CircularRecipient) -> str:
    if row.settled_at is None:
        return "nicht verschickt" if circular.status == Status.CANCELLED else "noch nicht geschrieben"
    if row.mail is None:
        return "kein Versand, Konto geschlossen"
    return STATES.get(row.mail.status, OWED)
