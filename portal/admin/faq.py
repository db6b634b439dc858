"""Questions and answers in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from portal.actions import faq as verbs
from portal.forms.editing import FaqEntryForm
from portal.models import FaqEntry, FaqSection


@admin.register(FaqSection)
class FaqSectionAdmin(admin.ModelAdmin[FaqSection]):
    list_display = ("title", "entries", "position", "slug")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[FaqSection]":
        rows: QuerySet[FaqSection] = super().get_queryset(request)
        return rows.annotate(counted=Count("entries"))

    @admin.display(description="Fragen", ordering="counted")
    def entries(self, row: Any) -> int:
        return int(row.counted)

    def save_model(self, request: HttpRequest, obj: FaqSection, form: "ModelForm[FaqSection]", change: bool) -> None:
        verbs.save_section(obj)


@admin.register(FaqEntry)
class FaqEntryAdmin(admin.ModelAdmin[FaqEntry]):
    form = FaqEntryForm
    list_display = ("question", "section", "position", "is_public", "changed_at")
    list_filter = ("section", "is_public")
    list_select_related = ("section",)
    search_fields = ("question", "answer")
    search_help_text = "Frage oder Antwort"

    def save_model(self, request: HttpRequest, obj: FaqEntry, form: "ModelForm[FaqEntry]", change: bool) -> None:
        verbs.save(obj)
