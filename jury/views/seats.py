"""How somebody becomes a juror: the invitation, and the notice on confidentiality and bias."""

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from accounts import entrance
from accounts.models import User
from jury import middleware, permissions
from jury.actions import seats as verbs
from jury.forms.seats import AccountForm, NoticeForm
from jury.models import Juror
from jury.views.frame import JurorRequest, seat_required
from landespreis import clock

INVALID = {"invalid": 404, "used": 409, "expired": 410}
"""Why an invitation cannot be accepted → status of the page that says so."""


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """What the link of an invitation leads to: who invites to which seat, and how to accept."""
    juror, user = verbs.invited(token), request.user
    if juror and juror.user_id and juror.user_id == user.pk:
        return redirect("jury:index")
    if juror is None:
        return _invalid(request, "invalid")
    if juror.user_id:
        return _invalid(request, "used")
    if verbs.is_expired(juror, clock.now()):
        return _invalid(request, "expired")
    return _with_account(request, juror, user) if isinstance(user, User) else _without_account(request, juror)


@seat_required
@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: JurorRequest) -> HttpResponseBase:
    """Confidentiality, blindness and bias: to be accepted once, and to be read again."""
    juror = request.sight.juror
    form = NoticeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        verbs.accept_notice(juror, by=request.user)
        messages.success(request, "Danke. Ihre Zustimmung ist festgehalten.")
        return redirect("jury:index")
    context = {"juror": juror, "seat": juror.seat, "round": request.sight.round, "form": form}
    return render(request, "jury/notice.html", context, status=422 if form.is_bound else 200)


def _with_account(request: HttpRequest, juror: Juror, user: User) -> HttpResponse:
    if request.method == "POST":
        verbs.accept(juror, by=user)
        middleware.remember_seat(request)
        return _welcome(request, juror)
    context = _context(juror) | {"fits": permissions.may_fill_seat(user), "owns": verbs.owns(user, juror.email)}
    return render(request, "jury/invitation.html", context)


def _without_account(request: HttpRequest, juror: Juror) -> HttpResponse:
    if verbs.account_of(juror.email):
        if request.method == "POST":
            return redirect(_login_url(request))
        return render(request, "jury/invitation.html", _context(juror) | {"login_url": _login_url(request)})
    form = AccountForm(juror, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = _context(juror) | {"form": form}
        return render(request, "jury/invitation.html", context, status=422 if form.is_bound else 200)
    accepted = verbs.join(juror, **form.cleaned_data)
    assert accepted.user
    entrance.log_in(request, accepted.user, how="invitation")
    reauthenticate_by_password(request)  # it was chosen this moment; setting up a factor would ask for it at once
    return _welcome(request, juror)


def _welcome(request: HttpRequest, juror: Juror) -> HttpResponse:
    messages.success(request, f"Sie haben zugesagt und sitzen für „{juror.seat}“ in der Jury.")
    return redirect("jury:index")


def _context(juror: Juror) -> dict[str, object]:
    """Return what the page says of the invitation; the keys that depend on the visitor are empty."""
    round = juror.seat.round
    until = juror.invited_at + verbs.VALID if juror.invited_at else None
    nobody = {"form": None, "login_url": "", "fits": True, "owns": True}
    return nobody | {"juror": juror, "seat": juror.seat, "round": round, "until": until}


def _login_url(request: HttpRequest) -> str:
    return f"{reverse('account_login')}?{urlencode({'next': request.path})}"


def _invalid(request: HttpRequest, why: str) -> HttpResponse:
    return render(request, "jury/invitation_invalid.html", {"why": why}, status=INVALID[why])
