"""From a draft to the editors: its picture, preview, check and declarations; taking it back, discarding."""

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from landespreis import throttle, uploads
from landespreis.refusal import Refused
from portal import telling
from portal.actions import completeness
from portal.actions import proposals as verbs
from portal.actions.proposals import Declarations
from portal.forms import proposals, proposing
from portal.models import Proposal
from portal.views import proposal_frame as frame
from submissions.views.frame import SignedIn

NOT_STORED = "Das Bild konnte gerade nicht angenommen werden. Versuchen Sie es in einigen Minuten noch einmal."
OFTEN = "In den letzten Minuten wurden hier sehr viele Bilder hochgeladen. Das zuletzt gespeicherte ist da."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def picture(request: SignedIn, proposal: UUID) -> HttpResponse:
    """The picture: add one, put another in its place, or take it off."""
    found = frame.find(request.user, proposal)
    if not frame.is_writable(found, request.user):
        return redirect(found)
    form, status = proposing.PictureForm(), 200
    if "entfernen" in request.POST:
        verbs.remove_picture(found, by=request.user)
        messages.success(request, "Das Bild ist entfernt.")
        return redirect("portal:proposal_picture", found.key)
    if request.method == "POST":
        form = proposing.PictureForm(request.POST, request.FILES)
        status = _add(request, found, form)
        if status == 302:
            messages.success(request, "Das Bild ist gespeichert.")
            return redirect("portal:proposal_picture", found.key)
    return render(
        request, "portal/proposal_picture.html", frame.context(found, request.user) | {"form": form}, status=status
    )


@login_required
@require_safe
def preview(request: SignedIn, proposal: UUID) -> HttpResponse:
    """The proposal as the directory would show it."""
    found = frame.find(request.user, proposal)
    rendered = completeness.rendered(found)
    context = {
        **frame.context(found, request.user),
        "html": rendered.html,
        "problems": rendered.problems,
        "partners": [telling.partner_line(row) for row in found.partners.select_related("municipality")],
        "topics": list(found.topics.all()),
    }
    return render(request, "portal/proposal_preview.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: SignedIn, proposal: UUID) -> HttpResponse:
    """Everything once more, what is still open, the declarations, and the button that puts it in."""
    found = frame.find(request.user, proposal)
    if not frame.is_writable(found, request.user):
        return redirect(found)
    form = proposing.DeclarationForm(found, initial={"seen": verbs.seen(found)})
    refusal, status = None, 200
    if request.method == "POST":
        form, status = proposing.DeclarationForm(found, request.POST), 422
        if form.is_valid() and not completeness.problems(found):
            try:
                declared = Declarations(**form.declared)
                verbs.submit(found, declared, by=request.user, seen=form.cleaned_data["seen"])
            except Refused as refused:
                refusal, status = refused, refused.status
            else:
                messages.success(request, "Ihr Vorschlag liegt jetzt der Redaktion vor.")
                return redirect(found)
    return _check_page(request, found, form, refusal, status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def recall(request: SignedIn, proposal: UUID) -> HttpResponse:
    """Asks once more, then takes the proposal back."""
    found = frame.find(request.user, proposal)
    if request.method == "POST":
        try:
            verbs.recall(found, by=request.user)
            messages.success(request, "Der Vorschlag ist wieder ein Entwurf. Sie können ihn jetzt ändern.")
        except Refused as refusal:
            messages.error(request, refusal.message)
        return redirect(found)
    context = frame.context(found, request.user)
    return render(request, "portal/proposal_recall.html", context) if context["may_recall"] else redirect(found)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: SignedIn, proposal: UUID) -> HttpResponse:
    """Asks once more, then deletes a draft that was never put in."""
    found = frame.find(request.user, proposal)
    if request.method == "POST":
        verbs.discard(found, by=request.user)
        messages.success(request, f"Der Entwurf „{found}“ ist gelöscht.")
        return redirect("portal:proposals")
    context = frame.context(found, request.user)
    return render(request, "portal/proposal_discard.html", context) if context["may_discard"] else redirect(found)


def _add(request: SignedIn, found: Proposal, form: proposing.PictureForm) -> int:
    """Add what was sent; return 302, or the status of the page that shows why not."""
    if uploads.failed(request):
        form.add_error("datei", NOT_STORED)
        return 503
    if not form.is_valid():
        return 422
    data = form.cleaned_data
    try:
        throttle.require(request, "upload", OFTEN, key=str(found.key))
        verbs.add_picture(found, file=data["datei"], alt=data["alt"], credit=data["credit"], by=request.user)
    except Refused as refusal:
        form.add_error("datei", refusal.message)
        return refusal.status
    return 302


def _check_page(
    request: SignedIn, found: Proposal, form: proposing.DeclarationForm, refusal: Refused | None, status: int
) -> HttpResponse:
    lines = telling.stored(found)
    changes = telling.changes(telling.stored(found.project), lines) if found.project else []
    context = {
        **frame.context(found, request.user),
        "form": form,
        "seen": verbs.seen(found),
        "points": _points(found),
        "attempted": request.method == "POST" and refusal is None,
        "refusal": refusal,
        "lines": lines,
        "html": completeness.rendered(found).html,
        "changes": changes,
    }
    return render(request, "portal/proposal_check.html", context, status=status)


def _points(found: Proposal) -> list[dict[str, Any]]:
    """Return what is open with the address of the field where it is mended."""
    form = proposals.opened(found)
    return [
        {
            "url": f"{found.get_absolute_url()}#{_target(form[problem.field])}",
            "text": f"{problem.label}: {problem.message}",
        }
        for problem in completeness.problems(found)
    ]


def _target(field: django_forms.BoundField) -> str:
    return f"{field.auto_id}_0" if isinstance(field.field.widget, django_forms.RadioSelect) else field.auto_id
