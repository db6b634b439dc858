"""Admin parts for rows that only verbs write."""

import re
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

PRINTED_NUMBER = re.compile(r"\s*(\S+)-(\d{4,9})\s*")
"""«IKZ-2026-0005», as it stands on receipts and in mails."""


class FoundByNumber:
    """Mixin: the search understands an entry's number as it is printed. `to_entry` leads from a row to its entry."""

    to_entry = ""

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str
    ) -> "tuple[QuerySet[Any], bool]":
        printed = PRINTED_NUMBER.fullmatch(search_term)
        if printed is None:
            return super().get_search_results(request, queryset, search_term)  # type: ignore[misc,no-any-return]
        prefix, number = printed.groups()
        asked = {f"{self.to_entry}round__number_prefix__iexact": prefix, f"{self.to_entry}number": int(number)}
        return queryset.filter(**asked), False


class NoChanges:
    """Mixin: the admin shows the rows and never adds, changes or deletes one."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(NoChanges, admin.TabularInline):  # type: ignore[type-arg]
    extra = 0
    can_delete = False
