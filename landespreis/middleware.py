"""What happens around every view: response headers, the size of bodies, refusals as pages."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render

from landespreis import throttle
from landespreis.errors import too_large, wrong_method
from landespreis.refusal import Refused

GetResponse = Callable[[HttpRequest], HttpResponseBase]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
    ),
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), "
        "geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), "
        "picture-in-picture=(), screen-wake-lock=(), usb=(), xr-spatial-tracking=(), "
        "publickey-credentials-create=(self), publickey-credentials-get=(self)"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Permitted-Cross-Domain-Policies": "none",
}

FORM_LIMIT = 3 * 1024 * 1024
"""Bytes of a body on any path that takes no files."""
UPLOAD_PATHS = re.compile(r"^/(einreichungen/[^/]+/dateien/|projekte/vorschlagen/[^/]+/bild/|admin/)")


def response_headers(get_response: GetResponse) -> GetResponse:
    """Set the security headers, keep pages of a session out of every cache, and count no failure as an attempt."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if response.status_code == 429:
            response.headers.setdefault("Retry-After", str(throttle.wait(request)))
        if response.status_code >= 500:
            throttle.give_back(request)
        if _belongs_to_session(request, response) and not _may_be_kept(response):
            response.headers["Cache-Control"] = "no-store"
        return response

    return middleware


def body_limit(get_response: GetResponse) -> GetResponse:
    """Refuse a body by its announced length, before a byte of it is read."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        limit = settings.BODY_LIMIT if UPLOAD_PATHS.match(request.path) else min(FORM_LIMIT, settings.BODY_LIMIT)
        return too_large(request) if _announced_length(request) > limit else get_response(request)

    return middleware


def refusals(get_response: GetResponse) -> GetResponse:
    """Turn a refusal that no view has handled into a page, or into an alert where htmx asked.

    A wrong method gets a page, too, instead of Django's empty answer.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            return wrong_method(request, response.headers["Allow"])
        return response

    middleware.process_exception = _refusal_page  # type: ignore[attr-defined]
    return middleware


def _refusal_page(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    if not isinstance(exception, Refused):
        return None
    context = {"title": exception.title, "message": exception.message}
    if request.headers.get("HX-Request") != "true":
        return render(request, "errors/refused.html", context, status=exception.status)
    response = render(request, "errors/refused_fragment.html", context, status=exception.status)
    response.headers["HX-Retarget"] = "#meldungen"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def _belongs_to_session(request: HttpRequest, response: HttpResponseBase) -> bool:
    name = settings.SESSION_COOKIE_NAME
    return name in request.COOKIES or name in response.cookies


def _may_be_kept(response: HttpResponseBase) -> bool:
    """Say whether the view allows it: for everybody, or for this browser alone and a time that it names."""
    policy = response.headers.get("Cache-Control", "")
    return "public" in policy or ("private" in policy and "no-store" not in policy and "max-age" in policy)


def _announced_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
