"""Entries, all read-only, with versions and journal beside; what staff may do is a button that calls a verb.

Nobody in the ministry reads a draft here: of an entry without a version the lists show municipality, category and how
far it is, never title or text.
"""

import uuid
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.models import Membership, User
from landespreis import clock, wording
from landespreis.paging import KeysFirst
from landespreis.readonly import kept
from landespreis.records import periods
from landespreis.records.permissions import may_hold
from landespreis.refusal import Refused
from submissions import checks, draft, permissions
from submissions.actions import entries
from submissions.admin.checks import FormalCheck
from submissions.admin.confirm import DeadlineForm, Question, ReasonForm, ask
from submissions.admin.journal import EventInline, called
from submissions.admin.people import People
from submissions.admin.readonly import FoundByNumber, NoChanges, ReadOnlyInline
from submissions.admin.versions import VersionInline
from submissions.models import Extension, Reminder, Section, Submission
from submissions.payload import EXCERPT

SAVED = Coalesce(
    Subquery(
        Section.objects.filter(submission=OuterRef("pk"))
        .order_by()
        .values("submission")
        .annotate(number=Count("pk"))
        .values("number")
    ),
    0,
)
"""How many sections of an entry were saved."""


class ExtensionInline(ReadOnlyInline):
    model = Extension
    fields = ("until", "reason", "granted_by", "granted_at")


class ReminderInline(ReadOnlyInline):
    model = Reminder
    fields = ("hours", "deadline", "sent_at")


class WaitingMembership(admin.SimpleListFilter):
    title = "Zugehörigkeit"
    parameter_name = "zugehoerigkeit"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("offen", "noch nicht bestätigt")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Submission]") -> "QuerySet[Submission]":
        if self.value() != "offen":
            return queryset
        confirmed = Membership.objects.filter(
            user=OuterRef("owner"), municipality=OuterRef("lead"), status=Membership.Status.CONFIRMED
        )
        return queryset.exclude(Exists(confirmed))


class Ownerless(admin.SimpleListFilter):
    title = "verantwortliche Person"
    parameter_name = "verantwortlich"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("niemand", "Konto gelöscht oder gesperrt")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Submission]") -> "QuerySet[Submission]":
        if self.value() != "niemand":
            return queryset
        return queryset.filter(pk__in=Submission.objects.ownerless(clock.now()))


@admin.register(Submission)
class SubmissionAdmin(FoundByNumber, NoChanges, FormalCheck, People):
    list_display = (
        "entry",
        "status",
        "formal_check",
        "lead",
        "person",
        "short_category",
        "handed_in",
        "sections_saved",
        "own_deadline",
    )
    list_filter = ("round", "status", "formal_check", "category", WaitingMembership, Ownerless)
    search_fields = (
        "submitted_title", "submitted_lead__label", "submitted_lead__ags", "lead__label", "lead__ags", "owner__name",
        "owner__email", "editors__user__name", "editors__email",
    )  # fmt: skip
    search_help_text = "Nummer („IKZ-2026-0005“ oder „5“), eingereichter Titel, Kommune, AGS oder Person"
    list_select_related = ("round", "lead", "category", "owner", "current")
    paginator = KeysFirst
    inlines = (VersionInline, ExtensionInline, ReminderInline, EventInline)
    fields = (
        "entry", "round", "status", "formal_check", "lead", "category", "owner", "membership", "people", "progress",
        "deadline_text", "created_at",
    )  # fmt: skip
    readonly_fields = ("entry", "membership", "people", "progress", "deadline_text")
    change_form_template = "admin/submissions/entry.html"
    change_list_template = "admin/submissions/entries.html"
    view_on_site = False  # the entry's own page is for its people

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Submission]":
        """Sections are counted on the page: in the query they would be for all rows before it, too."""
        rows: QuerySet[Submission] = super().get_queryset(request)
        sections = Prefetch("sections", Section.objects.only("submission_id"))
        return rows.defer("current__canonical").prefetch_related("owner__memberships", sections)

    def get_urls(self) -> list[URLPattern]:
        extend = path("<uuid:pk>/verlaengern/", self.admin_site.admin_view(self.extend), name="submissions_extend")
        keep = path("<uuid:pk>/aufbewahren/", self.admin_site.admin_view(self.keep), name="submissions_keep")
        return [extend, keep, *super().get_urls()]

    def keep(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Ask why the entry is to be kept longer than its period."""
        entry = get_object_or_404(Submission.objects.select_related("round", "lead", "current"), pk=pk)
        assert isinstance(request.user, User)
        user = request.user
        if not may_hold(user):
            raise PermissionDenied
        question = Question(
            "Aufbewahrung verlängern",
            called(entry),
            ["Keine Aussonderung nimmt sie mit, bis jemand unter „Verlängerte Aufbewahrungen“ das beendet."],
            "Aufbewahrung verlängern",
            reverse("admin:submissions_submission_change", args=[pk]),
            "Die Aufbewahrung ist verlängert.",
            lambda reason: periods.hold(str(pk), by=user, label=called(entry), reason=reason),
            ReasonForm,
        )
        return ask(self, request, question)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(
            request, {"may_check": self.has_check_permission(request), **(extra_context or {})}
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        assert isinstance(request.user, User)
        entry = self.get_object(request, object_id)
        checking = self.check_buttons(request.user, entry)
        extra = {
            "may_extend": permissions.may_extend(request.user),
            "may_review": bool(checking),
            "may_hold": may_hold(request.user),
            "verbs": [*checking, *self.people_buttons(request, entry)],
            "show_close": True,
        }
        if _is_over(entry):
            extra |= {"may_extend": False, "may_review": False, "may_hold": False, "verbs": []}
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    def extend(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Ask for the new deadline and its reason, and grant it."""
        entry = get_object_or_404(Submission.objects.select_related("round", "lead"), pk=pk)
        assert isinstance(request.user, User)
        if not permissions.may_extend(request.user):
            raise PermissionDenied
        form = DeadlineForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                entries.extend(entry, by=request.user, **form.cleaned_data)
                self.message_user(request, "Die Frist ist verlängert, die Mitwirkenden sind benachrichtigt.")
                return redirect(kept(self, request, reverse("admin:submissions_submission_change", args=[entry.pk])))
            except Refused as refusal:
                self.message_user(request, refusal.message, messages.ERROR)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": form.media,
            "title": "Frist verlängern",
            "entry": entry,
            "preserved_filters": self.get_preserved_filters(request),
            "name": called(entry),
            "form": form,
        }
        return TemplateResponse(request, "admin/submissions/extend.html", context)

    @admin.display(description="Einreichung", ordering="number")
    def entry(self, row: Submission) -> str:
        return called(row)

    @admin.display(description="begonnene Abschnitte", ordering=SAVED)
    def sections_saved(self, row: Submission) -> int:
        return len(row.sections.all())

    @admin.display(description="Zugehörigkeit")
    def membership(self, row: Submission) -> str:
        status = {m.municipality_id: m for m in row.owner.memberships.all()}
        found = status.get(row.lead_id) if row.lead_id else None
        return found.get_status_display() if found else "keine Angabe"

    @admin.display(description="verantwortlich", ordering="owner__name")
    def person(self, row: Submission) -> str:
        return f"{row.owner}, {self.membership(row)}"

    @admin.display(description="Kategorie", ordering="category__position")
    def short_category(self, row: Submission) -> str:
        return row.category.short_name if row.category else "–"

    @admin.display(description="eingegangen", ordering="current__submitted_at")
    def handed_in(self, row: Submission) -> str:
        return wording.moment_short(row.current.submitted_at) if row.current else "–"

    @admin.display(description="Frist")
    def deadline_text(self, row: Submission) -> str:
        own = " (eigene Frist)" if row.extended_until else ""
        return wording.deadline(row.deadline) + own

    @admin.display(description="Eigene Frist", ordering="extended_until")
    def own_deadline(self, row: Submission) -> str:
        return wording.deadline(row.extended_until) if row.extended_until else "–"

    @admin.display(description="Mitwirkende")
    def people(self, row: Submission) -> str:
        return ", ".join(str(editor) for editor in row.editors.select_related("user")) or "niemand"

    @admin.display(description="Fortschritt")
    def progress(self, row: Submission) -> SafeString:
        now_draft = draft.load(row)
        problems = checks.problems(now_draft, clock.now())
        lines = ((spec.title, checks.progress(now_draft, spec, problems).label) for spec in now_draft.sections)
        return format_html_join("", "<div>{}: {}</div>", lines)


def _is_over(entry: Submission | None) -> bool:
    """Whether only the excerpt of the entry is left: its time of keeping is over."""
    return bool(entry and entry.current and entry.current.number == EXCERPT)
