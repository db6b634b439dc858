"""The queue of the formal check, and the page of an entry on which its checklist is filled in and decided."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.http import urlencode

from landespreis import clock
from landespreis.refusal import Refused
from submissions import conditions, sheet, turns
from submissions.actions import findings, ruling
from submissions.actions.findings import Judged
from submissions.admin.cases import (
    ALL,
    ANSWERS,
    DECISIONS,
    Case,
    address,
    case,
    checker,
    next_after,
    offered,
    title,
    turn,
    waiting,
)
from submissions.conditions import CONDITIONS, Condition, Hint
from submissions.models import Event, Finding, Round, Submission
from submissions.turns import Kind, Queue, Turn
from submissions.views.versions import links

Check, Verdict = Submission.Check, Finding.Verdict
PER_PAGE = 25
TOLD = tuple(verb for verb in ruling.WATCHED if verb != Event.Verb.CHECKED)


class Checklist(forms.Form):
    """A verdict and a note for each condition."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for condition in CONDITIONS:
            self.fields[condition.key] = forms.ChoiceField(
                label=condition.question, choices=Verdict.choices, widget=forms.RadioSelect, initial=Verdict.OPEN
            )
            self.fields[f"{condition.key}_notiz"] = forms.CharField(label="Notiz", max_length=500, required=False)

    def judged(self) -> dict[str, Judged]:
        values = self.cleaned_data
        return {
            condition.key: Judged(Verdict(values[condition.key]), values[f"{condition.key}_notiz"])
            for condition in CONDITIONS
        }


@dataclass(frozen=True)
class Line:
    """A condition on the page: what the portal sees, the fields, what stands there now, and what stood there before."""

    condition: Condition
    hint: Hint
    verdict: BoundField
    note: BoundField
    now: Finding | None
    former: Finding | None


class Reviewing(admin.ModelAdmin[Submission]):
    """Mixin: adds queue and checklist to the admin of entries."""

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        own = [
            path("pruefung/", guarded(self.queue), name="submissions_queue"),
            path("<uuid:pk>/pruefung/", guarded(self.review), name="submissions_review"),
        ]
        return [*own, *super().get_urls()]

    def queue(self, request: HttpRequest) -> HttpResponse:
        """Everything that is not decided: what waits for this person first, the rest with whom it waits for."""
        user = checker(request)
        handed_in = Submission.objects.filter(round=OuterRef("pk"), number__isnull=False)
        rounds = list(Round.objects.announced().filter(Exists(handed_in)))
        current = Round.objects.current()
        round = next((row for row in rounds if row.key == request.GET.get("runde")), current)
        asked = {name: request.GET[name] for name in ("runde", "kategorie", "stand") if request.GET.get(name)}
        category, kind = asked.get("kategorie", ""), asked.get("stand", "")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Formale Prüfung",
            "round": round,
            "rounds": rounds,
            "categories": list(round.categories.all()) if round else [],
            "category": category,
            "kind": kind,
            "asked": f"{urlencode(asked)}&" if asked else "",
        }
        if round:
            whole = Queue(round, user, clock.now())
            context |= _shown(whole, replace(whole, category=category, kind=kind), request.GET.get("seite"))
        else:
            context |= {"kinds": [(kind, 0) for kind in Kind], "page": Paginator([], PER_PAGE).get_page(1)}
        return TemplateResponse(request, "admin/submissions/queue.html", context)

    def review(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show the frozen version beside the checklist; its buttons save and lead on to a decision."""
        user = checker(request)
        rows = Submission.objects.select_related("round", "current", "submitted_category", "submitted_lead", "owner")
        entry = get_object_or_404(rows, pk=pk, current__isnull=False)
        flow = request.GET.get("reihe", "")
        form = None
        if request.method == "POST":
            form = Checklist(request.POST)
            answer = self._judge(request, case(entry, user, read=request.POST.get("read", ""), flow=flow), form)
            if answer:
                return answer
            entry = rows.get(pk=pk)
        return self._page(request, case(entry, user, flow=flow), form)

    def _judge(self, request: HttpRequest, of: Case, form: Checklist) -> HttpResponse | None:
        """Save the checklist and go on; None when it could not be saved."""
        if not form.is_valid():
            return None
        try:
            written = findings.judge(of.entry, form.judged(), by=of.user, read=of.read)
        except Refused as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return None
        act = request.POST.get("dann", "")
        if act in DECISIONS:
            return redirect(of.link(act))
        self.message_user(request, "Die Prüfpunkte sind gespeichert." if written else "Es war nichts zu ändern.")
        return redirect(of.page)

    def _page(self, request: HttpRequest, of: Case, form: Checklist | None) -> HttpResponse:
        entry, verbs = of.entry, offered(of)
        editable = entry.status == Submission.Status.SUBMITTED and entry.formal_check in {Check.OPEN, Check.RETURNED}
        assert entry.current is not None  # the address leads to submitted entries only
        content = entry.current.payload
        known = _findings(entry)
        checklist = form or Checklist(initial=_initial(known.get(entry.current.number, {})))
        queued = turn(of) if of.flow else None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{entry.label} formal prüfen",
            "case": of,
            "entry": entry,
            "version": entry.current,
            "form": checklist,
            "lines": list(_lines(entry, checklist, known)),
            "editable": editable,
            "sheet": sheet.of(content, criteria={}, links=links(entry, entry.current.files.only("scan"))),
            "decisions": [(slug, title(of, slug)) for slug in verbs if slug in DECISIONS],
            "answers": [(title(of, slug), of.link(slug)) for slug in verbs if slug in ANSWERS],
            "steps": [(title(of, slug), of.link(slug)) for slug in verbs if _is_step(slug, editable)],
            "course": entry.events.filter(verb__in=TOLD).select_related("by", "version").defer("version__canonical"),
            "turn": queued,
            "number_waiting": _number_waiting(waiting(of)) if of.flow else 0,
            "next": next_after(of, queued.place if queued else None) if of.flow else "",
            "is_own": of.proposal is not None and of.proposal.proposed_by_id == of.user.pk,
        }
        return TemplateResponse(request, "admin/submissions/review.html", context)


def _is_step(slug: str, editable: bool) -> bool:
    """While the checklist can be filled in, its own buttons lead to the decisions."""
    return slug not in ANSWERS and not (editable and slug in DECISIONS)


# The queue -------------------------------------------------------------------------------------------


def _shown(whole: Queue, chosen: Queue, page: str | None) -> dict[str, Any]:
    """Return what the page of the queue shows of it."""
    numbers = whole.numbers()
    fitting = numbers if chosen == whole else chosen.numbers()
    shown = Paginator(range(fitting.total()), PER_PAGE).get_page(page)
    # Which they are is looked up before they are read, see `KeysFirst`.
    keys = list(chosen.rows.values_list("pk", flat=True)[max(shown.start_index() - 1, 0) : shown.end_index()])
    rows, flow = chosen.turns(chosen.rows.filter(pk__in=keys)), chosen.category or ALL
    return {
        "kinds": [(kind, numbers[kind]) for kind in Kind],
        "page": shown,
        "groups": list(_groups(rows, flow)),
        "selectable": any(row.is_safe for row in rows),
        "first": address(_first(rows) if shown.number == 1 else chosen.following(None), flow),
    }


def _first(rows: Sequence[Turn]) -> uuid.UUID | None:
    """Return the entry that the queue begins with, from its first page; those that wait for others stand at its end."""
    return next((row.entry.pk for row in rows if row.kind is not Kind.OTHERS), None)


def _number_waiting(queue: Queue) -> int:
    numbers = queue.numbers()
    return numbers.total() - numbers[Kind.OTHERS]


def _groups(rows: Sequence[Turn], flow: str) -> Iterator[tuple[Kind, list[dict[str, Any]]]]:
    """Yield what each group of the page shows, with what the portal sees of its entries."""
    hints = turns.hints([row.entry for row in rows])
    for kind in Kind:
        found = [
            {
                "turn": row,
                "url": address(row.entry.pk, flow),
                "look": [condition.title for condition in conditions.to_look_at(hints[row.entry.pk])],
            }
            for row in rows
            if row.kind is kind
        ]
        if found:
            yield kind, found


# The checklist ---------------------------------------------------------------------------------------


def _findings(entry: Submission) -> dict[int, dict[str, Finding]]:
    """Return what was judged, by number of the version and key of the condition."""
    rows = Finding.objects.filter(submission=entry).select_related("by").annotate(number=F("version__number"))
    found: dict[int, dict[str, Finding]] = {}
    for row in rows.order_by("number"):
        found.setdefault(row.number, {})[row.key] = row
    return found


def _initial(known: dict[str, Finding]) -> dict[str, str]:
    return {key: row.verdict for key, row in known.items()} | {f"{key}_notiz": row.note for key, row in known.items()}


def _lines(entry: Submission, form: Checklist, known: dict[int, dict[str, Finding]]) -> Iterator[Line]:
    assert entry.current is not None
    hints = turns.hints([entry])[entry.pk]
    former: dict[str, Finding] = {}
    for number, rows in known.items():
        former |= rows if number < entry.current.number else {}
    now = known.get(entry.current.number, {})
    for condition in CONDITIONS:
        key = condition.key
        fields = form[key], form[f"{key}_notiz"]
        yield Line(condition, hints[key], *fields, now.get(key), former.get(key))
