"""Category and title of what counts, taken from the versions that were handed in before entries kept them."""

import json

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def fill(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for entry in apps.get_model("submissions", "Submission").objects.exclude(current=None).select_related("current"):
        frozen = json.loads(entry.current.canonical)
        category = apps.get_model("submissions", "Category").objects
        entry.submitted_category = category.get(round=entry.round_id, key=frozen["category"]["key"])
        entry.submitted_title = frozen["title"]
        entry.save(update_fields=["submitted_category", "submitted_title"])


class Migration(migrations.Migration):
    dependencies = [("submissions", "0003_jury_dates_and_frozen_facts")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
