"""Who gets past the door of the protected areas: logged in, and with a second factor; and who is refused there."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import reverse

from accounts import entrance
from accounts import second_factor as factor
from accounts.models import User
from landespreis import parking, sessions

log = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]

ADMIN = "/admin/"
ADMIN_LOGIN = "/admin/login/"
GUARDED = (ADMIN, "/jury/")
GUARDED_FOR_STAFF = (*GUARDED, "/einreichungen/")
"""Staff read other people's entries there, so it is a protected area for them."""
AREAS = {ADMIN: "Verwaltung", "/jury/": "Jury", "/einreichungen/": "Einreichungen"}
"""Where a refusal is written down, and how the journal names it."""
REFUSED = {403, 404}
"""Who must not know of something gets 404."""
FACTORS = "/konto/2fa/"
OPEN = "/jury/einladung/"
"""Where somebody becomes a juror: they have no account yet, or no factor."""
WANTED = "accounts_wanted"
"""Key of the session: the page that somebody without a factor wanted to open; they get a link once they have one."""


def second_factor(get_response: GetResponse) -> GetResponse:
    """Let a request into a guarded area only from a session that has shown a second factor.

    Nobody logged in → login page; not staff in the admin → 404; no factor yet → page to set one up; a factor, but not
    shown in this session → page that asks for it. The admin's own login page is never reached.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        user, path = request.user, request.path_info
        if request.method == "POST" and path.startswith(FACTORS) and user.is_authenticated:
            return _answer_in_a_fresh_session(request, get_response)
        if path == ADMIN_LOGIN:
            return redirect_to_login(request.GET.get("next") or ADMIN)
        guarded = GUARDED_FOR_STAFF if user.is_authenticated and user.is_staff else GUARDED
        if path.startswith(OPEN) or not path.startswith(guarded):
            return get_response(request)
        if not user.is_authenticated:
            kept = parking.at_the_door(request)
            return kept or redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
        if path.startswith(ADMIN) and not user.is_staff:
            raise Http404("not staff")
        return _ask_for_factor(request, user) or get_response(request)

    return middleware


def refusals_noted(get_response: GetResponse) -> GetResponse:
    """Write down who, logged in, asked for what they must not see or do in a protected area."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        area = next((name for prefix, name in AREAS.items() if request.path_info.startswith(prefix)), "")
        if area and response.status_code in REFUSED and isinstance(request.user, User):
            page = request.resolver_match.view_name if request.resolver_match else ""
            try:
                entrance.note_refused(request.user, area, page=page, status=response.status_code)
            except DatabaseError:  # the refusal stands, whether it can be written down or not
                log.exception("a refusal could not be written down")
        return response

    return middleware


def _answer_in_a_fresh_session(request: HttpRequest, get_response: GetResponse) -> HttpResponseBase:
    """Give a session that has just shown its factor a new key: who knew the old one gains nothing."""
    before = factor.is_shown(request)
    response = get_response(request)
    if not before and request.user.is_authenticated and factor.is_shown(request):
        factor.change_key(request)
    return response


def _ask_for_factor(request: HttpRequest, user: User) -> HttpResponseBase | None:
    known = factor.kinds(user)
    if not known:
        if request.method == "GET":
            request.session[WANTED] = request.get_full_path()
        messages.warning(request, "Für diesen Bereich brauchen Sie einen zweiten Faktor. Richten Sie ihn hier ein.")
        return redirect(reverse("mfa_index"))
    if not factor.is_shown(request):
        kept = parking.at_the_door(request)
        return kept or redirect_to_login(request.get_full_path(), factor.page_to_show(known))
    request.session.pop(WANTED, None)
    if not request.session.get(sessions.GUARDED):
        request.session[sessions.GUARDED] = True  # from now on it may not idle as long
    return None
