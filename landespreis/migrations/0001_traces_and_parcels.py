"""The portal's own journal, and files made on request."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Trace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="Zeitpunkt")),
                ("verb", models.CharField(max_length=40, verbose_name="Vorgang")),
                ("about", models.CharField(blank=True, max_length=200, verbose_name="worum es geht")),
                ("detail", models.JSONField(default=dict, verbose_name="Einzelheiten")),
                (
                    "by",
                    models.ForeignKey(
                        help_text="Leer: das Portal selbst, oder jemand ohne Konto.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="von",
                    ),
                ),
            ],
            options={
                "verbose_name": "Vorgang im Portal",
                "verbose_name_plural": "Verlauf des Portals",
                "ordering": ("-at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="Parcel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.SlugField(max_length=40, verbose_name="Art")),
                ("title", models.CharField(max_length=200, verbose_name="Titel")),
                ("params", models.JSONField(default=dict, verbose_name="Angaben")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="angefordert am")),
                ("claimed_at", models.DateTimeField(null=True, verbose_name="in Arbeit seit")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="fertige Teile")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="Teile")),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="Versuche")),
                ("error", models.TextField(blank=True, verbose_name="letzter Fehler")),
                ("failed_at", models.DateTimeField(null=True, verbose_name="aufgegeben am")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="fertig seit")),
                ("expires_at", models.DateTimeField(null=True, verbose_name="abrufbar bis")),
                ("file", models.FileField(blank=True, max_length=200, upload_to="pakete/", verbose_name="Datei")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="Größe in Byte")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="Prüfsumme")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="angefordert von",
                    ),
                ),
            ],
            options={
                "verbose_name": "Paket",
                "verbose_name_plural": "Pakete",
                "ordering": ("-asked_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("finished_at__isnull", True), ("expires_at__isnull", False), _connector="OR"
                        ),
                        name="parcel_finished_expires",
                    )
                ],
            },
        ),
    ]
