"""That the winners of a round go public: ordered by a person, done by the worker."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0009_rounds_in_preparation"),
        ("submissions", "0008_round_in_preparation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=150, verbose_name="Überschrift")),
                ("lead", models.TextField(max_length=400, verbose_name="Vorspann")),
                ("body", models.TextField(max_length=30000, verbose_name="Text")),
                ("with_letters", models.BooleanField(default=False, verbose_name="Briefe freigeben")),
                ("ordered_at", models.DateTimeField(null=True, verbose_name="angeordnet am")),
                ("published_at", models.DateTimeField(null=True, verbose_name="veröffentlicht am")),
                ("error", models.TextField(blank=True, verbose_name="zuletzt im Wege")),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.newscategory",
                        verbose_name="Rubrik",
                    ),
                ),
                (
                    "news",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="announcement",
                        to="portal.news",
                        verbose_name="Meldung",
                    ),
                ),
                (
                    "ordered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="angeordnet von",
                    ),
                ),
                (
                    "round",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="announcement",
                        to="submissions.round",
                        verbose_name="Runde",
                    ),
                ),
            ],
            options={
                "verbose_name": "Veröffentlichung der Preisträger",
                "verbose_name_plural": "Preisverleihung",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ordered_at__isnull", True), ("ordered_by__isnull", True)),
                            models.Q(("ordered_at__isnull", False), ("ordered_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="announcement_order_has_who_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_at__isnull", True), ("ordered_at__isnull", False), _connector="OR"
                        ),
                        name="announcement_published_was_ordered",
                    ),
                ],
            },
        ),
    ]
