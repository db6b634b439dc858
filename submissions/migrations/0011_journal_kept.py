"""Journal lines, versions and extensions are never deleted, except through the door of a recorded purge."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from landespreis import keeping

KEPT: dict[str, list[list[str]]] = {
    "submissions_event": [],
    "submissions_version": [["submission_id", "number"]],
    "submissions_extension": [],
}


def keep(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for table, unique in KEPT.items():
        keeping.keep(editor, table, unique=unique)


def release(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in KEPT:
        keeping.release(editor, table)


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0010_help_and_transfer"),
        ("landespreis", "0003_journal_kept"),
    ]

    operations = [migrations.RunPython(keep, release)]
