"""New registrations and subscriptions get keys of 128 random bits; those that exist, and their links, stay.

Only the default changes, which no database knows: altering the columns would make SQLite rebuild watched tables.
"""

from django.db import migrations, models

from landespreis import keys


class Migration(migrations.Migration):
    dependencies = [("portal", "0011_catalogue")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name=name,
                    name="key",
                    field=models.UUIDField(default=keys.unguessable, editable=False, unique=True),
                )
                for name in ("registration", "subscriber")
            ]
        )
    ]
