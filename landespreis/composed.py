"""Reads and writes whose SQL is composed once per process.

Django composes the SQL of a query anew each time it runs. Over many columns that takes several times as long as running
it. What every page of an entry begins with is read this way, and what every submit writes; all the rest are QuerySets.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from threading import Lock
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.models.query import get_related_populators
from psycopg import Connection, Cursor
from psycopg.pq import ExecStatus
from psycopg.sql import Literal

Values = tuple[Any, ...]
ASKED_BEFORE = 2
"""How often a query is asked before its plan is kept; of its own statements Django keeps none."""
SAMPLE = datetime(1, 1, 1, tzinfo=UTC)
"""Stands for the moment of a request in SQL that is composed once."""


def fetched(sql: str, params: Sequence[Any] = (), on: BaseDatabaseWrapper | None = None) -> list[Values]:
    """Return the rows of a query as they come.

    Where nobody counts or logs queries, psycopg is asked itself: Django's cursor around it takes as long again. What
    is asked again and again PostgreSQL plans once per connection: over several tables that takes longer than the rows.
    Where the best way hangs on values these stand in the SQL (`Part.written_out`), and have a plan of their own.
    """
    own = on or connections[DEFAULT_DB_ALIAS]
    if _is_unwatched(own):
        with own.wrap_database_errors:
            own.ensure_connection()
            raw: Connection[Values] = own.connection
            raw.prepare_threshold = ASKED_BEFORE
            return Cursor(raw).execute(sql, params or None).fetchall()
    with own.cursor() as cursor:
        cursor.execute(sql, params or None)
        return list(cursor.fetchall())


def text(sql: str, on: BaseDatabaseWrapper) -> str:
    """Return the one value of a query without parameters, which is a text.

    For what is asked before every answer. libpq waits for PostgreSQL in one call, for which the interpreter goes to
    other threads once; psycopg waits by itself in several, and each way back takes longer than all else of the query.
    What goes wrong there, `fetched` meets again and raises.
    """
    if _is_unwatched(on) and not on.in_atomic_block:
        with on.wrap_database_errors:
            on.ensure_connection()
            found = on.connection.pgconn.exec_(sql.encode())
        if found.status == ExecStatus.TUPLES_OK:
            return str(found.get_value(0, 0), "utf-8")
    [(value,)] = fetched(sql, on=on)
    return str(value)


def _is_unwatched(own: BaseDatabaseWrapper) -> bool:
    """Say whether this is a PostgreSQL of whose queries nobody keeps count."""
    return own.vendor == "postgresql" and not (own.execute_wrappers or own.queries_logged)


@dataclass(frozen=True)
class Part:
    """A piece of SQL, and the values of its places as the database is given them."""

    sql: str
    params: Values = ()

    def with_value(self, sample: Any, value: Any) -> "Part":
        """Return it with `value` in the places of a sample."""
        old, new = adapted(sample), adapted(value)
        return Part(self.sql, tuple(new if param == old else param for param in self.params))

    def written_out(self) -> "Part":
        """Return it with its texts in the SQL: a rare word wants another plan than a frequent one. Elsewhere than on
        PostgreSQL there are no plans, and it stays as it is."""
        if connection.vendor != "postgresql":
            return self
        places = [(None if isinstance(value, str) else place, value) for place, value in enumerate(self.params)]
        sql, left = _written_out(self.sql, places)
        return Part(sql, tuple(value for _, value in left))


class Question:
    """A query that always has the same shape: composed once, each argument in the places of its sample.

    `of` makes the QuerySet from as many moments, texts or numbers as there are samples; a sample must be a value that
    nothing else in the query has. Prefetches are not made.
    """

    def __init__(self, of: "Callable[..., QuerySet[Any, Any]]", *samples: Any) -> None:
        self.of, self.samples = of, samples
        self._lock = Lock()
        self._kept: _Composed | None = None

    def rows(self, *given: Any) -> list[Values]:
        """Return the values of a `values_list`."""
        composed, values = self._composed, [adapted(value) for value in given]
        params = [values[place] if place is not None else fixed for place, fixed in composed.places]
        return composed.converted(fetched(composed.sql, params))

    def objects(self, *given: Any) -> list[Any]:
        """Return the objects of a QuerySet of objects, with those that `select_related` names."""
        make = self._composed.make
        return [make(row) for row in self.rows(*given)]

    @property
    def _composed(self) -> "_Composed":
        with self._lock:
            if self._kept is None:
                self._kept = _Composed.of(self.of(*self.samples), [adapted(sample) for sample in self.samples])
            return self._kept


@dataclass(frozen=True)
class _Composed:
    """The SQL of a query, for each of its places which argument goes there or else what; the rest is Django's."""

    sql: str
    places: list[tuple[int | None, Any]]
    compiler: Any
    converters: Any

    @classmethod
    def of(cls, query: "QuerySet[Any, Any]", samples: list[Any]) -> "_Composed":
        compiler = query.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        places = [(samples.index(value) if value in samples else None, value) for value in params]
        if missing := set(range(len(samples))) - {place for place, _ in places}:
            raise ValueError(f"The query does not contain its samples {sorted(missing)}.")
        converters = compiler.get_converters([column for column, _, _ in compiler.select[: compiler.col_count]])
        if connection.vendor == "postgresql":
            sql, places = _written_out(sql, places)
        return cls(sql, places, compiler, converters)

    def converted(self, rows: list[Values]) -> list[Values]:
        """Return rows with what Django makes of columns for which the database has no type."""
        if not self.converters:
            return rows
        return [tuple(row) for row in self.compiler.apply_converters(rows, self.converters)]

    @cached_property
    def make(self) -> Callable[[Values], Any]:
        """What makes an object of a row, as Django's own QuerySets do."""
        select, about = self.compiler.select, self.compiler.klass_info
        first, last = about["select_fields"][0], about["select_fields"][-1] + 1
        names = [column.target.attname for column, _, _ in select[first:last]]
        related = get_related_populators(about, select, connection.alias)  # type: ignore[call-arg]  # stubs of Django 6
        annotated = self.compiler.annotation_col_map.items()

        def made(row: Values) -> Any:
            one = about["model"].from_db(connection.alias, names, row[first:last])
            for populator in related:
                populator.populate(row, one)
            for name, place in annotated:
                setattr(one, name, row[place])
            return one

        return made


def _written_out(sql: str, places: list[tuple[int | None, Any]]) -> tuple[str, list[tuple[int | None, Any]]]:
    """Put the values that are always the same into the SQL, as psycopg would each time."""
    pieces = sql.split("%s")
    assert len(pieces) == len(places) + 1
    written = [pieces[0]]
    for (place, value), piece in zip(places, pieces[1:], strict=True):
        fixed = Literal(value).as_string(connection.connection).replace("%", "%%") if place is None else "%s"
        written += [fixed, piece]
    return "".join(written), [(place, value) for place, value in places if place is not None]


def adapted(value: Any) -> Any:
    """Return a value as the database is given it."""
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
