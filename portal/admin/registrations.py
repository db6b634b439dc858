"""Registrations in the admin: found by name or address, and withdrawn for somebody who phones."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from landespreis import clock
from portal.actions import registrations as verbs
from portal.models import Registration
from submissions.admin.confirm import Question, ask
from submissions.admin.readonly import NoChanges


@admin.register(Registration)
class RegistrationAdmin(NoChanges, admin.ModelAdmin[Registration]):
    list_display = ("name", "email", "organisation", "event", "status", "confirmed_at")
    list_filter = ("status", "event__kind")
    list_select_related = ("event",)
    search_fields = ("name", "email", "organisation")
    search_help_text = "Name, Adresse oder Einrichtung"
    fields = (
        "event", "name", "email", "organisation", "question", "status", "created_at", "confirmed_at", "seated_at",
        "reminded_at", "cancelled_at",
    )  # fmt: skip
    change_form_template = "admin/portal/registration.html"
    view_on_site = False  # that page is for whoever has the link

    def get_urls(self) -> list[URLPattern]:
        withdraw = path("<int:pk>/abmelden/", self.admin_site.admin_view(self.withdraw), name="portal_withdraw")
        return [withdraw, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        buttons = []
        if row and _may_withdraw(request) and _is_ahead(row):
            buttons = [("Abmelden", reverse("admin:portal_withdraw", args=[row.pk]))]
        extra = {"buttons": buttons, "show_close": True}
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def withdraw(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once more, then take the person off the date."""
        if not _may_withdraw(request):
            raise PermissionDenied
        row = get_object_or_404(Registration.objects.select_related("event"), pk=pk)
        question = Question(
            title="Abmelden",
            about=f"{row.name}: {row.event}",
            sentences=[
                f"{row.name} erhält an {row.email} eine E-Mail über die Abmeldung.",
                "War es ein Platz, rückt die nächste Person der Warteliste sofort nach.",
            ],
            button="Abmelden",
            back=reverse("admin:portal_event_registrations", args=[row.event_id]),
            done=f"{row.name} ist abgemeldet.",
            verb=partial(verbs.withdraw, row),
        )
        return ask(self, request, question)


def _may_withdraw(request: HttpRequest) -> bool:
    return request.user.has_perm("portal.change_registration")


def _is_ahead(row: Registration) -> bool:
    """Whether there is something left to withdraw from."""
    event = row.event
    return row.status != Registration.Status.CANCELLED and not event.cancelled_at and clock.now() < event.starts_at
