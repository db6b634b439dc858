"""The chain over the journals, the door through which their rows may go, and triggers that keep all of it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from landespreis import keeping

KEPT: dict[str, list[list[str]]] = {
    "landespreis_link": [["day"], ["previous"], ["sha256"]],
    "landespreis_digest": [["journal", "row"]],
    "landespreis_purge": [["closing_id"]],
    "landespreis_purgedrow": [["journal", "row"]],
    "landespreis_closing": [],
}
"""Tables whose rows never go, with the unique sets of their columns."""


def keep(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    keeping.prepare(editor)
    keeping.keep(editor, "landespreis_trace")
    for table, unique in KEPT.items():
        keeping.keep(editor, table, door=False, unique=unique)


def release(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in ("landespreis_trace", *KEPT):
        keeping.release(editor, table)
    keeping.remove(editor)


class Migration(migrations.Migration):
    dependencies = [
        ("landespreis", "0002_circulars"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Closing",
            fields=[
                ("id", models.BigIntegerField(editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(verbose_name="Zeitpunkt")),
                ("count", models.PositiveIntegerField(verbose_name="gelöschte Zeilen")),
                ("sha256", models.CharField(max_length=64, verbose_name="Prüfsumme")),
            ],
            options={
                "verbose_name": "Abschluss einer Löschung",
                "verbose_name_plural": "Abschlüsse von Löschungen",
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True, verbose_name="Tag")),
                ("previous", models.CharField(max_length=64, unique=True, verbose_name="Prüfsumme davor")),
                ("sha256", models.CharField(max_length=64, unique=True, verbose_name="Prüfsumme")),
                ("count", models.PositiveIntegerField(verbose_name="Zeilen")),
                ("made_at", models.DateTimeField(verbose_name="verkettet am")),
            ],
            options={
                "verbose_name": "verketteter Tag",
                "verbose_name_plural": "Verkettung des Verlaufs",
                "ordering": ("-day",),
            },
        ),
        migrations.CreateModel(
            name="Purge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="Zeitpunkt")),
                ("reason", models.TextField(verbose_name="Grund")),
                ("run", models.CharField(blank=True, max_length=100, verbose_name="Löschlauf")),
                ("tables", models.JSONField(verbose_name="Tabellen")),
                (
                    "by",
                    models.ForeignKey(
                        help_text="Leer: das Portal selbst.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="gelöscht von",
                    ),
                ),
                (
                    "closing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purge",
                        to="landespreis.closing",
                        verbose_name="Abschluss",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="freigegeben von",
                    ),
                ),
            ],
            options={
                "verbose_name": "Löschung aus dem Verlauf",
                "verbose_name_plural": "Löschungen aus dem Verlauf",
                "ordering": ("-at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="PurgedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("journal", models.CharField(max_length=63, verbose_name="Tabelle")),
                ("row", models.BigIntegerField(verbose_name="Schlüssel")),
                (
                    "purge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="landespreis.purge",
                        verbose_name="Löschung",
                    ),
                ),
            ],
            options={
                "verbose_name": "gelöschte Zeile",
                "verbose_name_plural": "gelöschte Zeilen",
                "ordering": ("journal", "row"),
            },
        ),
        migrations.CreateModel(
            name="Digest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("journal", models.CharField(max_length=63, verbose_name="Tabelle")),
                ("row", models.BigIntegerField(verbose_name="Schlüssel")),
                ("sha256", models.CharField(max_length=64, verbose_name="Prüfsumme")),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="digests",
                        to="landespreis.link",
                        verbose_name="Tag",
                    ),
                ),
            ],
            options={
                "verbose_name": "Prüfsumme einer Zeile",
                "verbose_name_plural": "Prüfsummen der Zeilen",
                "ordering": ("journal", "row"),
                "constraints": [models.UniqueConstraint(fields=("journal", "row"), name="row_is_chained_once")],
            },
        ),
        migrations.AddConstraint(
            model_name="purge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("by__isnull", True), ("second__isnull", True)),
                    models.Q(
                        ("by__isnull", False),
                        ("second__isnull", False),
                        models.Q(("by", models.F("second")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="purge_by_two_or_the_portal",
                violation_error_message="Eine Löschung geben zwei verschiedene Personen frei.",
            ),
        ),
        migrations.AddConstraint(
            model_name="purge",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="purge_has_reason",
                violation_error_message="Bitte nennen Sie den Grund der Löschung.",
            ),
        ),
        migrations.AddConstraint(
            model_name="purgedrow",
            constraint=models.UniqueConstraint(fields=("journal", "row"), name="row_is_purged_once"),
        ),
        migrations.AddIndex(
            model_name="trace",
            index=models.Index(fields=["-at", "-id"], name="trace_newest_first"),
        ),
        migrations.RunPython(keep, release),
    ]
