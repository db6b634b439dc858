"""The spellings of words, and on PostgreSQL the indexed stems of a document in one column.

The column takes the stems as they are, without PostgreSQL's parser and dictionaries, which differ between versions.
SQLite has none of it and so rebuilds no table that triggers watch.
"""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

ALL = "stems_title || stems_place || stems_summary || stems_text"
WORDS = (
    "ALTER TABLE portal_document ADD COLUMN words tsvector NOT NULL GENERATED ALWAYS AS "
    f"(array_to_tsvector(array_remove(string_to_array({ALL}, ' '), ''))) STORED"
)
FUNCTION = (
    "CREATE FUNCTION portal_found(words tsvector) RETURNS tsvector LANGUAGE plpgsql "
    "IMMUTABLE STRICT PARALLEL SAFE COST 200 AS $$ BEGIN RETURN words; END $$"
)
"""The words as they are, at the price that reading them has: they lie apart from their row, which the planner does not
reckon with. Without it the table is read from end to end for words that stand in many documents."""
INDEX = "CREATE INDEX portal_document_words ON portal_document USING gin (portal_found(words)) WITH (fastupdate = off)"
"""Without a list of what is not yet sorted in: a search never has to read it."""


def forwards(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for statement in (WORDS, FUNCTION, INDEX):
            editor.execute(statement)


def backwards(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE portal_document DROP COLUMN words")
        editor.execute("DROP FUNCTION portal_found(tsvector)")


class Migration(migrations.Migration):
    dependencies = [("portal", "0004_more_editions")]

    operations = [
        migrations.CreateModel(
            name="Spelling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("spelling", models.CharField(max_length=60)),
                ("word", models.CharField(max_length=60)),
                ("stem", models.CharField(max_length=60)),
                ("shown", models.CharField(max_length=60)),
            ],
            options={
                "verbose_name": "Schreibweise",
                "verbose_name_plural": "Schreibweisen",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=["spelling", "word"], name="one_row_per_spelling_of_a_word")
                ],
                "indexes": [models.Index(fields=["stem"], name="spelling_by_stem")],
            },
        ),
        migrations.RunPython(forwards, backwards),
    ]
