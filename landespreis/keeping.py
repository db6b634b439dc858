"""The triggers that keep a table append-only, on both databases, whoever asks: the portal, a shell, psql.

A row is never changed. It is deleted only through the door that `landespreis/purging.py` opens, and then the trigger
itself writes down which row went. SQLite forgets triggers when a later migration rebuilds their table: call `keep`
again there; `tests/landespreis/test_keeping.py` tells.
"""

from collections.abc import Iterator, Sequence

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

OPEN = (
    "FROM landespreis_purge purge WHERE {named} "
    "AND NOT EXISTS (SELECT 1 FROM landespreis_closing closing WHERE closing.id = purge.closing_id)"
)
"""A purge that names the table and is not closed. Only its own transaction ever sees one: `closing_id` is a deferred
foreign key, so whoever does not close it cannot commit."""
OPEN_POSTGRESQL = OPEN.format(named="purge.tables @> to_jsonb(TG_TABLE_NAME::text)")
OPEN_SQLITE = OPEN.format(named="EXISTS (SELECT 1 FROM json_each(purge.tables) named WHERE named.value = '{table}')")
REFUSE = "RAISE EXCEPTION 'rows of % never change', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'"

FUNCTIONS = {
    "landespreis_keep": f"BEGIN {REFUSE}; END",
    "landespreis_door": (
        f"DECLARE opened bigint; BEGIN SELECT purge.id INTO opened {OPEN_POSTGRESQL} LIMIT 1; "
        f"IF opened IS NULL THEN {REFUSE}; END IF; "
        "INSERT INTO landespreis_purgedrow (purge_id, journal, row) VALUES (opened, TG_TABLE_NAME, OLD.id); "
        "RETURN OLD; END"
    ),
}


def prepare(editor: BaseDatabaseSchemaEditor) -> None:
    """Create what the triggers of PostgreSQL call."""
    if editor.connection.vendor == "postgresql":
        for name, body in FUNCTIONS.items():
            editor.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ {body} $$ LANGUAGE plpgsql",
                params=None,  # its % is no placeholder
            )


def remove(editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for name in FUNCTIONS:
            editor.execute(f"DROP FUNCTION {name}()")


def keep(
    editor: BaseDatabaseSchemaEditor, table: str, *, door: bool = True, unique: Sequence[Sequence[str]] = ()
) -> None:
    """Refuse every change of rows of `table`; with a `door` an open purge may delete. Repeating it changes nothing.

    `unique` names the unique sets of columns beside the key: SQLite's INSERT OR REPLACE would delete by them, and
    fires no trigger for that.
    """
    release(editor, table)
    if editor.connection.vendor == "postgresql":
        deletes = "landespreis_door" if door else "landespreis_keep"
        for event, rows, function in (
            ("update", "ROW", "landespreis_keep"),
            ("delete", "ROW", deletes),
            ("truncate", "STATEMENT", "landespreis_keep"),
        ):
            editor.execute(
                f"CREATE TRIGGER {table}_kept_{event} BEFORE {event.upper()} ON {table} "
                f"FOR EACH {rows} EXECUTE FUNCTION {function}()"
            )
        return
    for event, body in _sqlite(table, door, unique):
        editor.execute(
            f"CREATE TRIGGER {table}_kept_{event} BEFORE {event.upper()} ON {table} BEGIN {body}; END", params=None
        )


def _sqlite(table: str, door: bool, unique: Sequence[Sequence[str]]) -> Iterator[tuple[str, str]]:
    refuse = f"SELECT RAISE(ABORT, 'rows of {table} never change')"
    yield "update", refuse
    if door:
        opened = OPEN_SQLITE.format(table=table)
        yield (
            "delete",
            (
                f"{refuse} WHERE NOT EXISTS (SELECT 1 {opened}); "
                "INSERT INTO landespreis_purgedrow (purge_id, journal, row) "
                f"SELECT purge.id, '{table}', OLD.id {opened} LIMIT 1"
            ),
        )
    else:
        yield "delete", refuse
    same = (" AND ".join(f"{name} = NEW.{name}" for name in names) for names in (("id",), *unique))
    taken = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {columns})" for columns in same)
    yield "insert", f"SELECT RAISE(ABORT, 'UNIQUE constraint failed: rows of {table} never change') WHERE {taken}"


def release(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Take the triggers of `table` down, where there are any."""
    on = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
    for name in sorted(names(editor.connection, table)):
        editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def names(connection: BaseDatabaseWrapper, table: str) -> set[str]:
    """Return what the triggers of a kept table are called."""
    events = ("update", "delete", "truncate" if connection.vendor == "postgresql" else "insert")
    return {f"{table}_kept_{event}" for event in events}


def standing(connection: BaseDatabaseWrapper) -> set[str]:
    """Return the names of all triggers that are up and not switched off."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return {name for (name,) in cursor.fetchall()}
