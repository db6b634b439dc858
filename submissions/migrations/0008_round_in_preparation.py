"""A round may be prepared before anybody knows of it; then its dates may be missing. New lines of the journal."""

from importlib import import_module

import django.utils.timezone
from django.db import migrations, models

stamps = import_module("submissions.migrations.0006_round_stamp")
"""Its triggers are taken down first and put up last: SQLite would lose that of the round, and new columns count too."""


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0007_handed_back"),
    ]

    operations = [
        migrations.RunPython(stamps.leave, stamps.renew),
        migrations.AddField(
            model_name="round",
            name="announced_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, editable=False, null=True, verbose_name="bekannt gemacht am"
            ),
        ),
        migrations.AddField(
            model_name="round",
            name="four_eyes",
            field=models.BooleanField(
                default=False,
                help_text="Eine Person schlägt die Entscheidung vor, eine andere bestätigt sie.",
                verbose_name="formale Prüfung zu zweit",
            ),
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
                    ("handed_back", "zur Korrektur zurückgegeben"),
                    ("check_reopened", "formale Prüfung wieder geöffnet"),
                    ("checked", "Prüfpunkte festgehalten"),
                    ("check_proposed", "Entscheidung vorgeschlagen"),
                    ("check_unproposed", "Vorschlag verworfen"),
                    ("check_undone", "Entscheidung zurückgenommen"),
                    ("help_asked", "um Hilfe gebeten"),
                    ("help_ended", "Hilfe beendet"),
                    ("draft_seen", "Entwurf eingesehen"),
                    ("transferred", "von der Geschäftsstelle übertragen"),
                    ("receipt_sent", "Eingangsbestätigung noch einmal verschickt"),
                    ("written_to", "angeschrieben"),
                ],
                max_length=20,
                verbose_name="Vorgang",
            ),
        ),
        migrations.AlterField(
            model_name="round",
            name="ceremony_on",
            field=models.DateField(blank=True, null=True, verbose_name="Preisverleihung am"),
        ),
        migrations.AlterField(
            model_name="round",
            name="closes_at",
            field=models.DateTimeField(
                blank=True,
                help_text="Der erste Augenblick, in dem nichts mehr angenommen wird.",
                null=True,
                verbose_name="Einreichungsschluss",
            ),
        ),
        migrations.AlterField(
            model_name="round",
            name="embargo_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="Preisträger nicht öffentlich vor"),
        ),
        migrations.AlterField(
            model_name="round",
            name="opens_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="Einreichung ab"),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("announced_at__isnull", True),
                    models.Q(
                        ("opens_at__isnull", False),
                        ("closes_at__isnull", False),
                        ("ceremony_on__isnull", False),
                        ("embargo_until__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="round_announced_with_dates",
                violation_error_message="Bekannt wird eine Runde mit Beginn, Schluss, Preisverleihung und Sperrfrist.",
            ),
        ),
        migrations.RunPython(stamps.renew, stamps.leave),
    ]
