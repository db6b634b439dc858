"""Admin parts for rows that only verbs write."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


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
