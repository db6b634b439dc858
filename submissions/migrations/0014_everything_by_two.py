"""Where two decide, taking back, reopening and withdrawing on request are proposed too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0013_lists_of_entries"),
    ]

    beside_old_code = (
        "The new rule lets through all that the old one did, so what the version before writes still fits."
    )

    operations = [
        migrations.RemoveConstraint(
            model_name="proposal",
            name="proposal_says_what_its_act_needs",
        ),
        migrations.AlterField(
            model_name="proposal",
            name="act",
            field=models.CharField(
                choices=[
                    ("admit", "zulassen"),
                    ("exclude", "ausschließen"),
                    ("hand_back", "zur Korrektur zurückgeben"),
                    ("undo", "Entscheidung zurücknehmen"),
                    ("reopen", "Prüfung wieder öffnen"),
                    ("withdraw", "zurückziehen auf Wunsch"),
                ],
                max_length=10,
                verbose_name="Entscheidung",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("act", "admit"), ("reason", ""), ("until__isnull", True)),
                    models.Q(
                        ("act__in", ["exclude", "undo", "reopen", "withdraw"]),
                        ("until__isnull", True),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    models.Q(("act", "hand_back"), ("until__isnull", False), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="proposal_says_what_its_act_needs",
            ),
        ),
    ]
