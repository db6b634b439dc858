"""The search knows issues of the newsletter; SQLite lost the triggers of its table when that was built anew."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from portal import editions

KINDS = ("project", "news", "event", "faq", "page", "download", "newsletter")


def again(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    editions.watch(editor, "portal_document", "search")


class Migration(migrations.Migration):
    dependencies = [("portal", "0012_keys_of_128_bits")]

    beside_old_code = (
        "The version before writes documents without an issue, which the new rule allows as the old one did."
    )

    operations = [
        migrations.RemoveConstraint("document", "document_is_about_one_thing"),
        migrations.AddField(
            "document",
            "newsletter",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="document",
                to="portal.newsletter",
            ),
        ),
        migrations.AddConstraint(
            "document",
            models.CheckConstraint(
                condition=models.Q(
                    *[models.Q(**{f"{kind}__isnull": kind != filled for kind in KINDS}) for filled in KINDS],
                    _connector="OR",
                ),
                name="document_is_about_one_thing",
            ),
        ),
        migrations.RunPython(again, migrations.RunPython.noop),
    ]
