"""What one opens first: the own entries, how to begin one, and the overview of one with everything that is to do."""

import uuid
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Membership, User
from landespreis import clock, wording
from submissions import checks, difference, permissions, reading, workflow
from submissions import draft as drafts
from submissions.actions import entries, formal_check
from submissions.models import Editor, HelpRequest, Round, Section, Submission
from submissions.sections import SectionSpec
from submissions.views import frame
from submissions.views.frame import Frame, SectionLink, SignedIn

ROLES = {
    "owner": "Sie sind verantwortlich",
    Editor.Role.READ: "Sie lesen mit",
    Editor.Role.EDIT: "Sie schreiben mit",
    Editor.Role.SUBMIT: "Sie schreiben mit und können einreichen",
}


@dataclass(frozen=True)
class Row:
    """An entry in the list; `kind` is the sign beside its state, `rest` how long it may still change."""

    entry: Submission
    kind: str
    state: str
    progress: str
    role: str
    rest: str
    open: bool


@dataclass(frozen=True)
class Change:
    """A section whose draft differs from the version that counts; `what` and `who` say how and since when."""

    link: SectionLink
    what: str
    who: str


@login_required
@require_safe
def index(request: SignedIn) -> HttpResponse:
    """The own entries, newest first, and whether one can begin another."""
    now = clock.now()
    found = reading.entries(list(Submission.objects.visible_to(request.user).values_list("pk", flat=True)))
    loaded = drafts.load_all(found)
    round = Round.objects.current()
    context = {
        "rows": [_row(request.user, loaded[entry.pk]) for entry in found],
        "round": round,
        "phase": round.phase(now) if round else "",
        "is_member": Membership.objects.filter(user=request.user).active().exists(),
    }
    return render(request, "submissions/index.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: SignedIn) -> HttpResponse:
    """Say what an entry needs and when one can begin; POST begins one, once however often it is pressed."""
    round = Round.objects.current()
    if request.method == "POST" and round:
        entry = entries.start(round, by=request.user, pk=_offered(request))
        messages.success(request, "Ihre Einreichung ist angelegt. Beginnen Sie mit einem beliebigen Abschnitt.")
        return redirect(frame.section_url(entry, "titel"))
    own = Submission.objects.filter(owner=request.user, round=round)
    context = {
        "round": round,
        "phase": round.phase(clock.now()) if round else "",
        "is_member": Membership.objects.filter(user=request.user).active().exists(),
        "own": own.first(),
        "offered": uuid.uuid4(),
    }
    return render(request, "submissions/start.html", context)


@login_required
@require_safe
def overview(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """Everything about one entry on one page: its state, what is missing, its sections, people, files, versions."""
    entry = frame.find(request.user, pk)
    page = frame.build(request.user, entry)
    versions = reading.history(entry) if entry.number else []
    context = {
        "frame": page,
        "entry": entry,
        "groups": [(title, list(links)) for title, links in groupby(page.sections, lambda link: link.spec.group)],
        "facts": _facts(page),
        "missing": _missing(page),
        "next": next((link for link in page.sections if link.status in {"empty", "begun"}), None),
        "last_saved": _last_saved(page, request.user),
        "versions": versions,
        "receipt": versions[0].receipt if versions else None,
        "changes": _changes(page, request.user),
        "waiting": _waiting(page, request.user),
        "reason": formal_check.reason(entry),
        "helping": HelpRequest.objects.open(page.now).filter(submission=entry).select_related("asked_by").first(),
        "may_invite": permissions.may_invite(request.user, entry),
    }
    return render(request, "submissions/overview.html", context)


def _offered(request: SignedIn) -> uuid.UUID | None:
    """Return the key that the page offered for the entry to begin; None for what is none."""
    try:
        return uuid.UUID(request.POST.get("schluessel", ""))
    except ValueError:
        return None


def _row(user: User, draft: drafts.Draft) -> Row:
    entry, now = draft.entry, clock.now()
    problems = checks.problems(draft, now)
    done = sum(checks.progress(draft, spec, problems) == checks.Progress.DONE for spec in draft.sections)
    kind, state = _standing(entry, is_open=workflow.is_open(entry, now))
    return Row(
        entry=entry,
        kind=kind,
        state=state,
        progress=f"{done} von {len(draft.sections)} Abschnitten vollständig",
        role=ROLES[permissions.role(user, entry) or Editor.Role.READ],
        rest=wording.remaining(entry.deadline - now),
        open=workflow.is_open(entry, now),
    )


def _standing(entry: Submission, *, is_open: bool) -> tuple[str, str]:
    """Return sign and words of an entry's state."""
    if entry.status == Submission.Status.SUBMITTED and entry.current:
        if entry.formal_check == Submission.Check.EXCLUDED:
            return "empty", "ausgeschlossen, nimmt nicht mehr teil"
        if entry.formal_check == Submission.Check.RETURNED:
            return "begun", f"eingereicht, {'bitte korrigieren' if is_open else 'nicht rechtzeitig korrigiert'}"
        return "done", f"eingereicht, Version {entry.current.number} gilt"
    if entry.status == Submission.Status.WITHDRAWN:
        return "empty", "zurückgezogen"
    return "begun", "Entwurf, noch nicht eingereicht" if is_open else "Entwurf, nicht eingereicht"


def _facts(page: Frame) -> list[str]:
    """Return the line below the title: number, municipalities, category, as far as they are known."""
    entry, count = page.entry, len(page.draft.partners)
    partners = f" mit {'einem' if count == 1 else wording.counted(count)} Partner{'n' if count > 1 else ''}"
    return [
        *([entry.label] if entry.label else []),
        *([f"{entry.lead}{partners if count else ''}"] if entry.lead else []),
        *([f"Kategorie {entry.category}"] if entry.category else []),
    ]


def _missing(page: Frame) -> list[tuple[str, str]]:
    """Return task and address of everything that keeps the entry from being submitted."""
    urls = {link.spec.key: link.url for link in page.sections}
    return [(problem.task, urls[problem.section] + problem.anchor) for problem in page.problems]


def _last_saved(page: Frame, user: User) -> str:
    saved = page.draft.last_saved
    return _told(page, saved, user) if saved else ""


def _told(page: Frame, saved: Section, user: User) -> str:
    """«heute um 14:32 Uhr von Ihnen»"""
    who = "Ihnen" if saved.saved_by_id == user.pk else saved.saved_by
    return f"{wording.recently(saved.saved_at, page.now)} von {who}"


def _changes(page: Frame, user: User) -> list[Change]:
    """Return what was written since the version that counts."""
    if page.entry.current is None or page.entry.status == Submission.Status.WITHDRAWN:
        return []
    frozen = page.entry.current.payload
    return [
        Change(link, _extent(page, link.spec, frozen), _told(page, page.draft.sections_saved[link.spec.key], user))
        for link in page.changed
        if link.spec.key in page.draft.sections_saved
    ]


def _extent(page: Frame, spec: SectionSpec, frozen: dict[str, Any]) -> str:
    """Return by how much a text grew or shrank; nothing for sections of facts."""
    if spec.question:
        before, after = difference.part(frozen, spec.key), page.draft.answers.get(spec.key, "")
    elif spec.key == "kurzbeschreibung":
        before, after = frozen["abstract"], page.entry.abstract
    else:
        return ""
    grown = len(after) - len(before)
    if not grown:
        return "gleich lang, anders geschrieben"
    return f"{wording.number(abs(grown))} Zeichen {'mehr' if grown > 0 else 'weniger'}"


def _waiting(page: Frame, user: User) -> list[tuple[str, str]]:
    """Return title and address of every section with a kept version that waits for this person's decision."""
    keys = reading.variants(page.entry, user)
    return [
        (link.spec.title, reverse("submissions:conflict", args=[page.entry.pk, link.spec.key]))
        for link in page.sections
        if link.spec.key in keys
    ]
