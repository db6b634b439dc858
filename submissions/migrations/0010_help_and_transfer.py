import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0009_findings_and_proposals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HelpRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(verbose_name="gebeten am")),
                (
                    "question",
                    models.TextField(
                        validators=[django.core.validators.MaxLengthValidator(2000)], verbose_name="Frage"
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "1 Tag"), (3, "3 Tage"), (7, "7 Tage")],
                        default=3,
                        verbose_name="Entwurf einsehbar",
                    ),
                ),
                ("until", models.DateTimeField(verbose_name="einsehbar bis")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="beendet am")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="gebeten von",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        help_text="Leer: Die Zeit war abgelaufen.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="beendet von",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="help_requests",
                        to="submissions.submission",
                        verbose_name="Einreichung",
                    ),
                ),
            ],
            options={
                "verbose_name": "Bitte um Hilfe",
                "verbose_name_plural": "Bitten um Hilfe",
                "ordering": ("-asked_at", "-pk"),
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="HelpAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="Antwort")),
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
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="submissions.helprequest",
                        verbose_name="Bitte um Hilfe",
                    ),
                ),
            ],
            options={
                "verbose_name": "Antwort der Geschäftsstelle",
                "verbose_name_plural": "Antworten der Geschäftsstelle",
                "ordering": ("at", "pk"),
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254, verbose_name="E-Mail-Adresse")),
                (
                    "keeps",
                    models.CharField(
                        blank=True,
                        choices=[("read", "lesen"), ("edit", "bearbeiten"), ("submit", "bearbeiten und einreichen")],
                        max_length=10,
                        verbose_name="bisherige Person darf weiter",
                    ),
                ),
                ("reason", models.TextField(verbose_name="Grund")),
                ("offered_at", models.DateTimeField(verbose_name="angeboten am")),
                ("accepted_at", models.DateTimeField(null=True, verbose_name="angenommen am")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="zurückgenommen am")),
                (
                    "offered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="angeboten von",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="offers",
                        to="submissions.submission",
                        verbose_name="Einreichung",
                    ),
                ),
            ],
            options={
                "verbose_name": "angebotene Übernahme",
                "verbose_name_plural": "angebotene Übernahmen",
                "ordering": ("-offered_at",),
                "default_permissions": ("view",),
            },
        ),
        migrations.AddConstraint(
            model_name="helprequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("submission",),
                name="one_help_request_at_a_time",
                violation_error_message="Für diese Einreichung ist schon um Hilfe gebeten.",
            ),
        ),
        migrations.AddConstraint(
            model_name="helprequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("question", ""), _negated=True),
                name="help_request_has_question",
                violation_error_message="Bitte schreiben Sie Ihre Frage.",
            ),
        ),
        migrations.AddConstraint(
            model_name="helprequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gt", models.F("asked_at"))),
                name="help_request_runs_forward",
                violation_error_message="Das Ende liegt nach dem Anfang.",
            ),
        ),
        migrations.AddConstraint(
            model_name="helprequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_by__isnull", True), ("ended_at__isnull", False), _connector="OR"),
                name="help_request_ended_by_when",
                violation_error_message="Beendet braucht einen Zeitpunkt.",
            ),
        ),
        migrations.AddConstraint(
            model_name="helpanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True),
                name="help_answer_has_text",
                violation_error_message="Bitte schreiben Sie eine Antwort.",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("accepted_at__isnull", True), ("withdrawn_at__isnull", True)),
                fields=("submission",),
                name="one_offer_at_a_time",
                violation_error_message="Diese Einreichung ist schon jemandem angeboten.",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="offer_has_reason",
                violation_error_message="Bitte nennen Sie den Grund.",
            ),
        ),
    ]
