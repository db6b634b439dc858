import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import submissions.models.round


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_register_and_people"),
        ("submissions", "0002_frozen_rows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="submission",
            name="submitted_means_number_and_version",
        ),
        migrations.AddField(
            model_name="category",
            name="decided_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="entschieden am"),
        ),
        migrations.AddField(
            model_name="criterion",
            name="tie_break",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="1: zuerst, 2: danach. Leer: nie. Nach den Kriterien entscheidet der Median, dann eine Abstimmung.",
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="entscheidet bei Gleichstand",
            ),
        ),
        migrations.AddField(
            model_name="round",
            name="quorum",
            field=models.PositiveSmallIntegerField(
                default=3,
                help_text="So viele gültige Bewertungen braucht jede Einreichung, bevor ihre Sitzung eröffnet werden kann.",
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="Quorum",
            ),
        ),
        migrations.AddField(
            model_name="round",
            name="scoring_closes_at",
            field=models.DateTimeField(
                blank=True,
                help_text="Bis dahin erinnert das Portal die Jury. Ändern kann sie Bewertungen bis zur Eröffnung der Sitzung.",
                null=True,
                verbose_name="Bewertungsschluss",
            ),
        ),
        migrations.AddField(
            model_name="round",
            name="scoring_opens_at",
            field=models.DateTimeField(
                blank=True,
                help_text="Vorher sieht die Jury keine Einreichung. Leer: Die Jury wartet.",
                null=True,
                verbose_name="Bewertung ab",
            ),
        ),
        migrations.AddField(
            model_name="round",
            name="scoring_reminder_hours",
            field=models.JSONField(
                default=submissions.models.round.default_scoring_reminder_hours,
                validators=[submissions.models.round.validate_reminder_hours],
                verbose_name="Erinnerungen der Jury, Stunden vor Bewertungsschluss",
            ),
        ),
        migrations.AddField(
            model_name="round",
            name="session_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="Jurysitzung am"),
        ),
        migrations.AddField(
            model_name="submission",
            name="submitted_category",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="submissions.category",
                verbose_name="Kategorie laut Version",
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="submitted_title",
            field=models.CharField(blank=True, editable=False, max_length=150, verbose_name="Titel laut Version"),
        ),
        migrations.AlterField(
            model_name="event",
            name="verb",
            field=models.CharField(
                choices=[
                    ("started", "begonnen"),
                    ("saved", "Abschnitt gespeichert"),
                    ("partner_added", "Partner aufgenommen"),
                    ("partner_removed", "Partner entfernt"),
                    ("file_added", "Datei hochgeladen"),
                    ("file_described", "Bildangaben gespeichert"),
                    ("file_removed", "Datei entfernt"),
                    ("file_rejected", "Datei nach Prüfung abgelehnt"),
                    ("invited", "eingeladen"),
                    ("joined", "Einladung angenommen"),
                    ("role_changed", "Rolle geändert"),
                    ("editor_removed", "Mitwirkung beendet"),
                    ("handed_over", "übergeben"),
                    ("submitted", "eingereicht"),
                    ("withdrawn", "zurückgezogen"),
                    ("reset", "Entwurf zurückgesetzt"),
                    ("extended", "Frist verlängert"),
                    ("reminded", "erinnert"),
                    ("admitted", "zugelassen"),
                    ("excluded", "ausgeschlossen"),
                    ("check_reopened", "formale Prüfung wieder geöffnet"),
                ],
                max_length=20,
                verbose_name="Vorgang",
            ),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.UniqueConstraint(
                fields=("round", "tie_break"),
                name="one_criterion_per_tie_break",
                violation_error_message="An dieser Stelle entscheidet schon ein anderes Kriterium.",
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("scoring_opens_at__isnull", True),
                    ("scoring_closes_at__isnull", True),
                    ("scoring_opens_at__lt", models.F("scoring_closes_at")),
                    _connector="OR",
                ),
                name="round_scoring_opens_before_it_closes",
                violation_error_message="Der Bewertungsschluss muss nach dem Beginn der Bewertung liegen.",
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("scoring_opens_at__isnull", True),
                    ("scoring_opens_at__gte", models.F("closes_at")),
                    _connector="OR",
                ),
                name="round_scoring_after_window",
                violation_error_message="Die Bewertung kann erst nach dem Einreichungsschluss beginnen.",
            ),
        ),
    ]
