"""The verbs: take projects out as a table, look at what a table would change, bring it in."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from landespreis.refusal import Refused
from portal.actions.exchange import tables
from portal.actions.exchange.resource import COLUMNS, ProjectResource, Row, with_all
from portal.actions.exchange.tables import Form, Table, Unusable
from portal.models import Project

log = logging.getLogger(__name__)
KINDS = {"new": "neu", "update": "geändert", "skip": "unverändert"}
REQUIRED = "slug"


@dataclass(frozen=True)
class Line:
    """A row as it is looked at: its number in the file, what it would do, and the columns that change."""

    number: int
    kind: str
    title: str
    changes: list[str]


@dataclass(frozen=True)
class Wrong:
    """A row that cannot be brought in, with every sentence that says why."""

    number: int
    title: str
    problems: list[str]


@dataclass
class Look:
    """What a table does or would do. With something `wrong` nothing of it is brought in."""

    lines: list[Line] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    new: list[Project] = field(default_factory=list)
    changed: list[Project] = field(default_factory=list)

    @property
    def same(self) -> int:
        return len(self.lines) - len(self.new) - len(self.changed)


def take_out(projects: "QuerySet[Project]", form: Form) -> bytes:
    """Return those projects as a file, by title."""
    rows = with_all().filter(pk__in=projects.order_by().values("pk")).order_by("sort_key", "pk")
    return tables.write(ProjectResource().export(rows), form)


def look_at(content: bytes) -> Look:
    """Return what the file would change, without changing anything. Raises Unusable."""
    return _process(_read(content), dry_run=True)


def bring_in(content: bytes) -> Look:
    """Store every project of the file, or none. Raises Unusable, also when a row is wrong."""
    table = _read(content)
    with transaction.atomic():
        look = _process(table, dry_run=False)
        if look.wrong:
            raise Unusable(f"Zeile {look.wrong[0].number}: {' '.join(look.wrong[0].problems)} Nichts ist gespeichert.")
    return look


def _read(content: bytes) -> Table:
    table = tables.read(content)
    headers = table.data.headers or []
    unknown = [name for name in headers if name not in COLUMNS]
    if unknown:
        named = ", ".join(f"„{name[:40]}“" for name in unknown[:5])
        raise Unusable(f"Unbekannte Spalten: {named}. Bekannt sind: {', '.join(COLUMNS)}.")
    if REQUIRED not in headers:
        raise Unusable("Die Spalte „slug“ fehlt. Für neue Projekte kann sie leer bleiben.")
    return table


def _process(table: Table, *, dry_run: bool) -> Look:
    resource = ProjectResource()
    result = resource.import_data(
        table.data, dry_run=dry_run, rollback_on_validation_errors=True, retain_instance_in_row_result=True
    )
    for error in result.base_errors:
        raise error.error
    look = Look()
    for number, data, row in zip(table.numbers, table.data.dict, result.rows, strict=True):
        title = str(data.get("title") or data["slug"])
        if not row.is_valid():
            look.wrong.append(Wrong(number, title, list(_problems(row))))
            continue
        look.lines.append(Line(number, KINDS[row.import_type], row.instance.title, row.changes))
        {"new": look.new, "update": look.changed}.get(row.import_type, []).append(row.instance)
    return look


def _problems(row: Row) -> Iterator[str]:
    if row.validation_error:
        yield from _sentences(row.validation_error)
    for error in row.errors:
        if isinstance(error.error, Refused):
            yield error.error.message
        else:
            log.error("a row cannot be brought in: %r", error.error)
            yield "Diese Zeile lässt sich nicht verarbeiten. Prüfen Sie ihre Angaben."


def _sentences(error: Any) -> Iterator[str]:
    for column, messages in error.message_dict.items():
        for message in messages:
            yield message if column == "__all__" else f"{column}: {message}"
