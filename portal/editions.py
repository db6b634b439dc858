"""The triggers that count editions: any write to a watched table, by whatever way, renews public pages of its topic.

SQLite forgets triggers when a later migration rebuilds their table; `tests/portal/test_editions.py` writes to every
watched table and so tells when a migration has to call `watch` again.
"""

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

CATALOGUE = "catalogue"
"""What is published, in which order, under which facets and how those are called; not what projects say."""
EVENTS = ("INSERT", "UPDATE", "DELETE")
COUNT = (
    "INSERT INTO portal_edition (topic, number) VALUES ({topic}, 1) "
    "ON CONFLICT (topic) DO UPDATE SET number = portal_edition.number + 1"
)


def prepare(editor: BaseDatabaseSchemaEditor) -> None:
    """Create what the triggers call."""
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "CREATE OR REPLACE FUNCTION portal_next_edition() RETURNS trigger AS $$ "
            f"BEGIN {COUNT.format(topic='TG_ARGV[0]')}; RETURN NULL; END $$ LANGUAGE plpgsql",
            params=None,
        )


def remove(editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION portal_next_edition()")


def watch(editor: BaseDatabaseSchemaEditor, table: str, topic: str, columns: Sequence[str] = ()) -> None:
    """Let every change of `table` count as a new edition of `topic`, an update only of `columns` where they are named.

    Repeating it changes nothing.
    """
    unwatch(editor, table)
    for event in EVENTS:
        name = _name(table, event)
        what = f"UPDATE OF {', '.join(columns)}" if columns and event == "UPDATE" else event
        if editor.connection.vendor == "postgresql":
            editor.execute(
                f"CREATE TRIGGER {name} AFTER {what} ON {table} FOR EACH STATEMENT "
                f"EXECUTE FUNCTION portal_next_edition('{topic}')"
            )
        else:
            count = COUNT.format(topic=f"'{topic}'")
            editor.execute(f"CREATE TRIGGER {name} AFTER {what} ON {table} BEGIN {count}; END")


def watch_also(editor: BaseDatabaseSchemaEditor, table: str, topic: str, columns: Sequence[str] = ()) -> None:
    """Let changes of `table` count for one more topic; an update only where it gave one of `columns` another value.

    Saving a row names all of its columns, changed or not. Repeating it changes nothing.
    """
    unwatch_also(editor, table, topic)
    for event in EVENTS:
        name = _name(f"{table}_{topic}", event)
        each = columns if event == "UPDATE" else ()
        if editor.connection.vendor == "postgresql":
            differs = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in each)
            scope = f"FOR EACH ROW WHEN ({differs})" if each else "FOR EACH STATEMENT"
            begin = f"CREATE TRIGGER {name} AFTER {event} ON {table} {scope}"
            editor.execute(f"{begin} EXECUTE FUNCTION portal_next_edition('{topic}')")
        else:
            differs = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in each)
            when = f"WHEN {differs} " if each else ""
            count = COUNT.format(topic=f"'{topic}'")
            editor.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} {when}BEGIN {count}; END")


def unwatch_also(editor: BaseDatabaseSchemaEditor, table: str, topic: str) -> None:
    for event in EVENTS:
        on = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
        editor.execute(f"DROP TRIGGER IF EXISTS {_name(f'{table}_{topic}', event)}{on}")


def unwatch(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    for event in EVENTS:
        on = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
        editor.execute(f"DROP TRIGGER IF EXISTS {_name(table, event)}{on}")


def _name(table: str, event: str) -> str:
    return f"{table}_edition_{event.lower()}"
