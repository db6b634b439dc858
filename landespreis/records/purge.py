"""The one place where lines of journals, which are otherwise never deleted, are deleted."""

from typing import Any

from django.db.models import QuerySet


def lines(rows: "QuerySet[Any]") -> int:
    """Delete lines of a journal, inside the caller's transaction; return how many."""
    _, deleted = rows.delete()
    return deleted.get(rows.model._meta.label, 0)
