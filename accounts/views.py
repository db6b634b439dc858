"""The own account: who I am, where I work, what is stored, how I leave."""

from collections.abc import Callable

from allauth.mfa.recovery_codes.views import download_recovery_codes, view_recovery_codes
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions, ciphers
from accounts.forms import DeleteAccountForm, MembershipForm, ProfileForm
from accounts.models import User
from landespreis import throttle
from landespreis.records import disclosing
from landespreis.refusal import Refused


def _posted(request: HttpRequest) -> QueryDict | None:
    """Return what was posted, even when it is nothing at all; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # login_required has made sure
    return User.objects.get(pk=request.user.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """«Mein Konto», with the name to change in place."""
    person = _person(request)
    form = ProfileForm(_posted(request), instance=person)
    if form.is_valid():
        form.save()
        messages.success(request, "Ihr Name ist gespeichert.")
        return redirect("accounts:profile")
    context = {
        "email": person.email,
        "form": form,
        "memberships": person.memberships.select_related("municipality").order_by("created_at"),
        "has_factor": is_mfa_enabled(person),
    }
    return render(request, "accounts/profile.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_membership(request: HttpRequest) -> HttpResponse:
    """One more municipality for the same person."""
    form = MembershipForm(_posted(request))
    if form.is_valid():
        try:
            membership = actions.join(_person(request), **form.cleaned_data)
        except Refused as refusal:
            form.add_error("municipality", refusal.message)
        else:
            messages.success(request, f"„{membership.municipality.label}“ steht jetzt in Ihrem Konto.")
            return redirect("accounts:profile")
    return render(request, "accounts/add_membership.html", {"form": form})


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The own data as a file: the account, and what every part of the portal holds about the person."""
    throttle.require(request, "own_data", "Sie haben Ihre Daten in der letzten Stunde schon oft heruntergeladen.")
    user = _person(request)
    person = disclosing.of_account(user)
    return JsonResponse(
        actions.export_account(user) | disclosing.written(person, disclosing.sections(person)),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
        headers={"Content-Disposition": 'attachment; filename="landespreis-konto.json"'},
    )


@login_required
@require_safe
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """allauth's page of the recovery codes; that they were shown is written down."""
    return _codes(request, view_recovery_codes)


@login_required
@require_safe
def recovery_codes_file(request: HttpRequest) -> HttpResponse:
    """The same as a file."""
    return _codes(request, download_recovery_codes)


def _codes(request: HttpRequest, page: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """Show them, or lead on where nobody can read them any more: what the page would show fits nowhere."""
    if ciphers.are_codes_lost(_person(request)):
        messages.warning(request, "Ihre bisherigen Notfallcodes gelten nicht mehr. Erzeugen Sie bitte neue.")
        return redirect("mfa_generate_recovery_codes")
    response = page(request)
    if response.status_code == 200:
        actions.see_recovery_codes(_person(request))
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """Asks once more, then deletes the account and ends the session."""
    form = DeleteAccountForm(_posted(request))
    if form.is_valid():
        person = _person(request)
        actions.delete_account(person, by=person)
        logout(request)
        messages.success(request, "Ihr Konto ist gelöscht.")
        return redirect("portal:home")
    return render(request, "accounts/delete.html", {"form": form})
