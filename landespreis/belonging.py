"""Which private files the rows of the database name: what a backup holds, and what has to lie in the storage."""

from collections.abc import Collection, Iterator

from django.apps import apps
from django.db.models import FileField, Model, Q

from landespreis.models import RetentionItem

ANY = Q()


def names() -> Iterator[str]:
    """Yield the name of every private file of every row, whatever table it is in; a query for each column."""
    return _names(there=False)


def stored_names() -> Iterator[str]:
    """Yield those that must lie in the storage now.

    A model whose rows name a file before it is stored says in `FILE_IS_STORED` (Q) which have theirs.
    """
    return _names(there=True)


def named_among(some: Collection[str]) -> set[str]:
    """Return which of these names a row names. `some` are as many as one statement takes."""
    found: set[str] = set()
    for model, column in _columns():
        found.update(model._base_manager.filter(**{f"{column}__in": some}).values_list(column, flat=True))
    return found


def beside() -> set[str]:
    """Return the files that belong to a row without a column that names them: `beside_file` of its model."""
    found: set[str] = set()
    for model in {model for model, _ in _columns() if hasattr(model, "beside_file")}:
        for row in model._base_manager.iterator():
            found.update(row.beside_file)
    return found


def going() -> set[str]:
    """Return the files whose rows a retention run has taken: it deletes them as soon as the storage lets it."""
    listed = RetentionItem.objects.exclude(files=[]).values_list("files", flat=True)
    return {name for names in listed for name in names}


def _names(*, there: bool) -> Iterator[str]:
    for model, column in _columns():
        which: Q = getattr(model, "FILE_IS_STORED", ANY) if there else ANY
        rows = model._base_manager.filter(which).exclude(**{column: ""}).values_list(column, flat=True)
        yield from filter(None, rows.iterator())
    yield from beside()


def _columns() -> list[tuple[type[Model], str]]:
    return [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, FileField)
    ]
