"""The journal's list begins with the newest line, however many there are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0011_journal_kept")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["-at", "-id"], name="event_newest_first"),
        ),
    ]
