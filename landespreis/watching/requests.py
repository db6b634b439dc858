"""What is noted about every request: its id, how long it took, one line in the log, and figures. Never by whom."""

import logging
import time
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import Counter, Histogram

from landespreis.watching import exposition, logs, tracing
from landespreis.watching.addresses import UNKNOWN, view_of

GetResponse = Callable[[HttpRequest], HttpResponseBase]

METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
PROBES = {"healthz", "readyz"}
"""Asked every few seconds by machines: their lines would hide all others, unless something is wrong."""
HEADER = "X-Request-ID"
NOT_FOUND = 404

log = logging.getLogger(__name__)
access = logging.getLogger(logs.ACCESS)
requests = Counter(
    "landespreis_requests", "Requests by view, method and class of the status", ("view", "method", "status"),
    registry=exposition.counted,
)  # fmt: skip
duration = Histogram(
    "landespreis_request_duration_seconds", "Seconds until the answer began, by view", ("view",),
    buckets=BUCKETS, registry=exposition.counted,
)  # fmt: skip


def watched(get_response: GetResponse) -> GetResponse:
    """Give every request an id, and note what became of it.

    It is the outermost, so it counts the answers of all others, too. What it answers itself are the figures, before
    the host is looked at: monitoring asks each process by an address of its own.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info == exposition.PATH and exposition.may_read(request):
            return exposition.answer()
        begin = time.perf_counter()
        request_id = _id(request)
        tracing.begin(request_id)
        response = get_response(request)
        _note(request, response, time.perf_counter() - begin)
        response.headers._store[HEADER.lower()] = (HEADER, request_id)  # it is ASCII: Django would fold and check it
        _after(response, tracing.end)
        return response

    return middleware


def _after(response: HttpResponseBase, done: Callable[[], None]) -> None:
    """Call `done` when the answer is out: Django logs 4xx and 5xx after all middleware, files are read later still."""
    response._resource_closers.append(done)  # type: ignore[attr-defined]


def _id(request: HttpRequest) -> str:
    """Return the id that our proxy gave the request, or a new one: what others write there counts for nothing."""
    given: str = request.META.get("HTTP_X_REQUEST_ID", "") if settings.ALLAUTH_TRUSTED_PROXY_COUNT else ""
    return given if given and tracing.is_well_formed(given) else tracing.new_id()


def _note(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    status = response.status_code
    nowhere = status == NOT_FOUND and request.resolver_match is None
    view = UNKNOWN if nowhere else view_of(request)
    method = request.method if request.method in METHODS else "other"
    _tally(view, method, status, seconds)
    if settings.ACCESS_LOG and not (view in PROBES and status < 400) and access.isEnabledFor(logging.INFO):
        _write(method, view, status, seconds)


def _tally(view: str, method: str, status: int, seconds: float) -> None:
    """Count a request; an answer that cannot be counted is sent all the same.

    Where the file of the figures could not grow, prometheus_client takes nothing new until the process ends.
    """
    try:
        _count(view, method, status // 100).inc()
        _measure(view).observe(seconds)
    except (OSError, IndexError, ValueError) as error:
        log.warning("a request is not counted: %s", error)


def _write(method: str, view: str, status: int, seconds: float) -> None:
    """Write the line of a request; without asking for the place in the code, which takes longer than all the rest."""
    record = logging.LogRecord(logs.ACCESS, logging.INFO, __file__, 0, "request", (), None)
    record.fields = {"method": method, "view": view, "status": status, "ms": round(seconds * 1000, 1)}
    access.handle(record)


@cache
def _count(view: str, method: str, status: int) -> Counter:
    """Return the counter for these, which are few."""
    return requests.labels(view, method, f"{status}xx")


@cache
def _measure(view: str) -> Histogram:
    return duration.labels(view)
