"""What pages of the admin share whose rows only verbs write: no changes, and the way back to a filtered list."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.http import HttpRequest


class NoChanges:
    """Mixin: the admin shows the rows and never adds, changes or deletes one."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def kept(page: "ModelAdmin[Any]", request: HttpRequest, url: str) -> str:
    """Return an address of the admin with the filters of the list that the person came from."""
    return str(
        add_preserved_filters({"opts": page.opts, "preserved_filters": page.get_preserved_filters(request)}, url)
    )
