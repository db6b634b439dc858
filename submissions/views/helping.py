"""The page on which the people of an entry ask the office for help, and the one on which a successor takes over."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from accounts.models import User
from landespreis import wording
from landespreis.refusal import NotAllowed, Refused
from submissions import permissions, workflow
from submissions.actions import helping as verbs
from submissions.actions import transfer
from submissions.forms.helping import HelpForm
from submissions.models import Event, HelpRequest, Submission
from submissions.views import frame
from submissions.views.frame import SignedIn


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def help_page(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """What the office may read and until when, who looked, what it answered; and the form that asks."""
    entry = frame.find(request.user, pk)
    form = HelpForm()
    if request.method != "POST":
        return _page(request, entry, form)
    form = HelpForm(request.POST)
    if not form.is_valid():
        return _page(request, entry, form, status=422)
    values = form.cleaned_data
    try:
        asked = verbs.ask(entry, question=values["question"], days=values["days"], by=request.user)
    except NotAllowed:
        raise
    except Refused as refusal:
        return _page(request, entry, form, refusal=refusal, status=refusal.status)
    until = wording.moment(asked.until)
    messages.success(request, f"Ihre Bitte ist unterwegs. Die Geschäftsstelle darf den Entwurf bis {until} lesen.")
    return redirect("submissions:help", entry.pk)


@login_required
@require_http_methods(["POST"])
def end(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """Close the draft again; doing it twice is doing it once."""
    entry = frame.find(request.user, pk)
    asked = HelpRequest.objects.filter(submission=entry).first()
    if asked:
        verbs.end(asked, by=request.user)
        messages.success(request, "Die Geschäftsstelle kann den Entwurf nicht mehr lesen.")
    return redirect("submissions:help", entry.pk)


def _page(
    request: SignedIn, entry: Submission, form: HelpForm, *, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    requests = list(entry.help_requests.select_related("asked_by", "ended_by").prefetch_related("answers__by"))
    shown = frame.build(request.user, entry)
    context: dict[str, Any] = {
        "frame": shown,
        "entry": entry,
        "form": form,
        "refusal": refusal,
        "open": next((asked for asked in requests if workflow.is_helping(asked, shown.now)), None),
        "requests": requests,
        "looks": looks(entry),
        "may_ask": permissions.may_ask_help(request.user, entry),
    }
    return render(request, "submissions/help.html", context, status=status)


def looks(entry: Submission) -> "QuerySet[Event]":
    """Return the journal's lines of who of the office opened the draft, the newest first."""
    return Event.objects.filter(submission=entry, verb=Event.Verb.DRAFT_SEEN).select_related("by")


@require_http_methods(["GET", "HEAD", "POST"])
def takeover(request: HttpRequest, token: str) -> HttpResponse:
    """What a link from the office's offer leads to: which entry; taking it over needs a login with that address."""
    offer = transfer.offered(token)
    if offer is None:
        return render(request, "submissions/takeover_invalid.html", status=404)
    user = request.user
    if request.method == "POST":
        if not isinstance(user, User):
            return redirect_to_login(request.path)
        entry = transfer.accept(offer, by=user)
        messages.success(request, "Sie sind jetzt für diese Einreichung verantwortlich.")
        return redirect(entry)
    back = urlencode({"next": request.path})
    fits = isinstance(user, User) and user.email.casefold() == offer.email.casefold()
    context = {
        "offer": offer,
        "entry": offer.submission,
        "fits": fits,
        "works_there": fits and isinstance(user, User) and transfer.works_for_lead(user, offer.submission),
        "login_url": f"{reverse('account_login')}?{back}",
        "signup_url": f"{reverse('account_signup')}?{back}",
    }
    return render(request, "submissions/takeover.html", context)
