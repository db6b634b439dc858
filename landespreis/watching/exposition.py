"""The figures in the format of Prometheus, for whoever knows the token; for everybody else there is no such address."""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from landespreis.watching import multiprocess
from landespreis.watching.figures import Business
from landespreis.watching.together import Together

PATH = "/metrics"
counted = CollectorRegistry()
"""What this process counts while it works."""


def may_read(request: HttpRequest) -> bool:
    """Say whether a request brings the token. Without a token nobody may."""
    expected = f"Bearer {settings.METRICS_TOKEN}".encode()
    given = request.META.get("HTTP_AUTHORIZATION", "").encode("latin-1", "replace")  # as WSGI has read it
    return bool(settings.METRICS_TOKEN) and secrets.compare_digest(given, expected)


def answer() -> HttpResponse:
    return HttpResponse(text(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def text() -> bytes:
    """Return all figures: what was counted, and what is asked for now."""
    asked = CollectorRegistry()
    asked.register(Business())
    return of_all_processes() + generate_latest(asked)


def of_all_processes() -> bytes:
    """Return what all processes of this server have counted, also those that are no more; without others our own."""
    folder = os.environ.get(multiprocess.VARIABLE)
    if not folder:
        return generate_latest(counted)
    together = CollectorRegistry()
    together.register(Together(Path(folder)))
    with multiprocess.locked(Path(folder), alone=False):
        return generate_latest(together)
