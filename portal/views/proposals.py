"""Projects that municipalities put in themselves: the list, beginning one, the page on which one is written."""

import copy
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from landespreis import clock, parking, throttle, wording
from landespreis.refusal import Refused
from portal import permissions, telling
from portal.actions import completeness
from portal.actions import proposals as verbs
from portal.forms import proposals as forms
from portal.forms.proposing import StartForm
from portal.models import Project, Proposal
from portal.views import proposal_frame as frame
from submissions.views.frame import SignedIn

KEPT = "Ihr Text von vorhin ist noch da. Prüfen und speichern Sie ihn."
REST_SAVED = "Alle anderen Angaben sind gespeichert."
GOALS = {"bild": "portal:proposal_picture", "vorschau": "portal:proposal_preview", "pruefen": "portal:proposal_check"}
"""What a button asks for after saving → the page it leads to."""


@login_required
@require_safe
def index(request: SignedIn) -> HttpResponse:
    """What this is, the proposals this person may write, and the municipality's published projects."""
    own = list(Proposal.objects.visible_to(request.user).select_related("lead", "owner"))
    members = request.user.memberships.active()
    published = Project.objects.published(clock.now()).filter(lead__in=members.values("municipality"))
    open_changes = Proposal.objects.filter(project__in=published).exclude(status=Proposal.Status.PUBLISHED)
    taken = {change.project_id: change for change in open_changes}
    visible = {proposal.pk for proposal in own}
    context = {
        "rows": [frame.row(proposal, request.user) for proposal in own],
        "projects": [
            {"project": project, "change": taken.get(project.pk), "visible": _key(taken.get(project.pk)) in visible}
            for project in published.select_related("lead").order_by("sort_key", "pk")
        ],
        "is_member": members.exists(),
    }
    return render(request, "portal/proposals.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """Asks for the municipality where there are several, and begins."""
    form = StartForm(request.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        throttle.require(request, "proposal", "Sie haben in der letzten Stunde sehr viele Vorschläge begonnen.")
        begun = verbs.start(by=request.user, municipality=form.cleaned_data["municipality"], key=form.offered)
        return redirect(begun)
    is_member = request.user.memberships.active().exists()
    context = {"form": form, "is_member": is_member}
    return render(request, "portal/proposal_new.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def change(request: SignedIn, project: str) -> HttpResponse:
    """Begin a change of a published project of the person's municipality, or go on with the one that is open."""
    members = request.user.memberships.active()
    published = Project.objects.published(clock.now()).filter(lead__in=members.values("municipality"))
    found = get_object_or_404(published, slug=project)
    return redirect(verbs.start_change(found, by=request.user))


@parking.keeps_text
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: SignedIn, proposal: UUID) -> HttpResponse:
    """The page to write on, or to read where nothing can be written now; POST saves, from a button or by itself."""
    found = frame.find(request.user, proposal)
    if request.method == "POST":
        return _save(request, found)
    kept = parking.kept(request)
    form = forms.ProposalForm(found, kept) if kept else None
    if frame.is_writable(found, request.user):
        return _page(request, form, notice=KEPT) if form else _page(request, forms.opened(found))
    if form is None:
        return _reading(request, found)
    form.is_valid()
    return _lost(request, form)


def _key(change: Proposal | None) -> int | None:
    return change.pk if change else None


def _save(request: SignedIn, found: Proposal) -> HttpResponse:
    goal, background = request.POST.get("ziel", ""), parking.is_background(request)
    if goal == "verwerfen":
        parking.forget(request)
        return redirect(found)
    form = forms.ProposalForm(found, request.POST)
    form.is_valid()
    if not background:
        form.partners = form.partners.without(request.POST.get("entfernen", ""))
        form.take_in()
    try:
        saved = verbs.save(
            found,
            form.values,
            by=request.user,
            revision=form.opened_revision,
            partners=form.partners.partners,
            topics=form.chosen_topics,
            sitting=form.opened_sitting,
        )
    except verbs.Conflict as conflict:
        return _conflict_line(conflict) if background else _conflict(request, form, conflict)
    except Refused as refusal:
        return (
            _line(f"Nicht gespeichert: {refusal.message}", refusal.status)
            if background
            else _lost(request, form, refusal)
        )
    if background:
        return _saved_line(form, saved)
    parking.forget(request)
    if form.errors:
        form.renew(saved.revision)
        return _page(request, form, note=REST_SAVED, status=422)
    messages.success(request, f"Gespeichert um {wording.clocktime(clock.now())} Uhr")
    if goal in GOALS:
        return redirect(GOALS[goal], saved.key)
    return redirect(f"{saved.get_absolute_url()}#{'partner' if goal == 'partner' else 'stand'}")


def _page(
    request: SignedIn, form: forms.ProposalForm, *, notice: str = "", note: str = "", status: int = 200, **more: Any
) -> HttpResponse:
    found = frame.find(request.user, form.proposal.key)
    context = {
        **frame.context(found, request.user),
        "form": form,
        "saved_line": f"gespeichert {wording.recently(found.saved_at, clock.now())}" if found.revision else "",
        "notice": notice,
        "note": note,
        "conflict": more.get("conflict", []),
        "saved_by": more.get("saved_by", ""),
        "most": verbs.MOST_PARTNERS,
    }
    return render(request, "portal/proposal_form.html", context, status=status)


def _conflict(request: SignedIn, form: forms.ProposalForm, conflict: verbs.Conflict) -> HttpResponse:
    """Show both versions; the form keeps what was written and, sent once more, goes on from what is stored now."""
    mine = copy.copy(conflict.stored)
    for name, value in form.values.items():
        setattr(mine, name, value)
    topics = conflict.stored.topics.all() if form.chosen_topics is None else form.chosen_topics
    changes = telling.changes(telling.stored(conflict.stored), telling.lines(mine, form.partners.partners, topics))
    form.renew(conflict.stored.revision)
    return _page(request, form, status=409, conflict=changes, saved_by=_who(conflict, request))


def _who(conflict: verbs.Conflict, request: SignedIn) -> str:
    by = conflict.stored.saved_by
    return "in einem anderen Fenster von Ihnen" if by == request.user else f"von {by}"


def _lost(request: SignedIn, form: forms.ProposalForm, refusal: Refused | None = None) -> HttpResponse:
    """Show why nothing was saved, if that is known, and what was written, so that it can be copied."""
    found = frame.find(request.user, form.proposal.key)
    mine = copy.copy(found)
    for name, value in form.values.items():
        setattr(mine, name, value)
    written = zip(
        telling.stored(found), telling.lines(mine, form.partners.partners, form.chosen_topics or []), strict=True
    )
    lost = [new for old, new in written if new.text and new.text != old.text]
    return _reading(request, found, refusal=refusal, lost=lost)


def _reading(
    request: SignedIn, found: Proposal, *, refusal: Refused | None = None, lost: list[telling.Line] | None = None
) -> HttpResponse:
    context = {
        **frame.context(found, request.user),
        "lines": telling.stored(found),
        "html": completeness.rendered(found).html,
        "refusal": refusal,
        "lost": lost or [],
        "may_write": permissions.may_write(request.user, found),
    }
    return render(request, "portal/proposal.html", context, status=refusal.status if refusal else 200)


def _saved_line(form: forms.ProposalForm, saved: Proposal) -> HttpResponse:
    faulty = ", ".join(f"„{form[name].label}“" for name in form.errors if name not in forms.ADDING)
    line = f"gespeichert um {wording.clocktime(saved.saved_at)} Uhr"
    revision = format_html(
        '<input type="hidden" name="revision" value="{}" id="id_revision" hx-swap-oob="true">', saved.revision
    )
    return _line(f"{line}, außer {faulty}" if faulty else line, revision=revision)


def _conflict_line(conflict: verbs.Conflict) -> HttpResponse:
    return _line(f"Nicht gespeichert: {conflict.message} Drücken Sie „Speichern“, dann sehen Sie beide Fassungen.", 409)


def _line(line: str, status: int = 200, *, revision: str = "") -> HttpResponse:
    """Answer the page that saves by itself: what its status line shows, and the new revision."""
    return HttpResponse(format_html("{}{}", line, revision), status=status, headers={"HX-Reswap": "innerHTML"})
