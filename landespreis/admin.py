"""Outgoing mail in the admin: to whom, what about, and whether it went out; never its text, which may hold a code.

The admin looks for pages here only, so the other ones of the ground are named here, too.
"""

from datetime import datetime
from typing import Any

import post_office.admin  # noqa: F401  (registers its own pages, taken down below)
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from post_office.models import STATUS, Attachment, Email, EmailTemplate, Log

import landespreis.circulars.admin
import landespreis.circulars.wording_admin  # noqa: F401  (messages to groups and their texts)
from landespreis import clock, journal_admin, wording
from landespreis.readonly import NoChanges
from landespreis.records import admin as records_admin

__all__ = ["STATES", "EmailAdmin", "journal_admin", "records_admin"]

admin.site.unregister([Attachment, Email, EmailTemplate, Log])


STATES = {
    STATUS.queued: "wartet auf den Versand",
    STATUS.requeued: "wird noch einmal versucht",
    STATUS.sent: "verschickt",
    STATUS.failed: "nicht zustellbar",
}


class StateFilter(admin.SimpleListFilter):
    title = "Stand"
    parameter_name = "stand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(status), state) for status, state in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Email]") -> "QuerySet[Email]":
        wanted = [status for status in STATES if str(status) == self.value()]
        return queryset.filter(status__in=wanted) if wanted else queryset


class LogInline(admin.TabularInline[Log, Any]):
    model = Log
    verbose_name_plural = "Versuche"
    extra = 0
    can_delete = False
    fields = readonly_fields = ("at", "state", "reason")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="am")
    def at(self, attempt: Log) -> str:
        return _told(attempt.date)

    @admin.display(description="Ergebnis")
    def state(self, attempt: Log) -> str:
        return "verschickt" if attempt.status == STATUS.sent else "nicht verschickt"

    @admin.display(description="Grund")
    def reason(self, attempt: Log) -> str:
        return ": ".join(filter(None, [attempt.exception_type, attempt.message]))


@admin.register(Email)
class EmailAdmin(NoChanges, admin.ModelAdmin[Email]):
    list_display = ("recipient", "about", "state", "written", "touched")
    list_filter = (StateFilter,)
    date_hierarchy = "created"
    search_fields = ("to",)
    search_help_text = "Adresse"
    fields = readonly_fields = ("recipient", "about", "state", "written", "touched", "due", "retries")
    inlines = (LogInline,)
    change_form_template = "admin/change_form.html"  # post_office's own offers to send again, by an address we have not

    @admin.display(description="An", ordering="to")
    def recipient(self, mail: Email) -> str:
        return ", ".join(mail.to)

    @admin.display(description="Betreff")
    def about(self, mail: Email) -> str:
        """A code in a subject is for its recipient only, so the list is not sorted by subjects either."""
        head, _, tail = mail.subject.partition(":")
        return f"{head}: …" if "code" in head.lower() and tail else str(mail.subject)

    @admin.display(description="Stand", ordering="status")
    def state(self, mail: Email) -> str:
        return STATES.get(mail.status, STATES[STATUS.queued])

    @admin.display(description="geschrieben am", ordering="created")
    def written(self, mail: Email) -> str:
        return _told(mail.created)

    @admin.display(description="zuletzt bearbeitet am", ordering="last_updated")
    def touched(self, mail: Email) -> str:
        return _told(mail.last_updated)

    @admin.display(description="nächster Versuch am")
    def due(self, mail: Email) -> str:
        return _told(mail.scheduled_time) if mail.scheduled_time else "–"

    @admin.display(description="Fehlversuche")
    def retries(self, mail: Email) -> int:
        return mail.number_of_retries or 0


def _told(instant: datetime) -> str:
    return wording.moment_short(clock.told(instant))
