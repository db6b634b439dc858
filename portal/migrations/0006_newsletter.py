"""The newsletter: when a delivery is tried again, how many an issue went to, and that its sending can be paused."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0005_search_index")]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="due_at",
            field=models.DateTimeField(null=True, verbose_name="nächster Versuch am"),
        ),
        migrations.AddField(
            model_name="newsletter",
            name="recipients",
            field=models.PositiveIntegerField(editable=False, null=True, verbose_name="Empfänger"),
        ),
        migrations.AlterField(
            model_name="newsletter",
            name="status",
            field=models.CharField(
                choices=[
                    ("draft", "Entwurf"),
                    ("sending", "wird versendet"),
                    ("paused", "angehalten"),
                    ("sent", "versendet"),
                ],
                default="draft",
                editable=False,
                max_length=10,
                verbose_name="Stand",
            ),
        ),
    ]
