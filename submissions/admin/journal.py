"""The journal in the admin, in the words of the interface; and what an entry is called where drafts stay private."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from landespreis import wording
from submissions import conditions, sections
from submissions.admin.readonly import FoundByNumber, NoChanges, ReadOnlyInline
from submissions.models import Editor, Event, Finding, Proposal, Question, Submission

SHOWN_DETAILS = {
    "section": "Abschnitt",
    "number": "Nummer",
    "partner": "Partner",
    "name": "Datei",
    "email": "Adresse",
    "role": "Rolle",
    "from_name": "von",
    "to_name": "an",
    "hours": "Stunden vorher",
    "act": "Vorschlag",
    "points": "Prüfpunkte",
    "undone": "zurückgenommen",
    "proposed_by": "vorgeschlagen von",
    "until": "bis",
    "reason": "Grund",
    "finding": "Fund",
    "subject": "Betreff",
}
"""What of a journal line's detail the admin shows; texts of a draft are never among it."""

ROLES = {**dict(Editor.Role.choices), "owner": "verantwortlich"}


class EventInline(ReadOnlyInline):
    model = Event
    fields = ("at", "by", "verb", "version_number", "details")
    readonly_fields = ("version_number", "details")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Event]":
        return super().get_queryset(request).select_related("by", "version").defer("version__canonical")

    @admin.display(description="Version")
    def version_number(self, event: Event) -> str:
        return str(event.version.number) if event.version else ""

    @admin.display(description="Einzelheiten")
    def details(self, event: Event) -> str:
        told = {label: self._said(key, event.detail.get(key)) for key, label in SHOWN_DETAILS.items()}
        return ", ".join(f"{label}: {value}" for label, value in told.items() if value)

    def _said(self, key: str, value: Any) -> str:
        if key == "until" and value:
            return wording.deadline(datetime.fromisoformat(value))
        if key == "points" and value:
            return "; ".join(_point(**point) for point in value)
        named = {"act": dict(Proposal.Act.choices), "role": ROLES}
        words = self._titles if key == "section" else named.get(key, {})
        return str(words.get(value, value)) if value else ""

    @cached_property
    def _titles(self) -> dict[str, str]:
        """Titles of the sections of all rounds by key, the newest last; an inline lives as long as its request."""
        return {spec.key: spec.title for spec in sections.of(list(Question.objects.order_by("round__opens_at")))}


def _point(key: str, verdict: str, note: str) -> str:
    said = f"{conditions.TITLES.get(key, key)} {Finding.Verdict(verdict).label}"
    return f"{said} ({note})" if note else said


@admin.register(Event)
class EventAdmin(FoundByNumber, NoChanges, admin.ModelAdmin[Event]):
    to_entry = "submission__"
    list_display = ("at", "verb", "entry", "by")
    list_filter = ("verb", "submission__round")
    linked = ("submission", "version")
    list_select_related = ("submission__round", "submission__lead", "by")
    search_fields = ("submission__submitted_title", "submission__lead__label", "by__name", "by__email")
    search_help_text = "Nummer, eingereichter Titel, Kommune oder Person"
    date_hierarchy = "at"
    fields = ("at", "verb", "entry", "by")
    readonly_fields = ("entry",)

    @admin.display(description="Einreichung")
    def entry(self, event: Event) -> SafeString:
        url = reverse("admin:submissions_submission_change", args=[event.submission_id])
        return format_html('<a href="{}">{}</a>', url, called(event.submission))


def called(entry: Submission) -> str:
    """Number and frozen title, or for a draft its municipality only."""
    if entry.number:
        return f"{entry.label} {entry.submitted_title}"
    return f"Entwurf {entry.lead}" if entry.lead else "Entwurf ohne Kommune"
