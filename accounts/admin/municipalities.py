"""The register of municipalities in the admin; what a page offers to choose is forgotten with every change."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from accounts import register
from accounts.models import Municipality


@admin.register(Municipality)
class MunicipalityAdmin(admin.ModelAdmin[Municipality]):
    list_display = ("label", "ags", "kind", "region", "district_ags", "people")
    list_filter = ("kind", "region")
    search_fields = ("name", "label", "ags", "sort_key")
    search_help_text = "Name oder AGS"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Municipality]":
        rows: QuerySet[Municipality] = super().get_queryset(request)
        return rows.annotate(members=Count("memberships"))

    @admin.display(description="Personen mit Konto", ordering="members")
    def people(self, row: Any) -> int:
        return int(row.members)

    def save_model(
        self, request: HttpRequest, obj: Municipality, form: "ModelForm[Municipality]", change: bool
    ) -> None:
        obj.sort_key = register.sort_key(obj.name)
        obj.ags = obj.ags or None
        super().save_model(request, obj, form, change)
        register.forget_options()
