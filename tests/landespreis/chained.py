"""Journals with a chain, and what somebody with a shell does to them who takes the triggers down first."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection

from landespreis import chaining, journal
from landespreis.clock import BERLIN
from landespreis.models import Trace

NIGHT = datetime(2026, 1, 20, 3, 30, tzinfo=BERLIN)
"""The 19th of January is finished."""


def lines_on(at: Callable[[datetime], None], *moments: datetime) -> list[Trace]:
    """Write one line at each moment."""
    written = []
    for number, moment in enumerate(moments):
        at(moment)
        written.append(journal.note(journal.Verb.EXPORTED, by=None, about=f"Zeile {number}"))
    return written


def three_days(at: Callable[[datetime], None]) -> list[Trace]:
    """Write two lines on each of the 17th, 18th and 19th, and chain these days."""
    day = datetime(2026, 1, 17, 9, 0, tzinfo=BERLIN)
    lines = lines_on(at, *(day + timedelta(days=number // 2, hours=number % 2) for number in range(6)))
    at(NIGHT)
    assert chaining.link_days(NIGHT) == 3
    return lines


@contextmanager
def unprotected(*tables: str) -> Iterator[None]:
    """Take the triggers of tables down, as whoever owns the database can, and put them up again."""
    connection.check_constraints()
    if connection.vendor == "postgresql":
        down = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]
        up = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables]
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
            found = [(name, sql) for table, name, sql in cursor.fetchall() if table in tables]
        down, up = [f"DROP TRIGGER {name}" for name, _ in found], [sql for _, sql in found]
    shell(*down)
    yield
    connection.check_constraints()
    shell(*up)


def shell(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
