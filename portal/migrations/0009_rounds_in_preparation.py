"""Triggers: what is new about a round counts as well, and SQLite lost the old ones when its table was built anew."""

from importlib import import_module

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from portal import editions

COUNTED: set[str] = import_module("portal.migrations.0002_editions_and_frozen_versions").COUNTED


def again(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    fields = apps.get_model("submissions", "Round")._meta.concrete_fields
    shown = [field.column for field in fields if field.column not in COUNTED]
    editions.watch(editor, "submissions_round", "round", shown)


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0008_proposals"),
        ("submissions", "0008_round_in_preparation"),
        ("jury", "0004_scale_frozen_again"),
    ]

    operations = [migrations.RunPython(again, migrations.RunPython.noop)]
