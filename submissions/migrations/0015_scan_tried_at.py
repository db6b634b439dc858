"""Files without a verdict are tried again after the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0014_everything_by_two"),
    ]

    operations = [
        migrations.AddField(
            model_name="attachment",
            name="tried_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="zuletzt ohne Urteil geprüft am"),
        ),
    ]
