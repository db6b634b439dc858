"""Which tables are journals, and the one spelling of each of their lines that is hashed.

The columns are named here, once and for good: whoever adds one to a table decides whether new lines tell it under a
new `FORMAT`. `docs/journal.md` says how to recompute it with other means.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Max, Min, Model

from landespreis.clock import BERLIN

FORMAT = "landespreis/journal/1"
CHUNK = 2000
"""Rows read at a time, so that memory does not grow with the journal."""


@dataclass(frozen=True)
class Journal:
    """A table of lines: `label` names its model, `moment` the column that says when, `columns` what is hashed.

    A line that takes the place of older ones keeps their moment; when it was written says `later` in its `canonical`.
    """

    label: str
    moment: str
    columns: tuple[str, ...]
    later: str = ""

    @cached_property
    def model(self) -> type[Model]:
        return apps.get_model(self.label)

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def lines(self, **wanted: Any) -> Iterator[dict[str, Any]]:
        """Yield the rows, read without knowing what for, in the order of their keys."""
        rows = self.model._base_manager.filter(**wanted).order_by("pk").values("id", *self.columns)
        return rows.iterator(chunk_size=CHUNK)

    def digest(self, line: Mapping[str, Any]) -> str:
        """Return the SHA-256 of a line in its canonical form, as 64 hexadecimal digits."""
        told = {"table": self.table} | {name: _plain(line[name]) for name in ("id", *self.columns)}
        text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def day(self, line: Mapping[str, Any]) -> date:
        """Return the day in Berlin on which the line says that it was written."""
        moment: datetime = line[self.moment]
        if self.later and f'"{self.later}"' in line["canonical"]:
            told = json.loads(line["canonical"]).get(self.later)
            moment = datetime.fromisoformat(told) if told else moment
        return moment.astimezone(BERLIN).date()


JOURNALS = (
    Journal("submissions.Event", "at", ("submission_id", "at", "by_id", "verb", "version_id", "detail")),
    Journal(
        "submissions.Version",
        "submitted_at",
        ("submission_id", "number", "canonical", "sha256", "submitted_at", "submitted_by_id"),
        later="excerpted_at",
    ),
    Journal("submissions.Extension", "granted_at", ("submission_id", "until", "reason", "granted_by_id", "granted_at")),
    Journal(
        "jury.JuryEvent",
        "at",
        ("round_id", "at", "by_id", "verb", "seat_id", "category_id", "submission_id", "detail"),
    ),
    Journal("landespreis.Trace", "at", ("at", "by_id", "verb", "about", "detail")),
    Journal("landespreis.Purge", "at", ("at", "reason", "run", "tables", "by_id", "second_id", "closing_id")),
    Journal("landespreis.Closing", "at", ("at", "count", "sha256")),
)


def first() -> datetime | None:
    """Return the moment of the oldest line."""
    return min(filter(None, _moments(Min)), default=None)


def latest() -> datetime | None:
    """Return the moment of the newest line."""
    return max(filter(None, _moments(Max)), default=None)


def starts(day: date) -> datetime:
    """Return the instant at which a day begins in Berlin."""
    return datetime.combine(day, time(), tzinfo=BERLIN)


def ends(day: date) -> datetime:
    """Return the first instant in Berlin that is not of that day any more."""
    return starts(day + timedelta(days=1))


def _moments(end: type[Max | Min]) -> Iterator[datetime | None]:
    for journal in JOURNALS:
        yield journal.model._base_manager.aggregate(moment=end(journal.moment))["moment"]


def _plain(value: Any) -> Any:
    """Return what JSON can hold: moments in UTC to the microsecond."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return str(value) if isinstance(value, UUID) else value
