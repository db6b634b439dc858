"""Admitting, or proposing to admit, many entries at once: only where nothing speaks against it, and after one look."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from accounts.models import User
from landespreis import clock
from landespreis.outgoing import CHANGED, Outgoing
from landespreis.refusal import Refused
from submissions import permissions, reading
from submissions.actions import formal_check, four_eyes, gate, ruling
from submissions.actions.ruling import Ruling
from submissions.admin.cases import checker
from submissions.models import Submission
from submissions.turns import Kind, Queue, Turn
from submissions.workflow import CheckAct

AT_ONCE = 100
"""Entries in one transaction: whoever wants one of them waits for no more than these."""


@dataclass(frozen=True)
class Sorted:
    """What was chosen: entries that can be admitted together, and the others with why they stay as they are."""

    ready: Sequence[Submission]
    others: Sequence[tuple[Submission, str]]


class Admitting(admin.ModelAdmin[Submission]):
    """Mixin: adds the action and its page to the admin of entries."""

    actions = ("admit",)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.admit_many))
        return [path("pruefung/zulassen/", view, name="submissions_admit_many"), *super().get_urls()]

    def has_check_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and permissions.may_check(request.user)

    @admin.action(description="Zulassen", permissions=["check"])
    def admit(self, request: HttpRequest, queryset: "QuerySet[Submission]") -> HttpResponse:
        """Ask once more about what was chosen in the list."""
        return self._ask(request, list(queryset.select_related("round", "owner").order_by("number")))

    def admit_many(self, request: HttpRequest) -> HttpResponse:
        """Ask once more about what was chosen in the queue; after that decide what was asked about."""
        user = checker(request)
        if "confirmed" in request.POST:
            return self._decide(request, user)
        chosen = [UUID(key) for key in request.POST.getlist("entry") if _is_key(key)]
        rows = Submission.objects.filter(pk__in=chosen).select_related("round", "owner").order_by("number")
        return self._ask(request, list(rows))

    def _ask(self, request: HttpRequest, rows: list[Submission]) -> HttpResponse:
        user = checker(request)
        chosen = _sorted(rows, user)
        _with_people(chosen.ready)
        read = ruling.last_seen_of(chosen.ready)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Mehrere zulassen",
            "ready": chosen.ready,
            "others": chosen.others,
            "marks": [f"{row.pk} {read.get(row.pk, 0)}" for row in chosen.ready],
            "two": any(row.round.four_eyes for row in chosen.ready),
            "recipients": len({address for row in chosen.ready for address in gate.addresses(row)}),
            "sample": _sample(chosen.ready, user),
            "seen": _mark(chosen.ready, user),
        }
        return TemplateResponse(request, "admin/submissions/admit.html", context)

    def _decide(self, request: HttpRequest, user: User) -> HttpResponse:
        """Decide about so many at a time: what cannot be admitted is named and stops nothing.

        Where another mail would go than the one that was shown, or to others, nothing is decided.
        """
        marks = [mark.partition(" ") for mark in request.POST.getlist("entry")]
        read = {UUID(key): int(mark) for key, _, mark in marks if _is_key(key) and mark.isdecimal()}
        rows = list(Submission.objects.filter(pk__in=read).select_related("round", "owner").order_by("number"))
        seen = request.POST.get("seen", "")
        if "tell" in request.POST and seen and seen != _mark(rows, user):
            self.message_user(request, CHANGED, messages.ERROR)
            return self._ask(request, rows)
        admitted = 0
        for first in range(0, len(rows), AT_ONCE):
            some = rows[first : first + AT_ONCE]
            refused = _admit(some, user, tell="tell" in request.POST, read=read)
            for row in some:
                if row.pk in refused:
                    self.message_user(request, f"{row}: {refused[row.pk].message}", messages.WARNING)
            admitted += len(some) - len(refused)
        if admitted:
            words = "1 Einreichung ist" if admitted == 1 else f"{admitted} Einreichungen sind"
            proposed = rows[0].round.four_eyes
            self.message_user(request, f"{words} {'zur Zulassung vorgeschlagen' if proposed else 'zugelassen'}.")
        return redirect("admin:submissions_queue")


def _admit(rows: Sequence[Submission], user: User, *, tell: bool, read: Mapping[UUID, int]) -> dict[UUID, Refused]:
    """Admit entries, or propose it where two decide; return why those that stay as they are do."""
    refused: dict[UUID, Refused] = {}
    for verb, two in ((formal_check.admit_each, False), (four_eyes.propose_admissions, True)):
        if some := [row for row in rows if row.round.four_eyes == two]:
            refused |= verb(some, by=user, tell=tell, read=read)
    return refused


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _sorted(rows: Sequence[Submission], user: User) -> Sorted:
    """Part what may be admitted together from the rest; the queue of each round says what is safe."""
    queued: dict[UUID, Turn] = {}
    for round in {row.round_id: row.round for row in rows}.values():
        queue = Queue(round, user, clock.now())
        chosen = queue.rows.filter(pk__in=[row.pk for row in rows])
        queued |= {turn.entry.pk: turn for turn in queue.turns(chosen)}
    ready, others = [], []
    for row in rows:
        turn = queued.get(row.pk)
        if turn and turn.is_safe:
            ready.append(row)
        else:
            others.append((row, _why(row, turn)))
    return Sorted(ready, others)


def _with_people(rows: Sequence[Submission]) -> None:
    """Give every entry its colleagues, in one query."""
    colleagues = reading.editors([row.pk for row in rows])
    for row in rows:
        row.colleagues = list(colleagues.get(row.pk, []))


def _why(row: Submission, turn: Turn | None) -> str:
    if turn is None:
        return f"{row.get_status_display()}, {row.get_formal_check_display()}"
    if turn.kind is Kind.CHECK and turn.judged:
        return f"Prüfpunkte: {turn.judged}"
    return turn.said


def _sample(ready: Sequence[Submission], user: User) -> Outgoing | None:
    return ruling.letter(ready[0], Ruling(CheckAct.ADMIT), by=user, at=clock.now()) if ready else None


def _mark(rows: Sequence[Submission], user: User) -> str:
    """Return the checksum of what the page shows of the mails: the words of the first, and where all of them go."""
    _with_people(rows)
    sample = _sample(rows, user)
    shown = [sample.mark if sample else "", *(f"{row.pk} {sorted(gate.addresses(row))}" for row in rows)]
    return hashlib.sha256("\n".join(shown).encode()).hexdigest()
