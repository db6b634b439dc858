"""The pages that say what went wrong and what to do: handlers for 400, 403, 404, 405, 413, 429, 500, 503 and CSRF."""

import sys
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from landespreis import parking
from landespreis.context import installation
from landespreis.watching import tracing

RETRY_SECONDS = 30
"""How long a database mostly takes to come back."""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def wrong_method(request: HttpRequest, allowed: str) -> HttpResponse:
    response = render(request, "errors/405.html", status=405)
    response.headers["Allow"] = allowed
    return response


def too_large(request: HttpRequest) -> HttpResponse:
    """Answer a body over the limit."""
    return render(request, "413.html", status=413)


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer whoever tries too often; allauth calls this through `landespreis.urls.handler429`."""
    return render(request, "429.html", status=429)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose CSRF check failed, mostly one that was open while the session ended."""
    return parking.after_csrf_failure(request) or render(request, "errors/csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an internal error without session, user or database, because one of them may be the reason.

    A database that is away is none of ours to repair: 503, and when to try again. Both pages name the request, so that
    a person can tell which it was and the log is found.
    """
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = HttpResponse(_alone("503.html"), status=503)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
    return HttpResponse(_alone("500.html"), status=500)


def _alone(template: str) -> str:
    context: dict[str, Any] = {**installation(None), "user": AnonymousUser(), "messages": [], "request": None}
    return render_to_string(template, context | {"request_id": tracing.request_id(), "contact": settings.CONTACT_EMAIL})
