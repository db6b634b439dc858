"""Messages of visitors in the admin: read, and noted as settled."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from landespreis.refusal import Refused
from portal.actions import inquiries as verbs
from portal.admin.frame import person
from portal.forms.editing import SettleForm
from portal.models import Inquiry


class Settled(admin.SimpleListFilter):
    title = "Stand"
    parameter_name = "stand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("offen", "offen"), ("erledigt", "erledigt")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Inquiry]") -> "QuerySet[Inquiry]":
        if self.value() in {"offen", "erledigt"}:
            return queryset.filter(settled_at__isnull=self.value() == "offen")
        return queryset


@admin.register(Inquiry)
class InquiryAdmin(admin.ModelAdmin[Inquiry]):
    list_display = ("number", "kind", "about", "received_at", "settled_at", "settled_by")
    list_filter = (Settled, "kind", "received_at")
    list_select_related = ("settled_by",)
    search_fields = ("name", "email", "subject", "message")
    search_help_text = "Name, Adresse oder Text"
    readonly_fields = (
        "number", "kind", "received_at", "name", "email", "subject", "page", "equipment", "message", "settled_at",
        "settled_by", "note",
    )  # fmt: skip
    fields = readonly_fields
    change_form_template = "admin/portal/inquiry.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Inquiry | None = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        inquiry = self.get_object(request, object_id)
        form = SettleForm(request.POST if "_settle" in request.POST else None)
        if inquiry and form.is_valid() and self.has_change_permission(request, inquiry):
            return self._settle(request, inquiry, form.cleaned_data["note"])
        context = {"settle_form": form, "may_settle": bool(inquiry and not inquiry.settled_at)}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)

    @admin.display(description="Nummer", ordering="pk")
    def number(self, inquiry: Inquiry) -> str:
        return inquiry.number

    @admin.display(description="Worum es geht")
    def about(self, inquiry: Inquiry) -> str:
        return inquiry.subject or inquiry.page or f"{inquiry.message[:60]} …"

    def _settle(self, request: HttpRequest, inquiry: Inquiry, note: str) -> HttpResponse:
        try:
            settled = verbs.settle(inquiry, by=person(request), note=note)
        except Refused as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
        else:
            self.log_change(request, settled, "Erledigt.")
            self.message_user(request, f"{settled.number} ist erledigt.")
        return redirect(reverse("admin:portal_inquiry_changelist") + "?stand=offen")
