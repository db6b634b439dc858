"""Keeps the jury and the Verwaltung apart: who fills a seat does not look into the admin."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from accounts.middleware import GUARDED_FOR_STAFF
from jury.models import Juror

GetResponse = Callable[[HttpRequest], HttpResponseBase]
TITLE = "Ein Konto kann nicht beides sein"
MESSAGE = (
    "Dieses Konto hat einen Sitz in der Jury und zugleich Zugang zur Verwaltung. In der Verwaltung stünden auch "
    "Einreichungen, bei denen Sie befangen sein können. Bitte nehmen Sie für die Jury ein eigenes Konto; die "
    "Administration nimmt diesem den Zugang zur Verwaltung."
)


def one_role(get_response: GetResponse) -> GetResponse:
    """Refuse the admin, and the entries of others, to staff who fill a seat: one place less that must be blind."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        user = request.user
        guarded = request.path_info.startswith(GUARDED_FOR_STAFF)
        if guarded and user.is_authenticated and user.is_staff and Juror.objects.confirmed().filter(user=user).exists():
            return render(request, "errors/refused.html", {"title": TITLE, "message": MESSAGE}, status=403)
        return get_response(request)

    return middleware
