"""The formal check in the admin: buttons on the page of an entry and an action on the list, each asks once more."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts.models import User
from landespreis.refusal import Refused
from submissions import permissions
from submissions.actions import formal_check
from submissions.admin.confirm import DeadlineForm, NoForm, Question, ReasonForm, ask
from submissions.models import Submission

Check = Submission.Check
SCORED = "Hat die Jury schon Punkte vergeben, bleiben sie gespeichert und zählen nicht mehr."
MAIL = "Inhaberin oder Inhaber und alle Mitwirkenden erhalten eine E-Mail"


class Button(NamedTuple):
    """A verb of the formal check: its title, in which states of the check it is offered, and what will happen."""

    title: str
    states: frozenset[Check]
    verb: Callable[..., Any]
    sentences: tuple[str, ...]
    done: str
    form: type[forms.Form] = ReasonForm


BUTTONS = {
    "zulassen": Button(
        "Zulassen",
        frozenset({Check.OPEN, Check.RETURNED}),
        formal_check.admit,
        (
            "Die Jury liest und bewertet dann die geltende Version, sobald die Bewertung begonnen hat.",
            "Niemand erhält dazu eine E-Mail. Sie können die Einreichung später noch ausschließen.",
        ),
        "Die Einreichung ist zugelassen.",
        form=NoForm,
    ),
    "ausschliessen": Button(
        "Ausschließen",
        frozenset({Check.OPEN, Check.RETURNED, Check.ADMITTED}),
        formal_check.exclude,
        (f"Die Einreichung nimmt nicht mehr am Wettbewerb teil. {SCORED}", f"{MAIL} mit dem Grund, den Sie nennen."),
        "Die Einreichung ist ausgeschlossen, die Mitwirkenden sind benachrichtigt.",
    ),
    "zurueckgeben": Button(
        "Zur Korrektur zurückgeben",
        frozenset({Check.OPEN}),
        formal_check.hand_back,
        (
            (
                "Die Mitwirkenden können die Einreichung bis zur neuen Frist ändern und noch einmal einreichen. Bis "
                "dahin zählt die bisherige Version; danach steht die Prüfung wieder auf „noch nicht geprüft“."
            ),
            f"{MAIL} mit der neuen Frist und dem Grund: Schreiben Sie dort, was zu ändern ist.",
        ),
        "Die Einreichung ist zurückgegeben, die Mitwirkenden sind benachrichtigt.",
        form=DeadlineForm,
    ),
    "wieder-oeffnen": Button(
        "Prüfung wieder öffnen",
        frozenset({Check.RETURNED, Check.ADMITTED, Check.EXCLUDED}),
        formal_check.reopen,
        (
            (
                "Die formale Prüfung steht dann wieder auf „noch nicht geprüft“, und die Jury sieht die Einreichung "
                "nicht, bis Sie sie zulassen. Punkte bleiben gespeichert und zählen wieder, wenn Sie sie zulassen."
            ),
            "Niemand erhält dazu eine E-Mail; der Grund steht im Verlauf.",
        ),
        "Die formale Prüfung ist wieder offen.",
    ),
    "zurueckziehen": Button(
        "Zurückziehen auf Wunsch",
        frozenset(Check),
        formal_check.withdraw_on_request,
        (
            f"Nur auf Wunsch der Einreichenden: Die Einreichung nimmt nicht mehr teil. {SCORED}",
            f"{MAIL}. Nennen Sie als Grund, wer darum gebeten hat und wie.",
        ),
        "Die Einreichung ist zurückgezogen, die Mitwirkenden sind benachrichtigt.",
    ),
}
"""Part of the address → verb."""


class FormalCheck(admin.ModelAdmin):  # type: ignore[type-arg]
    """Mixin: adds the buttons' addresses and the action to the admin of entries."""

    actions = ("admit",)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.check_entry)
        return [path("<uuid:pk>/pruefung/<slug:act>/", view, name="submissions_check"), *super().get_urls()]

    def has_check_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and permissions.may_check(request.user)

    def check_buttons(self, request: HttpRequest, entry: Submission | None) -> list[tuple[str, str]]:
        """Return title and address of what this person can decide about the entry now."""
        if entry is None or entry.status != Submission.Status.SUBMITTED or not self.has_check_permission(request):
            return []
        return [
            (button.title, reverse("admin:submissions_check", args=[entry.pk, act]))
            for act, button in BUTTONS.items()
            if entry.formal_check in button.states
        ]

    def check_entry(self, request: HttpRequest, pk: uuid.UUID, act: str) -> HttpResponse:
        """Ask once more, with a reason where one is needed, and decide."""
        if not self.has_check_permission(request):
            raise PermissionDenied
        entry = get_object_or_404(Submission.objects.select_related("round"), pk=pk, current__isnull=False)
        button = BUTTONS.get(act)
        if button is None:
            raise Http404
        question = Question(
            title=button.title,
            about=f"{entry.label} {entry.submitted_title}",
            sentences=button.sentences,
            button=button.title,
            back=reverse("admin:submissions_submission_change", args=[entry.pk]),
            done=button.done,
            verb=partial(button.verb, entry, by=request.user),
            form=button.form,
        )
        return ask(self, request, question)

    @admin.action(description="Zulassen", permissions=["check"])
    def admit(self, request: HttpRequest, queryset: "QuerySet[Submission]") -> HttpResponse | None:
        """Ask once more, then admit one by one: what cannot be admitted is named and stops nothing."""
        rows = list(queryset.select_related("round").order_by("number"))
        if "confirmed" in request.POST:
            self._admit(request, rows)
            return None
        ready = [row for row in rows if row.status == Submission.Status.SUBMITTED and row.formal_check == Check.OPEN]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Zulassen",
            "ready": ready,
            "others": [row for row in rows if row not in ready],
            "selected": request.POST.getlist("_selected_action"),
            "across": request.POST.get("select_across", "0"),
        }
        return TemplateResponse(request, "admin/submissions/admit.html", context)

    def _admit(self, request: HttpRequest, rows: list[Submission]) -> None:
        assert isinstance(request.user, User)  # has_check_permission
        admitted = 0
        for row in rows:
            try:
                formal_check.admit(row, by=request.user)
                admitted += 1
            except Refused as refusal:
                self.message_user(request, f"{row}: {refusal.message}", messages.WARNING)
        if admitted:
            words = "1 Einreichung ist" if admitted == 1 else f"{admitted} Einreichungen sind"
            self.message_user(request, f"{words} zugelassen.")
