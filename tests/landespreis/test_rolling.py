"""Every migration since the version before may be applied while that still runs; and the rules that say so."""

from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

from tests.landespreis.rolling import dangers
from tests.processes import predecessor

LOADER = MigrationLoader(None, ignore_no_migrations=True)
OURS = ("accounts", "jury", "landespreis", "portal", "submissions")


def path(app: str, name: str) -> str:
    return f"{app}/migrations/{name}.py"


def test_the_version_before_has_migrations_and_none_of_them_is_gone() -> None:
    before = {name for name in predecessor.names() if name.endswith(".py") and "/migrations/0" in name}
    now = {path(app, name) for app, name in LOADER.disk_migrations}

    assert len(before) > 30
    assert before - now == set()


def test_migrations_since_the_version_before_may_run_beside_it() -> None:
    known = predecessor.names()
    new = [key for key in sorted(LOADER.disk_migrations) if key[0] in OURS and path(*key) not in known]

    found = [dangers(LOADER.disk_migrations[key], LOADER.project_state(key, at_end=False)) for key in new]

    assert [danger for dangers in found for danger in dangers] == []


# The rules ----------------------------------------------------------------------------------------


def field(**options: Any) -> "models.Field[Any, Any]":
    return models.CharField(**{"max_length": 10, **options})


def judged(*operations: Any, reason: str = "") -> list[str]:
    """Return what is dangerous about a migration of a model with a field `title`."""
    fields = [("id", models.BigAutoField(primary_key=True)), ("title", field()), ("note", field(null=True))]
    state = ProjectState()
    state.add_model(ModelState("app", "Thing", fields))
    migration = migrations.Migration("0002_next", "app")
    migration.operations = list(operations)
    if reason:
        migration.beside_old_code = reason  # type: ignore[attr-defined]
    return [danger.partition(": ")[2] for danger in dangers(migration, state)]


SAFE = [
    migrations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True))]),
    migrations.AddField("thing", "more", field(null=True)),
    migrations.AddField("thing", "more", field(db_default="")),
    migrations.AddField("thing", "others", models.ManyToManyField("app.Thing")),
    migrations.AddIndex("thing", models.Index(fields=["title"], name="by_title")),
    migrations.AlterField("thing", "title", field(max_length=20)),
    migrations.AlterField("thing", "title", field(null=True)),
    migrations.AlterField("thing", "title", field(choices=[("a", "A")], verbose_name="Titel")),
    migrations.AlterModelOptions("thing", {"ordering": ["title"]}),
    migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("thing", "note")]),
]
UNIQUE = models.UniqueConstraint(fields=["title"], name="one_title")
UNSAFE = [
    (migrations.DeleteModel("Thing"), "still asks for it"),
    (migrations.RemoveField("thing", "title"), "still asks for it"),
    (migrations.RenameField("thing", "title", "name"), "still asks for it"),
    (migrations.RenameModel("Thing", "Item"), "still asks for it"),
    (migrations.AlterModelTable("thing", "things"), "still asks for it"),
    (migrations.AddField("thing", "more", field()), "inserts rows without it"),
    (migrations.AddField("thing", "more", field(default="")), "inserts rows without it"),
    (migrations.AlterField("thing", "title", models.IntegerField()), "another type"),
    (migrations.AlterField("thing", "note", field()), "may leave it empty"),
    (migrations.AlterField("thing", "title", field(db_column="name")), "the old column"),
    (migrations.AlterField("thing", "title", field(unique=True)), "the same twice"),
    (migrations.AlterField("thing", "title", field(max_length=5)), "may write more"),
    (migrations.AddConstraint("thing", UNIQUE), "what this refuses"),
    (migrations.AlterUniqueTogether("thing", {("title", "note")}), "what this refuses"),
    (migrations.RunPython(migrations.RunPython.noop), "nobody can see"),
    (migrations.RunSQL("SELECT 1"), "nobody can see"),
    (migrations.AlterOrderWithRespectTo("thing", "title"), "no rule"),
    (
        migrations.SeparateDatabaseAndState(database_operations=[migrations.RemoveField("thing", "title")]),
        "still asks for it",
    ),
]


@pytest.mark.parametrize("operation", SAFE, ids=lambda operation: operation.describe())
def test_dangers_of_what_the_version_before_does_not_notice_are_none(operation: Any) -> None:
    assert judged(operation) == []


@pytest.mark.parametrize(("operation", "danger"), UNSAFE, ids=lambda part: getattr(part, "describe", str)())
def test_dangers_name_what_the_version_before_would_notice(operation: Any, danger: str) -> None:
    [said] = judged(operation)

    assert danger in said


def test_dangers_of_a_table_made_in_the_same_migration_are_none() -> None:
    made = migrations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True)), ("title", field())])

    assert judged(made, migrations.AddConstraint("other", UNIQUE), migrations.AddField("other", "more", field())) == []


def test_dangers_with_a_reason_are_none() -> None:
    assert judged(migrations.RemoveField("thing", "title"), reason="Not used since 0.2.0.") == []


def test_dangers_with_an_empty_reason_stay() -> None:
    assert len(judged(migrations.RemoveField("thing", "title"), reason=" ")) == 1
