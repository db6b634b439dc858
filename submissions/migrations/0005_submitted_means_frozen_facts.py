from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0004_fill_frozen_facts")]

    operations = [
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("current__isnull", True),
                        ("number__isnull", True),
                        ("status", "draft"),
                        ("submitted_category__isnull", True),
                        ("submitted_lead__isnull", True),
                        ("submitted_title", ""),
                    ),
                    models.Q(
                        ("current__isnull", False),
                        ("number__isnull", False),
                        ("status__in", ["submitted", "withdrawn"]),
                        ("submitted_category__isnull", False),
                        ("submitted_lead__isnull", False),
                        models.Q(("submitted_title", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="submitted_means_number_and_version",
                violation_error_message="Eingereicht ist nur, was Nummer und Version hat.",
            ),
        ),
    ]
