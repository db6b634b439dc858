"""The pages that decide what counts: check and submit, withdraw, set the draft back."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from landespreis import wording
from landespreis.refusal import NotAllowed, Refused, TooLate
from submissions import checks, difference, payload, permissions, reading, sheet, workflow
from submissions.actions import formal_check, handing_in
from submissions.forms.handing_in import DeclarationForm, ResetForm, WithdrawForm, on_behalf
from submissions.models import Submission
from submissions.views import frame, versions
from submissions.views.frame import Frame, SignedIn

SELF_EXPLAINING = frozenset({"partner", "dateien", "pruefen"})
"""Sections whose problems read well without the section's title before them."""


@dataclass(frozen=True)
class Point:
    """Something that is still open: a sentence and the address of the field it is about."""

    text: str
    url: str


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """The entry as the jury will read it, all that is still open, the declarations and the one submit button."""
    if request.method == "POST":
        return _submit(request, pk)
    return _check_page(request, frame.find(request.user, pk))


def _submit(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    entry = reading.outline(pk)
    if entry is None or not permissions.may_read(request.user, entry):
        raise Http404("Diese Einreichung gibt es nicht, oder Sie wirken nicht an ihr mit.")
    form = DeclarationForm(request.POST)
    form.is_valid()  # its messages stand beside the boxes; whether it suffices, the verb decides
    try:
        version = handing_in.submit(entry, by=request.user, declarations=form.declarations, seen=form.fingerprint)
    except NotAllowed:
        raise
    except Refused as refusal:
        status = 422 if isinstance(refusal, handing_in.Incomplete) else refusal.status
        return _check_page(request, frame.find(request.user, pk), form=form, refusal=refusal, status=status)
    if version.pk == entry.current_id and entry.formal_check in workflow.ANSWERED:
        messages.warning(request, f"Noch nichts geändert: Ihr Entwurf ist derselbe wie Version {version.number}.")
        return redirect(entry)
    if version.pk == entry.current_id:
        unchanged = "Seitdem hat sich nichts geändert, deshalb gibt es keine neue Version."
        messages.success(request, f"Version {version.number} ist eingereicht und gilt. {unchanged}")
    else:
        messages.success(
            request,
            f"Eingereicht: {version.submission.label}, Version {version.number}. "
            "Die Eingangsbestätigung kommt per E-Mail an Sie und alle Mitwirkenden.",
        )
    return redirect(version)


def _check_page(
    request: SignedIn,
    entry: Submission,
    *,
    form: DeclarationForm | None = None,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = frame.build(request.user, entry)
    content = payload.content(shown.draft)
    frozen = entry.current.payload if entry.current else None
    if form is None:
        form = DeclarationForm(initial={"publication": bool(frozen and frozen["declarations"]["publication"])})
    points = _points(shown, form)
    attempted = isinstance(refusal, handing_in.Incomplete)
    context = {
        "frame": shown,
        "entry": entry,
        "form": form,
        "seen": payload.fingerprint(content),
        "sheet": _draft_sheet(shown, content),
        "points": points,
        "points_title": _points_title(len(points), attempted),
        "attempted": attempted,
        "refusal": None if attempted else refusal,
        "closed": _closed(shown),
        "reason": formal_check.reason(entry),
        **_submitters(entry),
        "on_behalf": on_behalf(entry.lead),
        "lead_taken": handing_in.ONE_PER_LEAD if shown.open and refusal is None and _lead_taken(entry) else "",
        "unchanged": _counts(entry) and payload.content_of(frozen or {}) == content,
    }
    return render(request, "submissions/check.html", context, status=status)


def _points(shown: Frame, form: DeclarationForm) -> list[Point]:
    """Return what is open in the form of the entry, then in the declarations that were sent."""
    titles = {section.spec.key: section.spec.title for section in shown.sections}

    def said(problem: checks.Problem) -> str:
        title = "" if problem.section in SELF_EXPLAINING else titles.get(problem.section, "")
        return f"{title}: {problem.message}" if title else problem.message

    found = [Point(said(p), frame.section_url(shown.entry, p.section) + p.anchor) for p in shown.problems]
    found.extend(
        Point(str(error), f"#id_{name}")
        for name in handing_in.REQUIRED_DECLARATIONS
        for error in form.errors.get(name, [])
    )
    return found


def _points_title(count: int, attempted: bool) -> str:
    words = "Ein Punkt ist" if count == 1 else f"{wording.counted(count).capitalize()} Punkte sind"
    return f"Fehler: Noch nicht eingereicht. {words} offen" if attempted else f"{words} noch offen"


def _closed(shown: Frame) -> TooLate | None:
    try:
        workflow.require_open(shown.entry, shown.now)
    except TooLate as refusal:
        return refusal
    return None


def _submitters(entry: Submission) -> dict[str, Any]:
    """Return for the template who may submit and withdraw."""
    people = [entry.owner, *(editor.user for editor in entry.colleagues if editor.user)]
    names = [str(person) for person in people if permissions.may_submit(person, entry)]
    return {"submitters": sheet.listed(names), "several_submitters": len(names) > 1}


def _lead_taken(entry: Submission) -> bool:
    """Whether another entry of the same lead is submitted; the verb and a constraint decide, this only warns early."""
    return bool(reading.rivals(entry))


def _counts(entry: Submission) -> bool:
    return entry.status == Submission.Status.SUBMITTED


def _draft_sheet(shown: Frame, content: payload.Payload) -> sheet.Sheet:
    entry = shown.entry

    def edit(section: str, field: str) -> str:
        return frame.section_url(entry, section) + (f"#id_{field}" if field else "")

    links = versions.links(entry, shown.draft.files)
    return sheet.of(content, criteria=versions.criteria(shown), links=links, edit=edit if shown.writable else None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """Says what withdrawing means, asks once more, and does it."""
    entry = frame.find(request.user, pk)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_valid():
        try:
            handing_in.withdraw(entry, by=request.user, reason=form.cleaned_data["reason"])
        except NotAllowed:
            raise
        except Refused as error:
            refusal = error
        else:
            messages.success(request, f"{entry.label} ist zurückgezogen und nimmt nicht mehr teil.")
            return redirect(entry)
    return _asking(request, entry, "submissions/withdraw.html", form=form, refusal=refusal)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """Says what the draft will lose, asks once more, and sets it back to the version that counts."""
    entry = frame.find(request.user, pk)
    form = ResetForm(request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_valid():
        try:
            handing_in.reset(entry, by=request.user)
        except NotAllowed:
            raise
        except Refused as error:
            refusal = error
        else:
            number = entry.current.number if entry.current else 0
            messages.success(request, f"Der Entwurf ist auf den Stand von Version {number} zurückgesetzt.")
            return redirect(entry)
    return _asking(request, entry, "submissions/reset.html", form=form, refusal=refusal)


def _asking(
    request: SignedIn, entry: Submission, template: str, *, form: WithdrawForm | ResetForm, refusal: Refused | None
) -> HttpResponse:
    """Show the page of a question that waits for an answer, or why it cannot be asked."""
    entry = frame.find(request.user, entry.pk) if refusal else entry
    shown = frame.build(request.user, entry)
    context = {
        "frame": shown,
        "entry": entry,
        "form": form,
        "refusal": refusal,
        "closed": _closed(shown),
        **_submitters(entry),
        "changes": _changes(shown) if template == "submissions/reset.html" else None,
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, template, context, status=status)


def _changes(shown: Frame) -> difference.Comparison | None:
    version = shown.entry.current
    return difference.compare(version.payload, payload.content(shown.draft)) if version else None
