"""A stamp that the database renews whenever a round or one of its rows changes, whoever changes it."""

import uuid

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

PARTS = ("submissions_category", "submissions_criterion", "submissions_question")
CHANGES = ("INSERT", "UPDATE", "DELETE")


def renew(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers. Repeat this where SQLite has rebuilt one of the tables: that drops them."""
    fields = apps.get_model("submissions", "Round")._meta.concrete_fields
    watched = ", ".join(field.column for field in fields if field.column not in {"id", "stamp", "last_number"})
    if editor.connection.vendor == "postgresql":
        _renew_in_postgresql(editor, watched)
    else:
        _renew_in_sqlite(editor, watched)


def _renew_in_postgresql(editor: BaseDatabaseSchemaEditor, watched: str) -> None:
    editor.execute(
        "CREATE OR REPLACE FUNCTION renew_stamp() RETURNS trigger AS $$ "
        "BEGIN NEW.stamp := gen_random_uuid(); RETURN NEW; END $$ LANGUAGE plpgsql"
    )
    editor.execute(
        "CREATE OR REPLACE FUNCTION renew_stamp_of_round() RETURNS trigger AS $$ "
        "BEGIN UPDATE submissions_round SET stamp = gen_random_uuid() "
        "WHERE id = OLD.round_id OR id = NEW.round_id; RETURN NULL; END $$ LANGUAGE plpgsql"
    )
    editor.execute(
        f"CREATE TRIGGER submissions_round_stamp BEFORE UPDATE OF {watched} ON submissions_round "
        "FOR EACH ROW EXECUTE FUNCTION renew_stamp()"
    )
    for table in PARTS:
        editor.execute(
            f"CREATE TRIGGER {table}_stamp AFTER {' OR '.join(CHANGES)} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION renew_stamp_of_round()"
        )


def _renew_in_sqlite(editor: BaseDatabaseSchemaEditor, watched: str) -> None:
    fresh = "UPDATE submissions_round SET stamp = lower(hex(randomblob(16))) WHERE id"
    editor.execute(
        f"CREATE TRIGGER submissions_round_stamp AFTER UPDATE OF {watched} ON submissions_round "
        f"BEGIN {fresh} = NEW.id; END"
    )
    rows = {"INSERT": "= NEW.round_id", "UPDATE": "IN (OLD.round_id, NEW.round_id)", "DELETE": "= OLD.round_id"}
    for table in PARTS:
        for change in CHANGES:
            editor.execute(
                f"CREATE TRIGGER {table}_stamp_{change.lower()} AFTER {change} ON {table} "
                f"BEGIN {fresh} {rows[change]}; END"
            )


def leave(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for table in ("submissions_round", *PARTS):
            editor.execute(f"DROP TRIGGER {table}_stamp ON {table}")
        editor.execute("DROP FUNCTION renew_stamp()")
        editor.execute("DROP FUNCTION renew_stamp_of_round()")
        return
    editor.execute("DROP TRIGGER submissions_round_stamp")
    for table in PARTS:
        for change in CHANGES:
            editor.execute(f"DROP TRIGGER {table}_stamp_{change.lower()}")


class Migration(migrations.Migration):
    dependencies = [("submissions", "0005_submitted_means_frozen_facts")]

    operations = [
        migrations.AddField("round", "stamp", models.UUIDField(default=uuid.uuid4, editable=False)),
        migrations.RunPython(renew, leave),
    ]
