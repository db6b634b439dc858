"""What staff read beside roles and locked accounts; no column changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_register_and_people")]

    operations = [
        migrations.AlterField(
            "user",
            "is_active",
            models.BooleanField(
                "aktiv",
                default=True,
                help_text="Wer gesperrt ist, kommt nicht hinein; was der Person gehört, bleibt.",
            ),
        ),
        migrations.AlterField(
            "user",
            "is_staff",
            models.BooleanField("Zugang zur Verwaltung", default=False, help_text="Hat, wer eine Rolle hat."),
        ),
    ]
