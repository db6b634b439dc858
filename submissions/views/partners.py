"""The page of an entry's partners: who is in, add from the register or by name, remove."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.models import User
from landespreis.refusal import NotAllowed, Refused, TooLate
from submissions import permissions
from submissions.actions import gate
from submissions.actions import partners as verbs
from submissions.forms.partners import NamedPartnerForm, RegisterPartnerForm
from submissions.models import Partner, Submission
from submissions.views import frame
from submissions.views.frame import SignedIn


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def partners(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """The list, and the two forms to add to it."""
    entry = frame.find(request.user, pk)
    chosen, named, status = RegisterPartnerForm(), NamedPartnerForm(), 200
    if request.method == "POST":
        gate.require(entry, by=request.user, may=permissions.may_edit)
        if "partner" in request.POST:
            form = chosen = RegisterPartnerForm(request.POST)
        else:
            form = named = NamedPartnerForm(request.POST)  # type: ignore[assignment]
        partner, status = _add(entry, form, request.user)
        if partner:
            messages.success(request, f"{partner.label} ist aufgenommen.")
            return redirect(_list(entry))
    context = frame.context(
        request.user,
        entry,
        "partner",
        chosen=chosen,
        named=named,
        lead_url=frame.section_url(entry, "kommune"),
        full=entry.partners.count() >= verbs.MOST,
        most=verbs.MOST,
    )
    return render(request, "submissions/partners.html", context, status=status)


@login_required
@require_http_methods(["POST"])
def remove(request: SignedIn, pk: uuid.UUID, partner: int) -> HttpResponse:
    """Take one partner off the list."""
    entry = frame.find(request.user, pk)
    row = get_object_or_404(Partner.objects.select_related("submission", "municipality"), submission=entry, pk=partner)
    verbs.remove(row, by=request.user)
    messages.success(request, f"{row.label} ist entfernt.")
    return redirect(_list(entry))


def _add(entry: Submission, form: RegisterPartnerForm | NamedPartnerForm, user: User) -> tuple[Partner | None, int]:
    """Return the new partner, or None and the status of the page that shows the form's errors."""
    if not form.is_valid():
        return None, 422
    try:
        if isinstance(form, RegisterPartnerForm):
            return verbs.add(entry, by=user, municipality=form.cleaned_data["partner"]), 302
        return verbs.add(entry, by=user, **form.cleaned_data), 302
    except (NotAllowed, TooLate):
        raise
    except Refused as refusal:
        form.add_error("partner" if isinstance(form, RegisterPartnerForm) else "name", refusal.message)
        return None, refusal.status


def _list(entry: Submission) -> str:
    return reverse("submissions:partners", args=[entry.pk]) + "#stand"
