"""Proposals of municipalities in the admin: read against what is published, corrected, handed back, published."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Case, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from accounts.models import Membership
from landespreis import wording
from portal import permissions, telling, workflow
from portal.actions import completeness
from portal.actions import proposals as verbs
from portal.admin.frame import person
from portal.forms.correcting import CorrectionForm, ReturnForm
from portal.models import Proposal
from portal.workflow import Act
from submissions.admin.confirm import NoForm, Question, ask
from submissions.admin.readonly import NoChanges

Status = Proposal.Status
READABLE = {Status.REVIEW, Status.PUBLISHED}
"""What is being written nobody else reads: of a returned one staff see that it is, why, and its history."""
WAITING_FIRST = Case(
    When(status=Status.REVIEW, then=Value(0)), When(status=Status.RETURNED, then=Value(1)), default=Value(2)
)
BUTTONS = {
    "veroeffentlichen": ("Veröffentlichen", Act.PUBLISH),
    "zurueckgeben": ("Zurückgeben", Act.RETURN),
    "berichtigen": ("Berichtigen", Act.CORRECT),
}
"""Part of the address → title and what it does."""


class StateFilter(admin.SimpleListFilter):
    """The states that staff see, each with how many there are."""

    title = "Stand"
    parameter_name = "stand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        statuses = list(model_admin.get_queryset(request).order_by().values_list("status", flat=True))
        shown = (Status.REVIEW, Status.RETURNED, Status.PUBLISHED)
        return [(status.value, f"{status.label} ({statuses.count(status)})") for status in shown]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Proposal]") -> "QuerySet[Proposal]":
        return queryset.filter(status=self.value()) if self.value() in Status.values else queryset


@admin.register(Proposal)
class ProposalAdmin(NoChanges, admin.ModelAdmin[Proposal]):
    list_display = ("name", "status", "kind", "lead", "owner", "membership", "submitted_at", "decided_by")
    list_display_links = ("name",)
    list_filter = (StateFilter,)
    list_select_related = ("lead", "owner", "decided_by", "project")
    search_fields = ("title", "lead__name", "lead__ags", "owner__name", "owner__email")
    search_help_text = "Titel, Kommune, AGS oder Person"
    fields = ("status", "kind", "lead", "owner", "membership", "submitted_at")
    readonly_fields = ("kind", "membership")
    change_form_template = "admin/portal/proposal.html"
    view_on_site = False  # the proposal's own pages are for its writers

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Proposal]":
        """Everything that was put in and not taken back."""
        rows: QuerySet[Proposal] = super().get_queryset(request)
        return rows.exclude(status=Status.DRAFT).prefetch_related("owner__memberships")

    def get_fields(self, request: HttpRequest, obj: Proposal | None = None) -> tuple[str, ...]:
        """Who decided, when and why stands there once somebody has."""
        decided = ("decided_at", "decided_by") if obj and obj.decided_at else ()
        return (*self.fields, *decided, *(("reason",) if obj and obj.reason else ()))

    def get_ordering(self, request: HttpRequest) -> tuple[str | Combinable, ...]:
        return (WAITING_FIRST, "submitted_at", "pk")

    def get_urls(self) -> list[URLPattern]:
        decide = path("<int:pk>/<slug:act>/", self.admin_site.admin_view(self.decide), name="portal_proposal_decide")
        *own, anything = super().get_urls()
        return [*own, decide, anything]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        waiting = Proposal.objects.waiting().count()
        told = {0: "keiner wartet", 1: "einer wartet auf Prüfung"}.get(waiting, f"{waiting} warten auf Prüfung")
        extra = {"title": f"Projektvorschläge: {told}"}
        return super().changelist_view(request, extra | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        proposal = self.get_object(request, object_id)
        extra = self._told(request, proposal) if proposal else {}
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def decide(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        """Ask once more, with a reason or the texts to correct where they are needed, and decide."""
        if not permissions.may_decide(person(request)):
            raise PermissionDenied
        proposal = get_object_or_404(self.get_queryset(request), pk=pk)
        questions = {"veroeffentlichen": _publishing, "zurueckgeben": _returning, "berichtigen": _correcting}
        make = questions.get(act)
        if make is None:
            raise Http404
        seen = request.GET.get("gelesen", "")[:64]
        return ask(self, request, make(proposal, person(request), seen))

    @admin.display(description="Titel", ordering="title")
    def name(self, proposal: Proposal) -> str:
        return str(proposal)

    @admin.display(description="Was")
    def kind(self, proposal: Proposal) -> str:
        return f"Änderung an „{proposal.project}“" if proposal.project_id else "neues Projekt"

    @admin.display(description="Zugehörigkeit")
    def membership(self, proposal: Proposal) -> str:
        known = {row.municipality_id: row for row in proposal.owner.memberships.all()}
        found = known.get(proposal.lead_id) if proposal.lead_id else None
        if found is None:
            return "⚠ keine Angabe"
        mark = "" if found.status == Membership.Status.CONFIRMED else "⚠ "
        return f"{mark}{found.get_status_display()}"

    def _told(self, request: HttpRequest, proposal: Proposal) -> dict[str, Any]:
        """Return what the page shows of a proposal besides its facts."""
        readable = proposal.status in READABLE
        lines = telling.stored(proposal) if readable else []
        waits = proposal.status == Status.REVIEW
        before = telling.stored(proposal.project) if waits and proposal.project else None
        return {
            "decision_buttons": self._buttons(request, proposal),
            "show_close": True,
            "lines": lines,
            "changes": None if before is None else telling.changes(before, lines),
            "html": completeness.rendered(proposal).html if readable else "",
            "points": completeness.problems(proposal) if waits else [],
            "steps": list(proposal.steps.select_related("by")),
            "picture": proposal.picture if readable else None,
        }

    def _buttons(self, request: HttpRequest, proposal: Proposal) -> list[tuple[str, str]]:
        """Return title and address of what this person can decide now; the address names what they have read."""
        if not permissions.may_decide(person(request)):
            return []
        return [
            (
                title,
                f"{reverse('admin:portal_proposal_decide', args=[proposal.pk, part])}?gelesen={verbs.seen(proposal)}",
            )
            for part, (title, act) in BUTTONS.items()
            if workflow.allows(proposal.status, act)
        ]


def _back(proposal: Proposal) -> str:
    return reverse("admin:portal_proposal_change", args=[proposal.pk])


def _about(proposal: Proposal) -> str:
    return f"{proposal} ({proposal.lead})"


def _publishing(proposal: Proposal, by: Any, seen: str) -> Question:
    first = (
        f"Im Verzeichnis steht dann diese Fassung statt der vom {wording.day(proposal.project.changed_at)}. Adresse "
        "und Tag der ersten Veröffentlichung bleiben."
        if proposal.project
        else "Das Projekt steht dann sofort im Verzeichnis."
    )
    return Question(
        title="Veröffentlichen",
        about=_about(proposal),
        sentences=(first, "Wer den Vorschlag begonnen und vorgelegt hat, erhält eine E-Mail mit der Adresse."),
        button="Jetzt veröffentlichen",
        back=_back(proposal),
        done="Der Vorschlag ist veröffentlicht, die Kommune ist benachrichtigt.",
        verb=partial(verbs.publish, proposal, by=by, seen=seen),
        form=NoForm,
    )


def _returning(proposal: Proposal, by: Any, seen: str) -> Question:
    return Question(
        title="Zurückgeben",
        about=_about(proposal),
        sentences=(
            "Die Kommune kann den Vorschlag dann wieder ändern und noch einmal vorlegen.",
            "Wer ihn begonnen und vorgelegt hat, erhält eine E-Mail mit dem Grund, den Sie nennen.",
        ),
        button="Zurückgeben",
        back=_back(proposal),
        done="Der Vorschlag ist zurückgegeben, die Kommune ist benachrichtigt.",
        verb=partial(verbs.hand_back, proposal, by=by, seen=seen),
        form=ReturnForm,
    )


def _correcting(proposal: Proposal, by: Any, seen: str) -> Question:
    def correct(**values: Any) -> None:
        topics = values.pop("topics")
        verbs.correct(proposal, values, topics=topics, by=by, seen=seen)

    return Question(
        title="Berichtigen",
        about=_about(proposal),
        sentences=("Für Schreibfehler und Kleinigkeiten. Im Verlauf steht, welche Angaben Sie berichtigt haben.",),
        button="Berichtigung speichern",
        back=_back(proposal),
        done="Die Berichtigung ist gespeichert.",
        verb=correct,
        form=CorrectionForm,
        initial=CorrectionForm.of(proposal),
    )
