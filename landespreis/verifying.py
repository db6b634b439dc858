"""Whether the journals are what the chain says: names every line that was changed, is missing or came in later."""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection

from landespreis import chaining, journals, keeping, purging
from landespreis.clock import BERLIN
from landespreis.journals import JOURNALS, Journal
from landespreis.models import Closing, Digest, Link, Purge, PurgedRow

SHOWN = 50
"""How many findings are kept, the earliest days first; all are counted."""
KINDS = {
    "broken": "Die Kette ist unterbrochen",
    "changed": "wurde geändert",
    "missing": "fehlt",
    "inserted": "wurde nachträglich eingefügt",
    "unlisted": "ist eine Löschung, deren Liste nicht zu ihrem Abschluss passt",
    "unprotected": "ist nicht mehr gegen Änderungen geschützt",
    "unexpected": "Die Prüfsumme ist nicht die notierte",
}
"""What a finding says of its day, line or table."""
ROW, DIGEST, PURGED = range(3)


@dataclass(frozen=True, order=True)
class Finding:
    """What is wrong, by day; without a `table` it is about the day, without a `row` (0) about the table."""

    day: date
    table: str
    row: int
    kind: str


@dataclass
class Report:
    """What was looked at, and what is wrong with it, the earliest day first."""

    first: Link | None = None
    last: Link | None = None
    days: int = 0
    chained: int = 0
    waiting: int = 0
    purged: int = 0
    purges: int = 0
    wrong: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add(self, day: date, kind: str, table: str = "", row: int = 0) -> None:
        self.wrong += 1
        self.findings.append(Finding(day, table, row, kind))
        if len(self.findings) > 2 * SHOWN:
            self.trim()

    def trim(self) -> None:
        self.findings = sorted(self.findings)[:SHOWN]


def verify(expected: Mapping[date, str] | None = None) -> Report:
    """Compare all journals with the chain, the chain with itself, and days with checksums that were noted elsewhere.

    It locks nothing, and memory does not grow with the journals. Lines are read before checksums, these before purges:
    so what is written meanwhile is no finding.
    """
    report = Report()
    days = _links(report, expected or {})
    for journal in JOURNALS:
        _lines(report, journal, days)
    _purges(report)
    _triggers(report)
    report.trim()
    return report


def _links(report: Report, expected: Mapping[date, str]) -> dict[int, date]:
    """Walk along the chain; return the day of each link."""
    days: dict[int, date] = {}
    previous, noted = chaining.GENESIS, dict(expected)
    for link in Link.objects.order_by("day").iterator(chunk_size=journals.CHUNK):
        if report.last and link.day != report.last.day + timedelta(days=1):
            report.add(report.last.day + timedelta(days=1), "broken")
        lines = Digest.objects.filter(link=link).order_by("journal", "row").values_list("journal", "row", "sha256")
        made = chaining.checksum(link.day, previous, sorted(lines.iterator(chunk_size=journals.CHUNK)))
        if link.previous != previous or made != (link.sha256, link.count):
            report.add(link.day, "broken")
        if noted.pop(link.day, link.sha256) != link.sha256:
            report.add(link.day, "unexpected")
        days[link.pk] = link.day
        report.first, report.last, previous = report.first or link, link, link.sha256
        report.days += 1
    for day in noted:
        report.add(day, "unexpected")
    return days


def _lines(report: Report, journal: Journal, days: Mapping[int, date]) -> None:
    """Compare every line of a journal, checksum and purged row, side by side in the order of their keys."""
    table, last = journal.table, report.last.day if report.last else date.min
    for row, found in groupby(heapq.merge(*_sources(journal, days), key=itemgetter(0)), key=itemgetter(0)):
        told = {source: value for _, source, value in found}
        line, digest = told.get(ROW), told.get(DIGEST)
        report.chained += digest is not None
        report.purged += PURGED in told
        if line is None:
            if digest and PURGED not in told:
                report.add(days[digest[0]], "missing", table, row)
        elif digest is None:
            report.waiting += line[0] > last
            if line[0] <= last:
                report.add(line[0], "inserted", table, row)
        elif digest[1] != line[1]:
            report.add(days[digest[0]], "changed", table, row)
        elif report.first and line[0] < days[digest[0]] != report.first.day:
            report.add(line[0], "inserted", table, row)


def _sources(journal: Journal, days: Mapping[int, date]) -> Iterator[Iterable[tuple[int, int, Any]]]:
    """Yield three sorted streams of (key, source, value); of checksums only those of the `days` seen."""
    table = journal.table
    digests = Digest.objects.filter(journal=table).order_by("row").values_list("row", "link", "sha256")
    purged = PurgedRow.objects.filter(journal=table).order_by("row").values_list("row", flat=True)
    yield ((line["id"], ROW, (journal.day(line), journal.digest(line))) for line in journal.lines())
    yield (
        (row, DIGEST, (link, sha256))
        for row, link, sha256 in digests.iterator(chunk_size=journals.CHUNK)
        if link in days
    )
    yield ((row, PURGED, True) for row in purged.iterator(chunk_size=journals.CHUNK))


def _purges(report: Report) -> None:
    for purge in Purge.objects.order_by("pk").iterator(chunk_size=journals.CHUNK):
        report.purges += 1
        told = Closing.objects.filter(pk=purge.closing_id).values_list("count", "sha256").first()
        if purging.listed(purge) != told:
            report.add(purge.at.astimezone(BERLIN).date(), "unlisted", Purge._meta.db_table, purge.pk)


def _triggers(report: Report) -> None:
    """Say which tables are not kept any more: it is not known since when, so these come last."""
    kept = [journal.table for journal in JOURNALS]
    kept += [model._meta.db_table for model in (Link, Digest, PurgedRow)]
    there = keeping.standing(connection)
    for table in sorted(set(kept)):
        if not keeping.names(connection, table) <= there:
            report.add(date.max, "unprotected", table)
