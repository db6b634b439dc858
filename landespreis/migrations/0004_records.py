"""Periods of keeping, what is held back, runs that delete, and the figures that stay."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("landespreis", "0003_journal_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.SlugField(editable=False, max_length=20, unique=True, verbose_name="Art")),
                ("title", models.CharField(editable=False, max_length=100, verbose_name="was")),
                ("since", models.CharField(editable=False, max_length=150, verbose_name="gerechnet ab")),
                (
                    "months",
                    models.PositiveSmallIntegerField(
                        help_text="12 = ein Jahr, 60 = fünf Jahre. Vorher lässt sich keine Löschung vorschlagen.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1200),
                        ],
                        verbose_name="aufbewahren, Monate",
                    ),
                ),
                (
                    "note",
                    models.TextField(
                        help_text="Worauf die Frist beruht: eine Vorschrift, ein Aktenplan, eine Absprache mit dem Datenschutz. Solange hier „Annahme“ steht, hat sie noch niemand bestätigt.",
                        max_length=1000,
                        verbose_name="Grundlage",
                    ),
                ),
            ],
            options={
                "verbose_name": "Aufbewahrungsfrist",
                "verbose_name_plural": "Aufbewahrungsfristen",
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("months__gte", 1)),
                        name="retention_rule_has_months",
                        violation_error_message="Die Frist ist mindestens ein Monat.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.SlugField(max_length=20, verbose_name="Art")),
                ("title", models.CharField(max_length=100, verbose_name="was")),
                ("scope", models.CharField(blank=True, max_length=60, verbose_name="Schlüssel")),
                ("scope_name", models.CharField(max_length=150, verbose_name="woraus")),
                ("is_archived", models.BooleanField(verbose_name="dem Landesarchiv anzubieten")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "vorgeschlagen"),
                            ("packed", "Paket erstellt"),
                            ("offered", "dem Landesarchiv angeboten"),
                            ("answered", "vom Landesarchiv beantwortet"),
                            ("released", "freigegeben"),
                            ("done", "vollzogen"),
                            ("discarded", "verworfen"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="Stand",
                    ),
                ),
                ("before", models.DateTimeField(verbose_name="älter als")),
                ("proposed_at", models.DateTimeField(verbose_name="vorgeschlagen am")),
                ("offered_at", models.DateField(null=True, verbose_name="angeboten am")),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("taken", "übernommen"),
                            ("declined", "abgelehnt"),
                            ("silent", "keine Antwort in sechs Monaten"),
                        ],
                        max_length=10,
                        verbose_name="Antwort des Landesarchivs",
                    ),
                ),
                ("answered_at", models.DateField(null=True, verbose_name="beantwortet am")),
                ("reference", models.CharField(blank=True, max_length=100, verbose_name="Aktenzeichen")),
                (
                    "package",
                    models.FileField(blank=True, max_length=200, upload_to="aussonderung/", verbose_name="Archivpaket"),
                ),
                ("package_size", models.PositiveBigIntegerField(default=0, verbose_name="Größe des Pakets in Byte")),
                ("package_sha256", models.CharField(blank=True, max_length=64, verbose_name="Prüfsumme des Pakets")),
                ("released_at", models.DateTimeField(null=True, verbose_name="freigegeben am")),
                ("started_at", models.DateTimeField(null=True, verbose_name="begonnen am")),
                ("done_at", models.DateTimeField(null=True, verbose_name="vollzogen am")),
                ("discarded_at", models.DateTimeField(null=True, verbose_name="verworfen am")),
                ("reason", models.TextField(blank=True, max_length=1000, verbose_name="Grund des Verwerfens")),
                ("counts", models.JSONField(default=dict, verbose_name="was ging")),
                (
                    "discarded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="verworfen von",
                    ),
                ),
                (
                    "parcel",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="landespreis.parcel",
                        verbose_name="Packauftrag",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="vorgeschlagen von",
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
            ],
            options={
                "verbose_name": "Aussonderung",
                "verbose_name_plural": "Aussonderungen",
                "ordering": ("-proposed_at", "-pk"),
                "permissions": (
                    ("release_retentionrun", "Kann Aussonderungen freigeben"),
                    ("disclose_person", "Kann Auskunft über gespeicherte Daten einer Person geben"),
                ),
                "default_permissions": ("view", "add"),
            },
        ),
        migrations.CreateModel(
            name="RetentionItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=40, verbose_name="Schlüssel")),
                ("label", models.CharField(max_length=200, verbose_name="was")),
                ("about", models.CharField(blank=True, max_length=200, verbose_name="wessen")),
                ("lots", models.JSONField(default=list, verbose_name="Inhalt")),
                ("counts", models.JSONField(default=dict, verbose_name="Umfang")),
                ("digest", models.CharField(max_length=64, verbose_name="Prüfsumme")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "steht an"),
                            ("held", "ausgenommen, Aufbewahrung verlängert"),
                            ("done", "vollzogen"),
                            ("failed", "nicht vollzogen"),
                        ],
                        default="pending",
                        max_length=10,
                        verbose_name="Stand",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="Versuche")),
                ("error", models.CharField(blank=True, max_length=500, verbose_name="Hindernis")),
                ("done_at", models.DateTimeField(null=True, verbose_name="vollzogen am")),
                ("files", models.JSONField(default=list, verbose_name="noch zu löschende Dateien")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="landespreis.retentionrun"
                    ),
                ),
            ],
            options={
                "verbose_name": "Teil einer Aussonderung",
                "verbose_name_plural": "Teile einer Aussonderung",
                "ordering": ("pk",),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="RetentionFigures",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("category", models.CharField(blank=True, max_length=120, verbose_name="Kategorie")),
                ("figures", models.JSONField(default=dict, verbose_name="Zahlen")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="figures",
                        to="landespreis.retentionrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "Statistik",
                "verbose_name_plural": "Statistik",
                "ordering": ("pk",),
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="RetentionHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(db_index=True, editable=False, max_length=40, verbose_name="Schlüssel")),
                ("label", models.CharField(editable=False, max_length=200, verbose_name="was")),
                ("reason", models.TextField(max_length=1000, verbose_name="Grund")),
                ("held_at", models.DateTimeField(verbose_name="verlängert am")),
                ("lifted_at", models.DateTimeField(null=True, verbose_name="beendet am")),
                (
                    "held_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="verlängert von",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="beendet von",
                    ),
                ),
            ],
            options={
                "verbose_name": "verlängerte Aufbewahrung",
                "verbose_name_plural": "verlängerte Aufbewahrungen",
                "ordering": ("-held_at", "-pk"),
                "default_permissions": ("view", "add", "change"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("subject",),
                        name="one_standing_hold",
                        violation_error_message="Die Aufbewahrung ist schon verlängert.",
                    ),
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="hold_has_reason"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lifted_at__isnull", True), ("lifted_by__isnull", True)),
                            models.Q(("lifted_at__isnull", False), ("lifted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="hold_lifted_has_who_and_when",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="retentionrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("released_by__isnull", True),
                    models.Q(("released_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="retention_released_by_another",
                violation_error_message="Freigeben kann nur eine andere Person als die, die vorgeschlagen hat.",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("released_at__isnull", True), ("released_by__isnull", True)),
                    models.Q(("released_at__isnull", False), ("released_by__isnull", False)),
                    _connector="OR",
                ),
                name="retention_release_has_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["released", "done"]), _negated=True),
                    ("released_at__isnull", False),
                    _connector="OR",
                ),
                name="retention_done_only_released",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_archived", False),
                    models.Q(("status__in", ["released", "done"]), _negated=True),
                    models.Q(("package_sha256", ""), _negated=True),
                    _connector="OR",
                ),
                name="retention_archived_has_package",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "discarded"), _negated=True),
                    models.Q(("discarded_at__isnull", False), ("discarded_by__isnull", False)),
                    _connector="OR",
                ),
                name="retention_discard_has_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["done", "discarded"]), _negated=True),
                fields=("kind", "scope"),
                name="one_running_retention",
                violation_error_message="Dafür läuft schon eine Aussonderung.",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionitem",
            constraint=models.UniqueConstraint(fields=("run", "subject"), name="one_item_per_subject"),
        ),
        migrations.AddConstraint(
            model_name="retentionfigures",
            constraint=models.UniqueConstraint(fields=("run", "category"), name="figures_once_per_category"),
        ),
    ]
