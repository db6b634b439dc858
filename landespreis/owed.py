"""What the portal owes at this moment, in mails, papers and files: one source for operators, monitoring and the admin.

An app says it in a module `owed` with a function `owed()`, with one query for each kind.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

from django.db.models import Count, Min, Q
from django.utils import timezone
from post_office.models import STATUS, Email

from landespreis import clock
from landespreis.models import Circular, CircularRecipient, Parcel, RetentionItem, RetentionRun

APPS = ("submissions", "jury", "portal")
LATE = timedelta(minutes=10)
"""How long something may be owed before somebody should look."""
SLOW = timedelta(hours=2)
"""The same for what goes to many people and takes its time."""
RECENT = timedelta(days=7)
"""How long something that failed for good is news; after that it is history."""


@dataclass(frozen=True)
class Kind:
    """One kind of owed work: `key` in figures, German names, the page of the admin where one acts, and who may."""

    key: str
    name: str
    names: str
    page: str
    permission: str
    late: timedelta = LATE
    failed_query: str = ""
    """What the page is asked so that it lists those that failed."""


@dataclass(frozen=True)
class Owed:
    """How many of a kind are owed, the oldest since when (machine's time; None: nothing is), how many failed for good.

    `recent` are those of them that failed in the last days and that somebody has to look after.
    """

    kind: Kind
    number: int
    since: datetime | None
    failed: int = 0
    recent: int = 0

    def age(self, now: datetime) -> timedelta | None:
        return now - self.since if self.since else None

    def is_late(self, now: datetime) -> bool:
        return self.since is not None and now - self.since > self.kind.late


class Owing(Protocol):
    def owed(self) -> Iterator[Owed]: ...


MAIL = Kind(
    "mail", "Mail", "Mails", "admin:post_office_email_changelist", "post_office.view_email",
    failed_query=f"?stand={STATUS.failed}",
)  # fmt: skip
CIRCULAR = Kind(
    "circular", "Nachricht an eine Gruppe", "Nachrichten an eine Gruppe", "admin:landespreis_circular_changelist",
    "landespreis.view_circular", late=SLOW,
)  # fmt: skip
PARCEL = Kind("parcel", "Paket", "Pakete", "admin:parcels", "post_office.view_email")
RETENTION = Kind(
    "retention", "freigegebene Löschung", "freigegebene Löschungen", "admin:landespreis_retentionrun_changelist",
    "landespreis.view_retentionrun", late=SLOW,
)  # fmt: skip


def everything() -> list[Owed]:
    """Return every kind once, also those of which nothing is owed; a query for each."""
    found = [_mail(), _circulars(), _parcels(), _retention()]
    for app in APPS:
        if find_spec(f"{app}.owed"):
            module: Owing = import_module(f"{app}.owed")
            found += module.owed()
    return found


def by_machine(moment: datetime | None) -> datetime | None:
    """Return when it was by the machine's clock as long ago as `moment` is by the award's; the same outside a demo."""
    return moment and timezone.now() - (clock.now() - moment)


def _mail() -> Owed:
    waiting = Q(status__isnull=True) | Q(status__in=[STATUS.queued, STATUS.requeued])
    recent = Q(status=STATUS.failed, last_updated__gte=timezone.now() - RECENT)
    counted = Email.objects.filter(waiting | Q(status=STATUS.failed)).aggregate(
        number=Count("pk", filter=waiting),
        since=Min("created", filter=waiting),
        failed=Count("pk", filter=Q(status=STATUS.failed)),
        recent=Count("pk", filter=recent),
    )
    return Owed(MAIL, **counted)


def _circulars() -> Owed:
    rows = CircularRecipient.objects.waiting().filter(circular__status=Circular.Status.SENDING)
    counted = rows.aggregate(number=Count("pk"), since=Min("circular__released_at"))
    return Owed(CIRCULAR, counted["number"], by_machine(counted["since"]))


def _parcels() -> Owed:
    waiting = Q(finished_at__isnull=True, failed_at__isnull=True)
    counted = Parcel.objects.filter(waiting | Q(failed_at__isnull=False)).aggregate(
        number=Count("pk", filter=waiting),
        since=Min("asked_at", filter=waiting),
        failed=Count("pk", filter=Q(failed_at__isnull=False)),
    )
    return Owed(PARCEL, **counted)


def _retention() -> Owed:
    """Count what was released to go and has not gone: the rows, or files that the storage did not let go."""
    pending = Q(state=RetentionItem.State.PENDING, run__status=RetentionRun.Status.RELEASED)
    rows = RetentionItem.objects.filter(pending | Q(~Q(files=[]), state=RetentionItem.State.DONE))
    counted = rows.aggregate(number=Count("pk"), since=Min("run__released_at"))
    return Owed(RETENTION, counted["number"], by_machine(counted["since"]))
