"""Admin parts for rows that only verbs write."""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest

from landespreis.readonly import NoChanges

__all__ = ["Done", "FoundByNumber", "NoChanges", "ReadOnlyInline", "numbered"]

PRINTED_NUMBER = re.compile(r"\s*(\S+)-(\d{4,9})\s*")
"""«IKZ-2026-0005», as it stands on receipts and in mails."""
BARE_NUMBER = re.compile(r"\s*[0-9]{1,5}\s*")


def numbered(queryset: "QuerySet[Any]", text: str, to_entry: str = "") -> "QuerySet[Any] | None":
    """Return the rows of the entry whose number `text` is, printed or alone; None where it is no number.

    `to_entry` leads from a row to its entry. An AGS has eight digits, so up to five are a number.
    """
    if BARE_NUMBER.fullmatch(text):
        return queryset.filter(**{f"{to_entry}number": int(text)})
    printed = PRINTED_NUMBER.fullmatch(text)
    if printed is None:
        return None
    prefix, number = printed.groups()
    return queryset.filter(**{f"{to_entry}round__number_prefix__iexact": prefix, f"{to_entry}number": int(number)})


class FoundByNumber:
    """Mixin: the search understands an entry's number. `to_entry` leads from a row to its entry."""

    to_entry = ""

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str
    ) -> "tuple[QuerySet[Any], bool]":
        found = numbered(queryset, search_term, self.to_entry)
        if found is None:
            return super().get_search_results(request, queryset, search_term)  # type: ignore[misc,no-any-return]
        return found, False


class Done(admin.EmptyFieldListFilter):
    """Filters by whether a moment is set: it has happened, or not yet."""

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for choice, words in zip(super().choices(changelist), ("Alle", "noch nicht", "ja"), strict=True):
            yield {**choice, "display": words}


class ReadOnlyInline(NoChanges, admin.TabularInline[Any, Any]):
    extra = 0
    can_delete = False
