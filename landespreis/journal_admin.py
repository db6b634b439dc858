"""The portal's own journal in the admin, what was deleted from the journals, and the chain over them: to read only."""

import json
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from landespreis import history, wording
from landespreis.models import Link, Purge, Trace
from landespreis.readonly import NoChanges

PEOPLE = 60
"""How many people of the administration the filter offers; everybody else is found by search or by a click."""


class VerbFilter(admin.SimpleListFilter):
    title = "Vorgang"
    parameter_name = "vorgang"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return sorted(Trace.Verb.choices, key=lambda choice: choice[1].lower())

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Trace]") -> "QuerySet[Trace]":
        return queryset.filter(verb=self.value()) if self.value() else queryset


class PersonFilter(admin.SimpleListFilter):
    """Offers the people of the administration, the portal itself, and whoever was clicked."""

    title = "von"
    parameter_name = "person"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        people = get_user_model()._default_manager.order_by("name", "pk")
        staff = [(str(person.pk), str(person)) for person in people.filter(is_staff=True)[:PEOPLE]]
        asked = request.GET.get(self.parameter_name, "")
        if asked.isdecimal() and asked not in dict(staff):
            staff += [(str(person.pk), str(person)) for person in people.filter(pk=asked)]
        return [("0", "dem Portal oder jemandem ohne Konto"), *staff]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Trace]") -> "QuerySet[Trace]":
        asked = self.value() or ""
        if not asked.isdecimal():
            return queryset
        return queryset.filter(by_id=int(asked) or None)


@admin.register(Trace)
class TraceAdmin(NoChanges, admin.ModelAdmin[Trace]):
    list_display = ("when", "what", "who", "about", "details")
    list_filter = (VerbFilter, PersonFilter)
    list_select_related = ("by",)
    date_hierarchy = "at"
    search_fields = ("about", "by__name", "by__email")
    search_help_text = "Worum es geht, Name oder E-Mail-Adresse"
    fields = readonly_fields = ("when", "what", "who", "about", "account", "details", "everything")

    @admin.display(description="am", ordering="at")
    def when(self, trace: Trace) -> str:
        return wording.moment_short(trace.at)

    @admin.display(description="Vorgang", ordering="verb")
    def what(self, trace: Trace) -> str:
        return trace.label

    @admin.display(description="von", ordering="by__name")
    def who(self, trace: Trace) -> str | SafeString:
        if trace.by is None:
            return "–"
        return format_html('<a href="?{}">{}</a>', urlencode({"person": trace.by.pk}), trace.by)

    @admin.display(description="Einzelheiten")
    def details(self, trace: Trace) -> str:
        return history.details(trace)

    @admin.display(description="betroffenes Konto")
    def account(self, trace: Trace) -> str | SafeString:
        people = get_user_model()._default_manager
        person = people.filter(pk=trace.detail["account"]).first() if "account" in trace.detail else None
        if person is None:
            return "–"
        return format_html('<a href="{}">{}</a>', reverse("admin:accounts_user_change", args=[person.pk]), person)

    @admin.display(description="gespeichert als")
    def everything(self, trace: Trace) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(trace.detail, ensure_ascii=False, indent=2, sort_keys=True))


@admin.register(Link)
class LinkAdmin(NoChanges, admin.ModelAdmin[Link]):
    list_display = ("day", "count", "sha256", "made_at")
    list_display_links = None
    date_hierarchy = "day"
    search_fields = ("sha256",)
    search_help_text = "Prüfsumme"


@admin.register(Purge)
class PurgeAdmin(NoChanges, admin.ModelAdmin[Purge]):
    list_display = ("when", "reason", "by", "second", "number")
    list_select_related = ("by", "second", "closing")
    date_hierarchy = "at"
    search_fields = ("reason", "run")
    fields = readonly_fields = ("when", "reason", "run", "by", "second", "number", "tables_told")

    @admin.display(description="am", ordering="at")
    def when(self, purge: Purge) -> str:
        return wording.moment_short(purge.at)

    @admin.display(description="gelöschte Zeilen")
    def number(self, purge: Purge) -> int:
        return purge.closing.count

    @admin.display(description="Tabellen")
    def tables_told(self, purge: Purge) -> str:
        counts = purge.rows.order_by("journal").values_list("journal").annotate(number=Count("pk"))
        return ", ".join(f"{table}: {number}" for table, number in counts) or "–"
