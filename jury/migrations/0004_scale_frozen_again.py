"""The trigger that freezes the scale, once more: SQLite lost it when the table of rounds was built anew."""

from importlib import import_module

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

frozen = import_module("jury.migrations.0002_frozen_rows")


def again(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Put up those that are not there."""
    if editor.connection.vendor == "sqlite":
        with editor.connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            there = {name for (name,) in cursor.fetchall()}
        frozen.freeze(apps, editor, without=there)


class Migration(migrations.Migration):
    dependencies = [("jury", "0003_paper_contents"), ("submissions", "0008_round_in_preparation")]

    operations = [migrations.RunPython(again, migrations.RunPython.noop)]
