"""Which migrations may be applied while the version before still runs: the rules of docs/betrieb.md, "Erneuern".

The version before does not know what is new: it inserts without new columns, selects old ones by name, and writes what
today's constraints may refuse. A migration that does one of these things all the same says in an attribute
`beside_old_code` why the version before does not notice, for instance that it has not used the column for a release.
"""

from collections.abc import Iterator

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db.migrations import Migration, operations
from django.db.migrations.state import ProjectState
from django.db.models import Field
from django.db.models.fields import NOT_PROVIDED

HARMLESS = (
    operations.CreateModel,
    operations.AddIndex,
    operations.RemoveIndex,
    operations.RenameIndex,
    operations.RemoveConstraint,
    operations.AlterModelOptions,
    operations.AlterModelManagers,
    operations.AlterModelTableComment,
)
"""What the version before does not notice; an index keeps writers waiting while it is built."""
TAKES_AWAY = (
    operations.DeleteModel,
    operations.RemoveField,
    operations.RenameField,
    operations.RenameModel,
    operations.AlterModelTable,
)
FORBIDS = (operations.AddConstraint, operations.AlterUniqueTogether, AddConstraintNotValid)
UNKNOWN = (operations.RunPython, operations.RunSQL)


def dangers(migration: Migration, state: ProjectState) -> list[str]:
    """Return what the version before would notice; `state` is that before the migration, and after it afterwards."""
    made: set[str] = set()
    found = [
        f"{migration.app_label}.{migration.name}: {danger}"
        for operation in migration.operations
        for danger in _walk(operation, migration.app_label, state, made)
    ]
    return [] if getattr(migration, "beside_old_code", "").strip() else found


def _walk(operation: operations.base.Operation, app: str, state: ProjectState, made: set[str]) -> Iterator[str]:
    if isinstance(operation, operations.SeparateDatabaseAndState):
        before = state.clone()
        for inner in operation.database_operations:
            yield from _walk(inner, app, before, made)
        for inner in operation.state_operations:
            inner.state_forwards(app, state)
        return
    is_new = getattr(operation, "model_name", "").lower() in made
    if not is_new and (danger := _danger(operation, app, state)):
        yield danger
    if isinstance(operation, operations.CreateModel):
        made.add(operation.name_lower)
    operation.state_forwards(app, state)


def _danger(operation: operations.base.Operation, app: str, state: ProjectState) -> str:
    what = operation.describe()
    if isinstance(operation, TAKES_AWAY):
        return f"{what}: the version before still asks for it"
    if isinstance(operation, FORBIDS):
        return f"{what}: the version before may write what this refuses"
    if isinstance(operation, UNKNOWN):
        return f"{what}: nobody can see from here what the version before makes of it"
    if isinstance(operation, operations.AddField):
        return "" if _is_left_out(operation.field) else f"{what}: the version before inserts rows without it"
    if isinstance(operation, operations.AlterField):
        old = state.models[app, operation.model_name_lower].fields[operation.name]
        return f"{what}: {narrowed}" if (narrowed := _narrowed(old, operation.field)) else ""
    return "" if isinstance(operation, HARMLESS) else f"{what}: there is no rule for this kind of change yet"


def _is_left_out(field: "Field[object, object]") -> bool:
    """Whether a row can be inserted without the column. Django's own default is not in the database."""
    if field.many_to_many:
        return True
    return field.null or field.db_default is not NOT_PROVIDED


def _narrowed(old: "Field[object, object]", new: "Field[object, object]") -> str:
    if old.get_internal_type() != new.get_internal_type():
        return "the version before reads and writes another type"
    if old.null and not new.null:
        return "the version before may leave it empty"
    if old.db_column != new.db_column:
        return "the version before asks for the old column"
    if new.unique and not old.unique:
        return "the version before may write the same twice"
    if new.max_length is not None and (old.max_length is None or new.max_length < old.max_length):
        return "the version before may write more"
    return ""
