"""The nightly job: chains every finished day of the journals to the day before, so that a later change is found."""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, Min, Model, OuterRef, QuerySet

from landespreis import journals
from landespreis.clock import BERLIN
from landespreis.journals import JOURNALS, Journal
from landespreis.models import Digest, Link

log = logging.getLogger(__name__)

Line = tuple[str, int, str]
"""Table, key and checksum of a line."""
DAY = timedelta(days=1)
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
    never by a range of keys or moments that something could slip through. Missed nights are caught up, a run of days
    without a line at once. Two at once do no harm: a day and a predecessor are unique, the second gives up.
    """
    made, due = 0, _finished(now)
    while due and (day := _next(due)) and (linked := _link(day, due, now)):
        made += linked
    return made


def standing(now: datetime) -> Standing:
    until = Link.objects.order_by("day").values_list("day", flat=True).last()
    begins = until + DAY if until else _day(journals.first())
    due = _finished(now)
    return Standing(until, max((due - begins).days + 1, 0) if begins and due else 0)


def checksum(day: date, previous: str, lines: Iterable[Line]) -> tuple[str, int]:
    """Return the checksum of a link, and how many `lines` it holds; they come sorted."""
    sha256, count = hashlib.sha256(f"{journals.FORMAT} {day} {previous}\n".encode()), 0
    for table, row, digest in lines:
        sha256.update(f"{table} {row} {digest}\n".encode())
        count += 1
    return sha256.hexdigest(), count


def _next(due: date) -> date | None:
    """Return the day to chain next, if it is finished."""
    last = Link.objects.order_by("day").values_list("day", flat=True).last()
    day = last + DAY if last else _day(journals.first())
    return day if day and day <= due else None


def _finished(now: datetime) -> date | None:
    """Return the last day to which no line is added any more.

    The clock of a demo may go back to its last line when the demo is started again (`demo/stage.py: resume`), so there
    the day of that line is not over before the next one has a line.
    """
    finished = (now - REST).astimezone(BERLIN).date() - DAY
    if not settings.DEMO:
        return finished
    latest = _day(journals.latest())
    return min(finished, latest - DAY) if latest else None


def _link(day: date, due: date, now: datetime) -> int:
    """Chain one day with its lines, or all days up to the next one with a line; return how many this call did."""
    try:
        with transaction.atomic():
            last, links = Link.objects.order_by("day").last(), []
            days = _quiet(day, due) or [(day, sorted(line for journal in JOURNALS for line in _new(journal, day)))]
            previous = last.sha256 if last else GENESIS
            for linked, lines in days:
                sha256, count = checksum(linked, previous, lines)
                links.append(Link(day=linked, previous=previous, sha256=sha256, count=count, made_at=now))
                previous = sha256
            Link.objects.bulk_create(links, batch_size=journals.CHUNK)
            Digest.objects.bulk_create(
                (
                    Digest(link=link, journal=table, row=row, sha256=digest)
                    for link, (_, lines) in zip(links, days, strict=True)
                    for table, row, digest in lines
                ),
                batch_size=journals.CHUNK,
            )
    except IntegrityError as error:
        log.warning("journal: %s was not chained here, perhaps by another worker: %s", day, error)
        return 0
    return len(days)


def _quiet(day: date, due: date) -> list[tuple[date, list[Line]]]:
    """Return the days before the first line that is not chained yet, without asking for each; none on usual nights."""
    if day == due:
        return []
    moments = (_unchained(journal).aggregate(moment=Min(journal.moment))["moment"] for journal in JOURNALS)
    first = _day(min(filter(None, moments), default=None))
    until = min(first, due + DAY) if first else due + DAY
    return [(day + n * DAY, []) for n in range((until - day).days)]


def _new(journal: Journal, day: date) -> Iterable[Line]:
    """Yield the lines up to that day which are not chained yet."""
    rows = _unchained(journal).filter(**{f"{journal.moment}__lt": journals.ends(day)}).values("id", *journal.columns)
    for line in rows.iterator(chunk_size=journals.CHUNK):
        yield journal.table, line["id"], journal.digest(line)


def _unchained(journal: Journal) -> QuerySet[Model]:
    chained = Digest.objects.filter(journal=journal.table, row=OuterRef("pk"))
    return journal.model._base_manager.filter(~Exists(chained))


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(BERLIN).date() if moment else None
