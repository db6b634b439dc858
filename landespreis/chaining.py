"""The nightly job: chains every finished day of the journals to the day before, so that a later change is found."""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from landespreis import journals
from landespreis.clock import BERLIN
from landespreis.journals import JOURNALS, Journal
from landespreis.models import Digest, Link

log = logging.getLogger(__name__)

REST = timedelta(hours=3)
"""How long a day is left alone after its midnight: by then everything that began on it has been committed, and a
machine whose clock is a little slow writes into the next day, too."""
BEHIND = 2
"""How many finished days may wait; with more somebody should look."""
GENESIS = "0" * 64
"""What stands before the first link."""


@dataclass(frozen=True)
class Standing:
    """Until which day the journals are chained (None: no day yet), and how many finished days wait."""

    until: date | None
    waiting: int

    @property
    def behind(self) -> bool:
        return self.waiting > BEHIND


def link_days(now: datetime) -> int:
    """Chain each finished day that is not chained yet, also days without a line; return how many were.

    A link takes all lines that no earlier one has and whose moment is not after its day. So a line that came late is
    chained all the same, with the next day, and `verify_journal` names it: lines are found by what is not chained yet,
    never by a range of keys or moments that something could slip through. Missed nights are caught up. Two at once do
    no harm: a day and a predecessor are unique, the second gives up.
    """
    made = 0
    while (day := _next(now)) and _link(day, now):
        made += 1
    return made


def standing(now: datetime) -> Standing:
    until = Link.objects.order_by("day").values_list("day", flat=True).last()
    begins = until + timedelta(days=1) if until else _day(journals.first())
    due = _finished(now)
    return Standing(until, max((due - begins).days + 1, 0) if begins and due else 0)


def checksum(day: date, previous: str, lines: Iterable[tuple[str, int, str]]) -> tuple[str, int]:
    """Return the checksum of a link, and how many `lines` (table, key, checksum; in this order sorted) it holds."""
    sha256, count = hashlib.sha256(f"{journals.FORMAT} {day} {previous}\n".encode()), 0
    for table, row, digest in lines:
        sha256.update(f"{table} {row} {digest}\n".encode())
        count += 1
    return sha256.hexdigest(), count


def _next(now: datetime) -> date | None:
    """Return the day to chain next, if it is finished."""
    last = Link.objects.order_by("day").values_list("day", flat=True).last()
    day = last + timedelta(days=1) if last else _day(journals.first())
    due = _finished(now)
    return day if day and due and day <= due else None


def _finished(now: datetime) -> date | None:
    """Return the last day to which no line is added any more.

    The clock of a demo may go back to its last line when the demo is started again (`demo/stage.py: resume`), so there
    the day of that line is not over before the next one has a line.
    """
    finished = (now - REST).astimezone(BERLIN).date() - timedelta(days=1)
    if not settings.DEMO:
        return finished
    latest = _day(journals.latest())
    return min(finished, latest - timedelta(days=1)) if latest else None


def _link(day: date, now: datetime) -> bool:
    """Chain one day; say whether it was this call that did."""
    try:
        with transaction.atomic():
            last = Link.objects.order_by("day").last()
            lines = sorted((journal.table, row, digest) for journal in JOURNALS for row, digest in _new(journal, day))
            previous = last.sha256 if last else GENESIS
            sha256, count = checksum(day, previous, lines)
            link = Link.objects.create(day=day, previous=previous, sha256=sha256, count=count, made_at=now)
            Digest.objects.bulk_create(
                (Digest(link=link, journal=table, row=row, sha256=digest) for table, row, digest in lines),
                batch_size=journals.CHUNK,
            )
    except IntegrityError as error:
        log.warning("journal: %s was not chained here, perhaps by another worker: %s", day, error)
        return False
    return True


def _new(journal: Journal, day: date) -> Iterable[tuple[int, str]]:
    """Yield key and checksum of the lines up to that day which are not chained yet."""
    chained = Digest.objects.filter(journal=journal.table, row=OuterRef("pk"))
    late = {f"{journal.moment}__lt": journals.ends(day)}
    rows = journal.model._base_manager.filter(~Exists(chained), **late).values("id", *journal.columns)
    for line in rows.iterator(chunk_size=journals.CHUNK):
        yield line["id"], journal.digest(line)


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(BERLIN).date() if moment else None
