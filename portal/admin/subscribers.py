"""Who gets the newsletter, in the admin: found, unsubscribed on request, deleted, taken out as a table; never added."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from landespreis import journal, tables
from landespreis.clock import BERLIN
from landespreis.tables import Row
from portal.actions import subscribing as verbs
from portal.admin.frame import person
from portal.models import Subscriber
from submissions.admin.confirm import Question, ask

COLUMNS = (
    "E-Mail-Adresse",
    "Stand",
    "angefragt am",
    "bestätigt am",
    "abgemeldet am",
    "Rückläufer",
    "letzter Rückläufer am",
)


@admin.register(Subscriber)
class SubscriberAdmin(admin.ModelAdmin[Subscriber]):
    list_display = ("email", "status", "asked_at", "confirmed_at", "left_at", "bounces")
    list_filter = ("status", "confirmed_at")
    search_fields = ("email",)
    search_help_text = "Adresse"
    fields = readonly_fields = (
        "email", "status", "asked_at", "confirmed_at", "left_at", "bounces", "bounced_at",
    )  # fmt: skip
    change_form_template = "admin/portal/subscriber.html"
    change_list_template = "admin/portal/subscribers.html"

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("tabelle/", self.admin_site.admin_view(require_POST(self.table)), name="portal_subscriber_table"),
            path("<int:pk>/abmelden/", self.admin_site.admin_view(self.leave), name="portal_subscriber_leave"),
        ]
        return [*own, *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody subscribes others: consent comes from the mailbox itself."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Subscriber | None = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: Subscriber) -> None:
        verbs.remove([obj.pk])

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Subscriber]") -> None:
        verbs.remove(queryset.order_by().values("pk"))

    def leave(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not super().has_change_permission(request):
            raise PermissionDenied
        subscriber = get_object_or_404(Subscriber, pk=pk)
        question = Question(
            title="Abmelden",
            about=subscriber.email,
            sentences=["An diese Adresse geht dann kein Newsletter mehr, auch keiner, der gerade versendet wird."],
            button="Abmelden",
            back=reverse("admin:portal_subscriber_change", args=[pk]),
            done="Die Adresse ist abgemeldet.",
            verb=lambda: verbs.leave(subscriber),
        )
        return ask(self, request, question)

    def table(self, request: HttpRequest) -> HttpResponseBase:
        """The subscriptions of the list as it is filtered, for spreadsheets; written down, so it goes with POST."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return redirect("admin:portal_subscriber_changelist")
        about = "Abonnements des Newsletters (CSV)"
        journal.note(journal.Verb.EXPORTED, by=person(request), about=about, key="abonnements", form="csv")
        response = StreamingHttpResponse(tables.csv_lines(COLUMNS, _rows(rows)), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="newsletter-abonnements-{timezone.localdate()}.csv"'
        return response


def _rows(subscribers: Any) -> Iterator[Row]:
    for row in subscribers.iterator(chunk_size=2000):
        moments = [_moment(row.asked_at), _moment(row.confirmed_at), _moment(row.left_at)]
        yield row.email, row.get_status_display(), *moments, row.bounces, _moment(row.bounced_at)


def _moment(instant: Any) -> str:
    return f"{instant.astimezone(BERLIN):%d.%m.%Y %H:%M}" if instant else ""
