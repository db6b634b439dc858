"""Indexes for what the office opens most: the list of entries, and the queue of the formal check."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0012_events_newest_first"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(fields=["-created_at", "-id"], name="newest_submissions"),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("formal_check__in", ["open", "returned"]), ("status", "submitted")),
                fields=["round", "number", "formal_check", "extended_until", "submitted_category", "current", "id"],
                name="undecided_submissions",
            ),
        ),
        migrations.AddIndex(
            model_name="version",
            index=models.Index(fields=["id", "submitted_at"], name="moments_of_versions"),
        ),
    ]
