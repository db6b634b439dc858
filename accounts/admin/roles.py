"""Roles in the admin: groups, and the rights of each in German, as a list to tick."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import Count, QuerySet
from django.db.models.fields.related import ManyToManyField
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest

APPS = ("accounts", "submissions", "jury", "portal", "landespreis", "post_office")
"""Whose rights a role can have."""
VERBS = {"view": "ansehen", "add": "hinzufügen", "change": "ändern", "delete": "löschen"}

admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """Roles and what they may do, in German: Django names rights in English when it makes them."""

    list_display = ("name", "people")
    filter_horizontal = ()  # its script speaks English

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Group]":
        rows: QuerySet[Group] = super().get_queryset(request)
        return rows.annotate(members=Count("user"))

    @admin.display(description="Personen", ordering="members")
    def people(self, row: Any) -> int:
        return int(row.members)

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest | None = None, **kwargs: Any
    ) -> Any:
        if db_field.name == "permissions":
            rights = Permission.objects.filter(content_type__app_label__in=APPS).select_related("content_type")
            kwargs["widget"] = CheckboxSelectMultiple
            kwargs["queryset"] = rights.order_by("content_type__app_label", "content_type__model", "codename")
        field: Any = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "permissions" and field is not None:
            field.label_from_instance = _right
        return field


def _right(right: Permission) -> str:
    """«Einreichungen: Einreichung ändern»"""
    model = right.content_type.model_class()
    verb, _, _ = right.codename.partition("_")
    name = model._meta.verbose_name if model else right.content_type.model
    area = apps.get_app_config(right.content_type.app_label).verbose_name
    return f"{area}: {name} {VERBS.get(verb, verb)}"
