"""What was found about the conditions of an entry, and decisions that wait for a second person."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0008_round_in_preparation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=40, verbose_name="Bedingung")),
                (
                    "verdict",
                    models.CharField(
                        choices=[("open", "offen"), ("met", "erfüllt"), ("failed", "nicht erfüllt")],
                        max_length=6,
                        verbose_name="Befund",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="Notiz")),
                ("at", models.DateTimeField(verbose_name="am")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="von",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
                        to="submissions.submission",
                        verbose_name="Einreichung",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
                        to="submissions.version",
                        verbose_name="Version",
                    ),
                ),
            ],
            options={
                "verbose_name": "Befund",
                "verbose_name_plural": "Befunde",
                "constraints": [models.UniqueConstraint(fields=("version", "key"), name="one_finding_per_condition")],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("admit", "zulassen"),
                            ("exclude", "ausschließen"),
                            ("hand_back", "zur Korrektur zurückgeben"),
                        ],
                        max_length=10,
                        verbose_name="Entscheidung",
                    ),
                ),
                ("reason", models.TextField(blank=True, max_length=1000, verbose_name="Grund")),
                ("until", models.DateTimeField(null=True, verbose_name="neue Frist")),
                ("tell", models.BooleanField(default=True, verbose_name="mit E-Mail")),
                ("proposed_at", models.DateTimeField(verbose_name="vorgeschlagen am")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "wartet auf eine zweite Person"),
                            ("confirmed", "bestätigt"),
                            ("rejected", "abgelehnt"),
                            ("dropped", "hinfällig"),
                        ],
                        default="open",
                        max_length=9,
                        verbose_name="Ausgang",
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True, verbose_name="beendet am")),
                ("ended_reason", models.TextField(blank=True, max_length=1000, verbose_name="Grund des Endes")),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="beendet von",
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
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to="submissions.submission",
                        verbose_name="Einreichung",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="submissions.version",
                        verbose_name="Version",
                    ),
                ),
            ],
            options={
                "verbose_name": "Vorschlag der formalen Prüfung",
                "verbose_name_plural": "Vorschläge der formalen Prüfung",
                "ordering": ("-proposed_at",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "open")),
                        fields=("submission",),
                        name="one_open_proposal",
                        violation_error_message="Für diese Einreichung gibt es schon einen Vorschlag.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("act", "admit"), ("reason", ""), ("until__isnull", True)),
                            models.Q(
                                ("act", "exclude"), ("until__isnull", True), models.Q(("reason", ""), _negated=True)
                            ),
                            models.Q(
                                ("act", "hand_back"), ("until__isnull", False), models.Q(("reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="proposal_says_what_its_act_needs",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_by__isnull", True), ("outcome", "open")),
                            models.Q(
                                models.Q(("outcome", "open"), _negated=True),
                                ("ended_at__isnull", False),
                                ("ended_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="proposal_ended_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_by", models.F("proposed_by")), ("outcome", "confirmed"), _negated=True
                        ),
                        name="proposal_confirmed_by_another",
                        violation_error_message="Den eigenen Vorschlag bestätigt eine andere Person.",
                    ),
                ],
            },
        ),
    ]
