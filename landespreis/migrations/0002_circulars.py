"""Messages to groups, who gets them, and texts that staff keep."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("landespreis", "0001_traces_and_parcels"),
        ("post_office", "0014_alter_email_recipient_delivery_status_and_more"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Circular",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("audience", models.SlugField(max_length=60, verbose_name="Gruppe")),
                ("kind", models.SlugField(max_length=40)),
                ("params", models.JSONField(default=dict, verbose_name="Auswahl")),
                ("group", models.CharField(max_length=300, verbose_name="Gruppe")),
                ("template", models.CharField(blank=True, max_length=100, verbose_name="Vorlage")),
                ("subject", models.CharField(max_length=150, verbose_name="Betreff")),
                ("text", models.TextField(max_length=10000, verbose_name="Text")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Entwurf"),
                            ("sending", "wird verschickt"),
                            ("sent", "verschickt"),
                            ("cancelled", "abgebrochen"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                        verbose_name="Stand",
                    ),
                ),
                ("changed_at", models.DateTimeField(verbose_name="geändert am")),
                ("released_at", models.DateTimeField(null=True, verbose_name="freigegeben am")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="fertig am")),
                ("claimed_at", models.DateTimeField(null=True)),
                ("total", models.PositiveIntegerField(default=0, verbose_name="Empfänger")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="erledigt")),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="abgebrochen von",
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="freigegeben von",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="geschrieben von",
                    ),
                ),
            ],
            options={
                "verbose_name": "Nachricht",
                "verbose_name_plural": "Nachrichten",
                "ordering": ("-changed_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="CircularRecipient",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.EmailField(max_length=254, verbose_name="Adresse")),
                ("about", models.CharField(blank=True, max_length=80, verbose_name="worum es geht")),
                ("label", models.CharField(blank=True, max_length=200, verbose_name="wozu")),
                ("values", models.JSONField(default=dict, verbose_name="Angaben")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="erledigt am")),
                (
                    "circular",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recipients",
                        to="landespreis.circular",
                    ),
                ),
                (
                    "mail",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="post_office.email",
                        verbose_name="Mail",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Konto",
                    ),
                ),
            ],
            options={
                "verbose_name": "Empfängerin oder Empfänger",
                "verbose_name_plural": "Empfängerinnen und Empfänger",
                "ordering": ("pk",),
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Wording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=60, unique=True, verbose_name="Kürzel")),
                ("kind", models.SlugField(blank=True, max_length=40, verbose_name="Gruppen")),
                ("title", models.CharField(max_length=100, verbose_name="Titel")),
                ("subject", models.CharField(blank=True, max_length=150, verbose_name="Betreff")),
                ("text", models.TextField(max_length=10000, verbose_name="Text")),
                ("changed_at", models.DateTimeField(verbose_name="geändert am")),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="geändert von",
                    ),
                ),
            ],
            options={
                "verbose_name": "Textvorlage",
                "verbose_name_plural": "Textvorlagen",
                "ordering": ("title", "pk"),
                "default_permissions": ("view", "change"),
            },
        ),
        migrations.AddConstraint(
            model_name="circular",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("released_at__isnull", True), ("released_by__isnull", True), ("status", "draft"), ("total", 0)
                    ),
                    models.Q(
                        models.Q(("status", "draft"), _negated=True),
                        ("released_at__isnull", False),
                        ("released_by__isnull", False),
                        ("total__gt", 0),
                    ),
                    _connector="OR",
                ),
                name="circular_released_by_somebody_to_somebody",
                violation_error_message="Eine Nachricht an niemanden lässt sich nicht freigeben.",
            ),
        ),
        migrations.AddConstraint(
            model_name="circular",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cancelled_by__isnull", False), ("status", "cancelled")),
                    models.Q(models.Q(("status", "cancelled"), _negated=True), ("cancelled_by__isnull", True)),
                    _connector="OR",
                ),
                name="circular_cancelled_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="circularrecipient",
            constraint=models.UniqueConstraint(
                models.F("circular"),
                django.db.models.functions.text.Lower("address"),
                models.F("about"),
                name="circular_once_per_address_and_row",
            ),
        ),
    ]
