"""Triggers: changes of projects, dates, newsletters and search texts are counted by topic as well."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from portal import editions

WATCHED: dict[str, tuple[str, tuple[str, ...]]] = {
    "portal_projectcategory": ("projects", ()),
    "portal_topic": ("projects", ()),
    "portal_project": ("projects", ()),
    "portal_project_topics": ("projects", ()),
    "portal_projectpartner": ("projects", ()),
    "portal_formerprojectaddress": ("projects", ()),
    "portal_event": ("events", ()),
    "portal_event_downloads": ("events", ()),
    "portal_formereventaddress": ("events", ()),
    "portal_registration": ("events", ("event_id", "status")),
    "portal_newsletter": ("newsletters", ("subject", "lead", "number", "year", "slug", "released_at")),
    "portal_block": ("newsletters", ()),
    "portal_document": ("search", ()),
}
"""Table → topic, and the columns that count where not all do: of registrations pages show only how many places are left."""


def forwards(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for table, (topic, columns) in WATCHED.items():
        editions.watch(editor, table, topic, columns)


def backwards(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in WATCHED:
        editions.unwatch(editor, table)


class Migration(migrations.Migration):
    dependencies = [("portal", "0003_projects_events_newsletters")]

    operations = [migrations.RunPython(forwards, backwards)]
