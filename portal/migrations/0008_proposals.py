"""Who saved a proposal last, from which opened page, and corrections as a step of its own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("portal", "0007_seats_of_the_jury"),
    ]

    operations = [
        migrations.AddField(
            model_name="proposal",
            name="saved_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="gespeichert von",
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="sitting",
            field=models.CharField(default="", editable=False, max_length=40),
        ),
        migrations.AlterField(
            model_name="proposalstep",
            name="verb",
            field=models.CharField(
                choices=[
                    ("started", "begonnen"),
                    ("submitted", "vorgelegt"),
                    ("recalled", "zurückgeholt"),
                    ("corrected", "berichtigt"),
                    ("returned", "zurückgegeben"),
                    ("published", "veröffentlicht"),
                ],
                max_length=10,
                verbose_name="was",
            ),
        ),
    ]
