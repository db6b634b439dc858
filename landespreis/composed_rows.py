"""Rows of one model read and written by SQL that is composed once per process, as `composed` says why."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import Field, Model, QuerySet

from landespreis.composed import Values, fetched

Row = TypeVar("Row", bound=Model)


class Read(Generic[Row]):
    """Reads rows of `model` whose `by` is one of the asked keys.

    `columns` are attributes of the model such as "owner_id"; without them all are read. What was not read, Django loads
    when somebody asks for it. `joins` names foreign keys and the columns read of the rows they point to. `order` lists
    columns, each perhaps with DESC. With `lock` the rows stay locked until the running transaction ends, where the
    database knows such locks; others may still write rows that point at them, as keys never change.
    """

    def __init__(
        self,
        model: type[Row],
        columns: Sequence[str] = (),
        *,
        by: str = "id",
        joins: Mapping[str, Sequence[str]] | None = None,
        order: str = "",
        lock: bool = False,
    ) -> None:
        self.model, self.columns, self.by, self.lock = model, columns, by, lock
        self.joins, self.order = joins or {}, order

    def rows(self, keys: Iterable[Any]) -> list[Row]:
        """Return the rows for `keys`. Raises TransactionManagementError for a lock outside a transaction."""
        field = _field(self.model, self.by)
        params = [field.get_db_prep_value(key, connection) for key in keys]
        if not params:
            return []
        if self.lock and transaction.get_autocommit():
            raise transaction.TransactionManagementError("A lock needs a transaction.")
        sql = f"{self._select} {self._where}".format(keys=", ".join(["%s"] * len(params)))
        if connection.vendor != "postgresql":  # it has no types of its own for many columns; raw() converts them
            return [self._converted(row) for row in self.model._default_manager.raw(sql, params)]
        with connection.cursor() as cursor:
            cursor.execute(sql + " FOR NO KEY UPDATE" if self.lock else sql, params)
            return [self._made(values) for values in cursor.fetchall()]

    def one(self, key: Any) -> Row | None:
        """Return the row for `key`, or None."""
        return next(iter(self.rows([key])), None)

    def values(self, keys: Iterable[Any]) -> list[Values]:
        """Return the values of the rows for `keys`, own columns first, as they come; `made` makes objects of them."""
        params = list(keys)
        if not params:
            return []
        return fetched(f"{self._select} {self._where}".format(keys=", ".join(["%s"] * len(params))), params)

    def values_where(self, tail: str, params: Sequence[Any], *, head: str = "", more: str = "") -> list[Values]:
        """Return the values of the rows that `tail` (joins, conditions, order) leaves; `own` is the model's table.

        `more` is an expression whose value comes after all of theirs.
        """
        return fetched(f"{head}{self._selecting(more)} {tail}", params)

    def as_text(self, condition: str) -> str:
        """Return an expression of PostgreSQL for all rows that fit, as one text that `values_in` reads.

        It stands among the columns of another query: there `part` is this model's table, and `own` is the other one's.
        """
        columns, _, source = self._select.removeprefix("SELECT ").partition(" FROM ")
        rows = re.sub(' AS "[^"]+"', "", columns)
        order = f" ORDER BY {self._order}" if self._order else ""
        # OFFSET keeps PostgreSQL from reading a joined table anew, and whole, for each row of the other query.
        one_by_one = r"LEFT JOIN LATERAL (SELECT * FROM \1 WHERE id = \3 OFFSET 0) \2 ON TRUE"
        joined = re.sub(r"LEFT JOIN (\S+) (\S+) ON \2\.id = (\S+)", one_by_one, source)
        inner = re.sub(r"\bown\b", "part", f"json_agg(json_build_array({rows}){order})::text FROM {joined}")
        return f"(SELECT {inner} WHERE {condition})"

    @staticmethod
    def values_in(text: str | None) -> list[Values]:
        """Return the values of the rows in a text of `as_text`: texts, numbers, truth; None where there are none."""
        return [tuple(row) for row in json.loads(text)] if text else []

    def place(self, column: str) -> int:
        """Return where an own column stands among the values."""
        return self._own.index(column)

    def made(self, values: Values) -> Row:
        """Return the object of such values."""
        if connection.vendor == "postgresql":
            return self._made(values)
        return self._made([convert(value) for convert, value in zip(self._converters, values, strict=True)])

    @cached_property
    def _converters(self) -> list[Callable[[Any], Any]]:
        columns: list[tuple[type[Model], str]] = [(self.model, name) for name in self._own]
        columns += [(model, name) for _, model, names in self._joined for name in names]
        return [_to_python(model, name) for model, name in columns]

    @cached_property
    def _own(self) -> list[str]:
        return _in_order(self.model, tuple(self.columns))

    @cached_property
    def _joined(self) -> list[tuple[str, type[Model], list[str]]]:
        """Name of the foreign key, its model and what is read of it, for every join."""
        found = []
        for name, columns in self.joins.items():
            model = self.model._meta.get_field(name).related_model
            assert isinstance(model, type)
            found.append((name, model, _in_order(model, tuple(columns))))
        return found

    @cached_property
    def _select(self) -> str:
        read = [f'own."{_column(self.model, name)}"' for name in self._own]
        source = f'"{self.model._meta.db_table}" own'
        for name, model, columns in self._joined:
            read.extend(f'"{name}"."{_column(model, one)}" AS "{name}__{one}"' for one in columns)
            source += f' LEFT JOIN "{model._meta.db_table}" "{name}" ON "{name}".id = own."{name}_id"'
        # Only names of our own tables and columns are written in; what is asked for goes as parameters.
        return f"SELECT {', '.join(read)} FROM {source}"  # noqa: S608 - names of columns, no values

    @cached_property
    def _where(self) -> str:
        sql = f'WHERE own."{_column(self.model, self.by)}" IN ({{keys}})'
        return f"{sql} ORDER BY {self._order}" if self._order else sql

    @property
    def _order(self) -> str:
        return ", ".join(f"own.{part}" for part in self.order.split(", ") if part)

    def _selecting(self, more: str) -> str:
        if not more:
            return self._select
        columns, _, source = self._select.partition(" FROM ")
        return f"{columns}, {more} FROM {source}"

    def _made(self, values: Sequence[Any]) -> Row:
        """Return the object of a row whose columns have their final types already."""
        place = len(self._own)
        row = self.model.from_db(DEFAULT_DB_ALIAS, self._own, values[:place])
        for name, model, columns in self._joined:
            _point(row, name, model, columns, values[place : place + len(columns)])
            place += len(columns)
        return row

    def _converted(self, row: Row) -> Row:
        """Return an object of raw() with the rows it points to, whose columns raw() has left as they came."""
        for name, model, columns in self._joined:
            came = [_to_python(model, one)(getattr(row, f"{name}__{one}")) for one in columns]
            _point(row, name, model, columns, came)
        return row


def hold(row: Model, name: str, empty: "QuerySet[Any, Any]", rows: Sequence[Model]) -> None:
    """Let `row.<name>.all()` return these rows, as after `prefetch_related`; `empty` is any QuerySet of their model."""
    empty._result_cache = list(rows)
    held: dict[str, Any] = row.__dict__.setdefault("_prefetched_objects_cache", {})
    held[name] = empty


def insert(rows: Sequence[Model]) -> None:
    """Insert new rows of one model, which get their keys from the database, in one statement."""
    if rows:
        fields, head, places = _insertion(type(rows[0]))
        values = [field.get_db_prep_save(field.pre_save(row, True), connection) for row in rows for field in fields]
        with connection.cursor() as cursor:
            cursor.execute(f"{head} {', '.join([places] * len(rows))} RETURNING id", values)
            for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
                row.pk, row._state.adding, row._state.db = key, False, connection.alias


def update(row: Model, *names: str) -> None:
    """Write some fields of a row, like `row.save(update_fields=names)`."""
    fields = [_field(type(row), name) for name in (*names, "id")]
    with connection.cursor() as cursor:
        values = [field.get_db_prep_save(field.pre_save(row, False), connection) for field in fields]
        cursor.execute(_change(type(row), names), values)


@cache
def _insertion(model: type[Model]) -> tuple[list[Any], str, str]:
    """Return the fields of a new row, the statement up to the values, and the places of one row's values."""
    fields = [field for field in model._meta.concrete_fields if field.name != "id"]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return fields, f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES', f"({', '.join(['%s'] * len(fields))})"


@cache
def _change(model: type[Model], names: tuple[str, ...]) -> str:
    columns = ", ".join(f'"{_column(model, name)}" = %s' for name in names)
    return f'UPDATE "{model._meta.db_table}" SET {columns} WHERE id = %s'  # noqa: S608  # names of ours, no values


def _point(row: Model, name: str, model: type[Model], columns: list[str], values: Sequence[Any]) -> None:
    """Let the foreign key `name` of `row` hold the object of that row, unless it points nowhere.

    Setting it would ask whether the key is the right one, which takes longer than making the object.
    """
    key = getattr(row, f"{name}_id")
    if key is not None:
        row._state.fields_cache[name] = model.from_db(DEFAULT_DB_ALIAS, ["id", *columns], [key, *values])


def _field(model: type[Model], name: str) -> "Field[Any, Any]":
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return field


def _column(model: type[Model], name: str) -> str:
    return str(_field(model, name).column)


@cache
def _in_order(model: type[Model], columns: tuple[str, ...]) -> list[str]:
    """Return `columns`, or all, as the model declares them: from_db expects this order."""
    names = [field.attname for field in model._meta.concrete_fields]
    if unknown := set(columns) - set(names):
        raise ValueError(f"{model.__name__} has no {', '.join(sorted(unknown))}")
    return [name for name in names if name in columns] if columns else names


@cache
def _to_python(model: type[Model], name: str) -> Callable[[Any], Any]:
    convert: Callable[[Any], Any] = _field(model, name).to_python

    def converted(value: Any) -> Any:
        found = value if value is None else convert(value)
        return found.replace(tzinfo=UTC) if isinstance(found, datetime) and found.tzinfo is None else found

    return converted
