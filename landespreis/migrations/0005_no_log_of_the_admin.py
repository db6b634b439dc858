"""Empties Django's log of the admin, which kept names and addresses; the portal's journal has the same acts."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def empty(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("admin", "LogEntry")._default_manager.all().delete()


class Migration(migrations.Migration):
    dependencies = [("landespreis", "0004_records"), ("admin", "0003_logentry_add_action_flag_choices")]

    beside_old_code = "The version before only shows the log as a row's history, which may be empty."

    operations = [migrations.RunPython(empty, migrations.RunPython.noop)]
