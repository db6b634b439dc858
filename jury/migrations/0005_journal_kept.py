"""Lines of the jury's journal are never deleted, except through the door of a recorded purge."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from landespreis import keeping


def keep(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    keeping.keep(editor, "jury_juryevent")


def release(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    keeping.release(editor, "jury_juryevent")


class Migration(migrations.Migration):
    dependencies = [
        ("jury", "0004_scale_frozen_again"),
        ("landespreis", "0003_journal_kept"),
    ]

    operations = [migrations.RunPython(keep, release)]
