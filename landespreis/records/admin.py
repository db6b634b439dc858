"""Runs, periods and holds in the admin: what is due, what would go, and the verbs as buttons that ask once more."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from landespreis import clock, files, journal, wording
from landespreis.confirm import Question, ask
from landespreis.models import RetentionHold, RetentionItem, RetentionRule, RetentionRun
from landespreis.readonly import NoChanges
from landespreis.records import (
    archive,
    asking,
    executing,
    parts,
    periods,
    permissions,
    questions,
    runs,
    showing,
    workflow,
)
from landespreis.records.parts import Kind, Scope
from landespreis.records.workflow import Step
from landespreis.refusal import Refused

RUNS = "admin:landespreis_retentionrun"


@admin.register(RetentionRun)
class RunAdmin(NoChanges, admin.ModelAdmin[RetentionRun]):
    list_display = ("title", "scope_name", "status", "proposed_at", "proposed_by", "released_by", "done_at")
    list_filter = ("status", "kind")
    list_select_related = ("proposed_by", "released_by")
    change_list_template = "admin/records/runs.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        named = "landespreis_retentionrun"
        own = [
            path("faellig/", view(self.due), name=f"{named}_due"),
            path("vorschau/<slug:kind>/", view(self.preview), name=f"{named}_preview"),
            path("vorschau/<slug:kind>/<slug:scope>/", view(self.preview), name=f"{named}_preview"),
            path("<int:pk>/paket.zip", view(require_POST(self.package)), name=f"{named}_package"),
            path("<int:pk>/ausnehmen/<int:item>/", view(self.hold), name=f"{named}_hold"),
            path("<int:pk>/schritt/<slug:step>/", view(self.step), name=f"{named}_step"),
        ]
        return [*own, *super().get_urls()]

    def due(self, request: HttpRequest) -> HttpResponse:
        """What is kept, until when, and what may go now."""
        self._require(request, view=True)
        now = clock.now()
        rows = [
            {
                "due": due,
                "period": f"{periods.period(due.months)} {due.kind.since}",
                "until": wording.day(due.at) if due.at else "je nach Zeile",
                "is_over": due.is_over(now),
                "preview": _preview_url(due.kind, due.scope),
                "run": reverse(f"{RUNS}_change", args=[due.run.pk]) if due.run else "",
            }
            for due in periods.due()
        ]
        return self._page(request, "due", "Was fällig ist", rows=rows)

    def preview(self, request: HttpRequest, kind: str, scope: str = "") -> HttpResponse:
        """Exactly what would go, without anything happening; the button proposes it."""
        self._require(request)
        what, where = _named(kind, scope)
        if request.method == "POST":
            try:
                run = runs.propose(what, where, by=asking.person(request))
            except Refused as refusal:
                self.message_user(request, refusal.message, messages.ERROR)
                return redirect(f"{RUNS}_due")
            self.message_user(request, "Die Aussonderung ist vorgeschlagen. Gelöscht ist noch nichts.")
            return redirect(f"{RUNS}_change", run.pk)
        try:
            found = list(runs.preview(what, where, periods.require_due(what, where)))
        except Refused as refusal:
            return self._page(request, "preview", "Vorschau", kind=what, scope=where, refusal=refusal.message)
        counted = [parts.counts(part.lots) for part in found if not part.held]
        context = {"lines": showing.of_preview(found), "sums": showing.sums(counted), "going": len(counted)}
        return self._page(request, "preview", "Vorschau", kind=what, scope=where, refusal="", **context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        self._require(request, view=True)
        run = self.get_object(request, object_id)
        if run is None:
            raise Http404
        counted = run.items.exclude(state=RetentionItem.State.HELD).values_list("counts", flat=True)
        context = {
            "run": run,
            "facts": _facts(run),
            "buttons": self._buttons(request, run),
            "waiting": _waiting(run, request),
            "lines": showing.of_run(run),
            "sums": showing.sums(counted),
            "figures": showing.statistics(run.figures.all()),
            "kept": parts.kept(),
            "may_hold": permissions.may_hold(asking.person(request)),
        }
        return self._page(request, "run", str(run), **context)

    def package(self, request: HttpRequest, pk: int) -> FileResponse:
        """The package for the archive, for both who answer for the run; that it is taken is written down."""
        run = get_object_or_404(RetentionRun, pk=pk)
        if not archive.may(asking.person(request), {}) or not run.package:
            raise Http404
        journal.note(journal.Verb.EXPORTED, by=asking.person(request), about=f"Archivpaket {run.pk}", key="archivpaket")
        return files.serve(run.package, name=f"Archivpaket-{run.pk}.zip", content_type="application/zip")

    def step(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        """Ask once more, then go the step."""
        run = get_object_or_404(RetentionRun, pk=pk)
        if step not in questions.OF_STEP:
            raise Http404
        if step == "freigeben":
            if not asking.person(request).has_perm("landespreis.release_retentionrun"):
                raise PermissionDenied
        else:
            self._require(request)
        return ask(self, request, questions.OF_STEP[step](run, asking.person(request)))

    def hold(self, request: HttpRequest, pk: int, item: int) -> HttpResponse:
        """Keep one subject of the run longer."""
        row = get_object_or_404(RetentionItem.objects.select_related("run"), pk=item, run=pk)
        if not permissions.may_hold(asking.person(request)):
            raise PermissionDenied
        question = Question(
            "Aufbewahrung verlängern",
            row.label,
            ["Diese und jede spätere Aussonderung lässt sie aus, bis jemand die Verlängerung beendet."],
            "Aufbewahrung verlängern",
            reverse(f"{RUNS}_change", args=[pk]),
            "Die Aufbewahrung ist verlängert.",
            lambda reason: periods.hold(row.subject, by=asking.person(request), label=row.label, reason=reason),
            asking.ReasonForm,
        )
        return ask(self, request, question)

    def _buttons(self, request: HttpRequest, run: RetentionRun) -> list[tuple[str, str]]:
        user = asking.person(request)
        steps = [
            ("paket", "Paket noch einmal erstellen", Step.PACK, runs.needs_package(run)),
            ("angebot", "Angebot an das Landesarchiv festhalten", Step.OFFER, True),
            ("antwort", "Antwort des Landesarchivs festhalten", Step.ANSWER, True),
            ("verwerfen", "Verwerfen", Step.DISCARD, True),
        ]
        proposer = permissions.may_propose(user)
        found = [(key, label) for key, label, step, if_so in steps if proposer and if_so and workflow.may(run, step)]
        if permissions.may_release(user, run) and workflow.may(run, Step.RELEASE):
            found.insert(0, ("freigeben", "Freigeben und löschen"))
        return [(label, reverse(f"{RUNS}_step", args=[run.pk, key])) for key, label in found]

    def _require(self, request: HttpRequest, *, view: bool = False) -> None:
        user = asking.person(request)
        if not (permissions.may_propose(user) or (view and self.has_view_permission(request))):
            raise PermissionDenied

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        whole = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **context}
        return TemplateResponse(request, f"admin/records/{template}.html", whole)


@admin.register(RetentionRule)
class RuleAdmin(admin.ModelAdmin[RetentionRule]):
    list_display = ("title", "months", "since", "note")
    fields = ("title", "since", "months", "note")
    readonly_fields = ("title", "since")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: RetentionRule | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        periods.rules()
        return super().changelist_view(request, extra_context)

    def save_model(self, request: HttpRequest, obj: RetentionRule, form: "ModelForm[Any]", change: bool) -> None:
        periods.change(obj, by=asking.person(request), months=obj.months, note=obj.note)


@admin.register(RetentionHold)
class HoldAdmin(NoChanges, admin.ModelAdmin[RetentionHold]):
    list_display = ("label", "reason", "held_by", "held_at", "lifted_at")
    list_filter = (("lifted_at", admin.EmptyFieldListFilter),)
    list_select_related = ("held_by",)
    search_fields = ("label", "reason")
    fields = ("label", "reason", "held_by", "held_at", "lifted_by", "lifted_at")
    change_form_template = "admin/records/hold.html"

    def get_urls(self) -> list[URLPattern]:
        lift = path("<int:pk>/beenden/", self.admin_site.admin_view(self.lift), name="landespreis_retentionhold_lift")
        return [lift, *super().get_urls()]

    def lift(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once more, then end it."""
        held = get_object_or_404(RetentionHold, pk=pk)
        if not permissions.may_hold(asking.person(request)):
            raise PermissionDenied
        question = Question(
            "Verlängerte Aufbewahrung beenden",
            held.label,
            ["Danach gilt wieder die Frist: Die nächste Aussonderung nimmt sie mit."],
            "Beenden",
            reverse("admin:landespreis_retentionhold_change", args=[pk]),
            "Die verlängerte Aufbewahrung ist beendet.",
            lambda: periods.lift(held, by=asking.person(request)),
        )
        return ask(self, request, question)


def _named(kind: str, scope: str) -> tuple[Kind, Scope]:
    what = parts.kinds().get(kind)
    where = parts.scope_of(what, scope) if what else None
    if what is None or where is None:
        raise Http404
    return what, where


def _preview_url(kind: Kind, scope: Scope) -> str:
    return reverse(f"{RUNS}_preview", args=[kind.key, scope.key] if scope.key else [kind.key])


def _facts(run: RetentionRun) -> list[tuple[str, str]]:
    """Return who did what when, as far as it has come."""
    rows = [
        ("vorgeschlagen", f"{wording.moment(run.proposed_at)}, {run.proposed_by}"),
        ("Archivpaket", wording.filesize(run.package_size) if run.package_sha256 else ""),
        ("Prüfsumme (SHA-256)", run.package_sha256),
        ("dem Landesarchiv angeboten", wording.day(run.offered_at) if run.offered_at else ""),
        ("Antwort", f"{run.get_answer_display()}, {wording.day(run.answered_at)}" if run.answered_at else ""),
        ("Aktenzeichen", run.reference),
        ("freigegeben", f"{wording.moment(run.released_at)}, {run.released_by}" if run.released_at else ""),
        ("begonnen", wording.moment(run.started_at) if run.started_at else ""),
        ("vollzogen", wording.moment(run.done_at) if run.done_at else ""),
        ("verworfen", f"{wording.moment(run.discarded_at)}, {run.discarded_by}" if run.discarded_at else ""),
        ("Grund", run.reason),
    ]
    return [(label, value) for label, value in rows if value]


def _waiting(run: RetentionRun, request: HttpRequest) -> str:
    """Return what has to happen next, in one sentence."""
    match run.status:
        case "proposed" if run.is_archived:
            if run.parcel and run.parcel.failed_at:
                return f"Das Archivpaket ließ sich nicht erstellen: {run.parcel.error}"
            if runs.needs_package(run):
                return "Das Archivpaket ist verfallen, bevor das Portal es aufbewahren konnte. Erstellen Sie es neu."
            return "Das Archivpaket wird erstellt. Danach können Sie das Angebot an das Landesarchiv festhalten."
        case "proposed" | "answered":
            if run.proposed_by_id == asking.person(request).pk:
                return "Eine zweite Person der Geschäftsstelle muss freigeben. Bis dahin wird nichts gelöscht."
            return "Prüfen Sie, was geht, und geben Sie frei. Bis dahin wird nichts gelöscht."
        case "packed":
            return "Laden Sie das Paket herunter, bieten Sie es dem Landesarchiv an und halten Sie das Angebot fest."
        case "offered":
            assert run.offered_at
            silent = wording.day(workflow.silent_from(run.offered_at))
            return f"Das Landesarchiv entscheidet. Kommt bis {silent} keine Antwort, können Sie das festhalten."
        case "released":
            return "Das Portal löscht. Die Seite zeigt nach dem Neuladen, wie weit es ist."
        case "done" if run.package and run.done_at:
            return f"Das Archivpaket bleibt hier bis {wording.day(run.done_at + executing.PACKAGE_STAYS)} abrufbar."
        case _:
            return ""
