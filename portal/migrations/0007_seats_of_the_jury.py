"""Triggers: the award page names the seats of the jury, so their changes count as the round's."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from portal import editions


def forwards(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    editions.watch(editor, "jury_seat", "round")


def backwards(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    editions.unwatch(editor, "jury_seat")


class Migration(migrations.Migration):
    dependencies = [("portal", "0006_newsletter"), ("jury", "0003_paper_contents")]

    operations = [migrations.RunPython(forwards, backwards)]
