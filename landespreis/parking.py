"""Keeps what somebody was typing when their session had ended, until they are logged in again and save it."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

KEY = "parked"
MOST_CHARACTERS = 200_000
"""Of all kept forms of one session together; the oldest go first."""
LASTS = 12 * 60 * 60
"""Seconds for which a form is kept."""
NOT_KEPT = {"csrfmiddlewaretoken"}
ENDED = "Nicht gespeichert: Sie sind nicht mehr angemeldet. Drücken Sie „Speichern“, Ihr Text bleibt dabei erhalten."

View = Callable[..., HttpResponseBase]


def keeps_text(view: View) -> View:
    """Let nobody lose what they POST to `view` because they are not logged in any more.

    It is kept in the session, which logging in carries on, and the way goes on to the login and back. The view gets
    it with `kept`, and ends it with `forget`. Refusing everybody else stays the view's own business.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST" or request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if is_background(request):
            return _ended()
        _keep(request)
        return redirect_to_login(request.path)

    wrapped.keeps_text = True  # type: ignore[attr-defined]
    return wrapped


def after_csrf_failure(request: HttpRequest) -> HttpResponse | None:
    """Keep a form whose CSRF token was outdated by a login elsewhere, and lead back to it; None for any other.

    Only a form that a page of ours has sent counts. For a foreign page's, answering with a new session would end the
    person's own one, and a text they never wrote would greet them.
    """
    match = request.resolver_match
    if match is None or not getattr(match.func, "keeps_text", False):
        return None
    if request.method != "POST" or is_background(request) or not _is_ours(request):
        return None
    _keep(request)
    return redirect(request.path)


def at_the_door(request: HttpRequest) -> HttpResponse | None:
    """Keep what somebody POSTs to a guarded address that will send them to log in before the view is reached.

    As `keeps_text`, for the middleware that guards the address; it goes on with the login unless it gets an answer.
    The CSRF token has not been looked at there, so only a form that a page of ours has sent is kept.
    """
    if request.method != "POST" or not _keeps_text(request.path_info):
        return None
    if is_background(request):
        return _ended()
    if _is_ours(request):
        _keep(request)
    return None


def kept(request: HttpRequest) -> QueryDict | None:
    """Return what was kept for the page of `request`, or None."""
    parked = request.session.get(KEY, {}).get(request.path)
    if parked is None or parked["at"] + LASTS < time.time():
        return None
    return QueryDict(parked["data"])


def forget(request: HttpRequest) -> None:
    """Drop what was kept for the page of `request`."""
    parked = request.session.get(KEY, {})
    if parked.pop(request.path, None) is not None:
        request.session[KEY] = parked


def is_background(request: HttpRequest) -> bool:
    """Whether a script asks, which shows an answer inside the page and still holds the text."""
    return request.headers.get("HX-Request") == "true"


def _ended() -> HttpResponse:
    return HttpResponse(ENDED, status=403, headers={"HX-Reswap": "innerHTML"})


def _keeps_text(path: str) -> bool:
    try:
        return getattr(resolve(path).func, "keeps_text", False)
    except Resolver404:
        return False


def _keep(request: HttpRequest) -> None:
    data = request.POST.copy()
    for name in NOT_KEPT & set(data):
        del data[name]
    parked = {path: form for path, form in request.session.get(KEY, {}).items() if path != request.path}
    parked[request.path] = {"data": data.urlencode(), "at": time.time()}
    while sum(len(form["data"]) for form in parked.values()) > MOST_CHARACTERS:
        del parked[next(iter(parked))]
    request.session[KEY] = parked


def _is_ours(request: HttpRequest) -> bool:
    origin = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Sec-Fetch-Site") == "same-origin" or request.headers.get("Origin") == origin
