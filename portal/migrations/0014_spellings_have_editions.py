"""New words make a new edition: a search remembers what those of a query may mean, and is told when that changes."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from portal import editions


def count(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    editions.watch(editor, "portal_spelling", "spellings")


def stop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    editions.unwatch(editor, "portal_spelling")


class Migration(migrations.Migration):
    dependencies = [("portal", "0013_newsletters_are_found")]

    beside_old_code = (
        "The version before writes words as ever; a trigger counts them, and it does not ask for that number."
    )

    operations = [migrations.RunPython(count, stop)]
