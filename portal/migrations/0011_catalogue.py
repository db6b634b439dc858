"""Triggers: what the filter of the directory counts has editions of its own, so a new text leaves its numbers known."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from portal import editions

TOPIC = "catalogue"
WATCHED: dict[str, tuple[str, ...]] = {
    "portal_projectfacet": (),
    "portal_project": ("published_at", "edition", "sort_key"),
    "portal_projectpartner": ("country", "kind"),
    "portal_projectcategory": (),
    "portal_topic": (),
    "accounts_municipality": (),
}
"""Table → the columns whose new values count, where not all do."""


def forwards(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for table, columns in WATCHED.items():
        editions.watch_also(editor, table, TOPIC, columns)


def backwards(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in WATCHED:
        editions.unwatch_also(editor, table, TOPIC)


class Migration(migrations.Migration):
    dependencies = [("portal", "0010_ceremony"), ("accounts", "0001_register_and_people")]

    beside_old_code = "Triggers count in rows of their own, which the version before neither reads nor writes."

    operations = [migrations.RunPython(forwards, backwards)]
