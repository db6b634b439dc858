from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jury", "0002_frozen_rows"),
    ]

    operations = [
        migrations.AddField(
            model_name="paper",
            name="entries",
            field=models.JSONField(default=list, verbose_name="enthält"),
        ),
        migrations.AddField(
            model_name="paper",
            name="pages",
            field=models.PositiveIntegerField(default=0, verbose_name="Seiten"),
        ),
    ]
