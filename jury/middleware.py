"""Keeps the jury and the Verwaltung apart, and tells the header who fills a seat."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from accounts.middleware import GUARDED_FOR_STAFF
from jury import sight
from jury.models import Juror

GetResponse = Callable[[HttpRequest], HttpResponseBase]
TITLE = "Ein Konto kann nicht beides sein"
MESSAGE = (
    "Dieses Konto hat einen Sitz in der Jury und zugleich Zugang zur Verwaltung. In der Verwaltung stünden auch "
    "Einreichungen, bei denen Sie befangen sein können. Bitte nehmen Sie für die Jury ein eigenes Konto; die "
    "Administration nimmt diesem den Zugang zur Verwaltung."
)
SEATED = "jury_seated"
"""Key of the session of somebody who filled a seat when they logged in or accepted; a hint for the header only."""


def one_role(get_response: GetResponse) -> GetResponse:
    """Refuse the admin, and the entries of others, to staff who fill a seat: one place less that must be blind."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        user = request.user
        guarded = request.path_info.startswith(GUARDED_FOR_STAFF)
        if guarded and user.is_authenticated and user.is_staff and Juror.objects.confirmed().filter(user=user).exists():
            return render(request, "errors/refused.html", {"title": TITLE, "message": MESSAGE}, status=403)
        return get_response(request)

    return middleware


def seated(get_response: GetResponse) -> GetResponse:
    """Let the header know, as `request.fills_seat`, whether to lead to the jury; what may be seen, `sight` decides.

    Who fills a seat is asked once, at login, and noted in the session. Only for those few it is asked again, when a
    header wants to know, so the link goes with the seat.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        before = request.user.pk
        request.fills_seat = SimpleLazyObject(lambda: _fills_seat(request))  # type: ignore[attr-defined]
        response = get_response(request)
        if request.user.is_authenticated and request.user.pk != before and sight.of(request.user):
            remember_seat(request)
        return response

    return middleware


def remember_seat(request: HttpRequest) -> None:
    """Note in the session that this person fills a seat."""
    request.session[SEATED] = True


def _fills_seat(request: HttpRequest) -> bool:
    """A page of the jury has just looked; elsewhere only those are asked about who have the note."""
    if hasattr(request, "sight"):
        return True
    user = request.user
    return bool(request.session.get(SEATED) and user.is_authenticated and sight.of(user))
