"""Triggers: changes of what public pages show are counted by topic; a version of a page never changes."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from portal import editions

WATCHED = {
    "submissions_round": "round",
    "submissions_category": "round",
    "submissions_criterion": "round",
    "portal_news": "news",
    "portal_newscategory": "news",
    "portal_formeraddress": "news",
    "portal_picture": "news",
    "portal_page": "pages",
    "portal_faqsection": "faq",
    "portal_faqentry": "faq",
    "portal_download": "downloads",
}
"""Table → topic; pictures in pages and answers are part of their stored text."""
COUNTED = {"id", "stamp", "last_number"}
"""Columns of a round that no page shows: every submit counts the number up, and must not renew the public pages."""
VERSIONS = "portal_pageversion"


def forwards(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    editions.prepare(editor)
    fields = apps.get_model("submissions", "Round")._meta.concrete_fields
    shown = [field.column for field in fields if field.column not in COUNTED]
    for table, topic in WATCHED.items():
        editions.watch(editor, table, topic, shown if table == "submissions_round" else ())
    if editor.connection.vendor == "postgresql":
        editor.execute(
            f"CREATE TRIGGER {VERSIONS}_frozen BEFORE UPDATE ON {VERSIONS} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    else:
        editor.execute(
            f"CREATE TRIGGER {VERSIONS}_frozen BEFORE UPDATE ON {VERSIONS} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {VERSIONS} never change'); END"
        )


def backwards(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    on = f" ON {VERSIONS}" if editor.connection.vendor == "postgresql" else ""
    editor.execute(f"DROP TRIGGER {VERSIONS}_frozen{on}")
    for table in WATCHED:
        editions.unwatch(editor, table)
    editions.remove(editor)


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0001_news_pages_questions"),
        ("submissions", "0006_round_stamp"),
        ("jury", "0002_frozen_rows"),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
