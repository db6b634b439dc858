"""Outgoing mail in the admin: to whom, what about, and whether it went out; never its text, which may hold a code."""

from typing import Any

import post_office.admin  # noqa: F401  (registers its own pages, taken down below)
from django.contrib import admin
from django.http import HttpRequest
from post_office.models import Attachment, Email, EmailTemplate, Log

admin.site.unregister([Attachment, Email, EmailTemplate, Log])


class LogInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Log
    extra = 0
    can_delete = False
    fields = readonly_fields = ("date", "status", "exception_type", "message")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Email)
class EmailAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("recipient", "about", "status", "created", "last_updated")
    list_filter = ("status", "created")
    search_fields = ("to",)
    search_help_text = "Adresse"
    fields = ("recipient", "about", "status", "created", "last_updated", "scheduled_time", "number_of_retries")
    readonly_fields = ("recipient", "about")
    inlines = (LogInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="An", ordering="to")
    def recipient(self, mail: Email) -> str:
        return ", ".join(mail.to)

    @admin.display(description="Betreff", ordering="subject")
    def about(self, mail: Email) -> str:
        """A code in a subject is for its recipient only."""
        head, _, tail = mail.subject.partition(":")
        return f"{head}: …" if "code" in head.lower() and tail else str(mail.subject)
