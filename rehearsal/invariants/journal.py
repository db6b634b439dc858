"""The chain over the journals holds: recomputed after `docs/journal.md` alone, and by `manage.py verify_journal`."""

import hashlib
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection

from rehearsal.installation import ROOT
from rehearsal.invariants import Check, Finding, compare, none, none_lost
from rehearsal.stage import Stage

FORMAT, GENESIS = "landespreis/journal/1", "0" * 64
COLUMNS = {
    "submissions_event": ("submission_id", "at", "by_id", "verb", "version_id", "detail"),
    "submissions_version": ("submission_id", "number", "canonical", "sha256", "submitted_at", "submitted_by_id"),
    "submissions_extension": ("submission_id", "until", "reason", "granted_by_id", "granted_at"),
    "jury_juryevent": ("round_id", "at", "by_id", "verb", "seat_id", "category_id", "submission_id", "detail"),
    "landespreis_trace": ("at", "by_id", "verb", "about", "detail"),
    "landespreis_purge": ("at", "reason", "run", "tables", "by_id", "second_id", "closing_id"),
    "landespreis_closing": ("at", "count", "sha256"),
}
Rows = Iterator[tuple[Any, ...]]


def chain(stage: Stage) -> Iterator[Finding]:
    """Every day follows from its lines and the day before."""
    lines: dict[int, list[tuple[str, int, str]]] = defaultdict(list)
    for link, table, row, checksum in _rows("SELECT link_id, journal, row, sha256 FROM landespreis_digest"):
        lines[link].append((table, row, checksum))
    before, wrong, days = GENESIS, [], 0
    for link, day, previous, noted in _rows("SELECT id, day, previous, sha256 FROM landespreis_link ORDER BY day"):
        text = f"{FORMAT} {day} {before}\n" + "".join(f"{t} {r} {c}\n" for t, r, c in sorted(lines[link]))
        made = hashlib.sha256(text.encode()).hexdigest()
        if (previous, noted) != (before, made):
            wrong.append(str(day))
        before, days = noted, days + 1
    yield none("Kette des Verlaufs ungebrochen", wrong, days)


def lines(stage: Stage) -> Iterator[Finding]:
    """Every chained line is as it was, or its deletion was noted."""
    noted = {
        (table, row): checksum for table, row, checksum in _rows("SELECT journal, row, sha256 FROM landespreis_digest")
    }
    gone = set(_rows("SELECT journal, row FROM landespreis_purgedrow"))
    there = {(table, row[0]): _checksum(table, row) for table in COLUMNS for row in _lines(table)}
    changed = [key for key, checksum in noted.items() if there.get(key, checksum) != checksum]
    missing = [key for key in noted.keys() - there.keys() if key not in gone]
    yield none_lost("Zeilen des Verlaufs unverändert", [*changed, *missing], len(noted))


def verified(stage: Stage) -> Iterator[Finding]:
    """The portal's own command says the same."""
    command = [sys.executable, str(ROOT / "manage.py"), "verify_journal"]
    done = subprocess.run(command, env=stage.installation.environment, capture_output=True, text=True, check=False)
    yield compare("verify_journal findet nichts", (done.returncode, done.stderr.strip()), (0, ""))


def _lines(table: str) -> Rows:
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    return model._base_manager.values_list("id", *COLUMNS[table]).iterator()


def _checksum(table: str, row: tuple[Any, ...]) -> str:
    told = {"table": table, **dict(zip(("id", *COLUMNS[table]), row, strict=True))}
    plain = {name: _plain(value) for name, value in told.items()}
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return str(value) if isinstance(value, UUID) else value


def _rows(sql: str) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        yield from cursor.fetchall()


CHECKS: tuple[Check, ...] = (chain, lines, verified)
LATER = CHECKS
