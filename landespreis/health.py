"""For operators: is the process alive, and does everything it leans on answer?"""

import logging
import os
import time
from collections.abc import Callable
from datetime import datetime
from functools import cache
from threading import Lock
from typing import Any, NamedTuple

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_safe

from landespreis import drift, owed
from landespreis.celery import app as celery_app

log = logging.getLogger(__name__)

REASONS = {
    "database": "the database does not answer",
    "schema": "the database is not migrated: run manage.py migrate",
    "broker": "the broker does not answer",
    "storage": "private files cannot be written",
}
"""What an operator reads; the error itself, which may name hosts and users, stands in the log only."""
FRESH, OLDEST = 5.0, 30.0
"""Seconds for which a report is answered, and while somebody looks anew."""


class Kept(NamedTuple):
    """What was found, and when on the monotonic clock."""

    report: dict[str, Any]
    at: float


_kept: Kept | None = None
_looking = Lock()


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the process serves requests; asks nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 if database, schema, broker and storage are as they should be, otherwise 503 and why.

    Anybody may ask, so a process looks at most every 5 seconds, and only one of its threads at a time: the others
    answer what was found before, and wait only where that is long ago.
    """
    told = _reported()
    return JsonResponse(told, status=503 if "reasons" in told else 200)


def report() -> dict[str, Any]:
    """Return how everything the process leans on answers now, with `reasons` where something fails.

    It tells how old the oldest owed work is, too, and how far the host's clock is from the database's. Neither is a
    reason to fail: a stopped worker is none to take the web away, and a wrong clock is made up for.
    """
    well = {"database": _works("database", _database)}
    if well["database"]:
        well["schema"] = _works("schema", _schema)
    well |= {"broker": _works("broker", _broker), "storage": _works("storage", _storage)}
    told: dict[str, Any] = {name: "ok" if works else "failed" for name, works in well.items()}
    if well.get("schema"):
        told |= {f"oldest_owed_{name}_seconds": _age(since) for name, since in oldest_owed().items()}
    if (ahead := drift.told()) is not None:
        told["database_clock_ahead_seconds"] = round(ahead.total_seconds(), 3)
    if failures := {name: REASONS[name] for name, works in well.items() if not works}:
        told["reasons"] = failures
    return told


def forget() -> None:
    """Look again for the next answer."""
    global _kept  # noqa: PLW0603  # one report per process
    _kept = None


def oldest_owed() -> dict[str, datetime | None]:
    """Return of each kind since when the oldest that is owed waits; None if nothing waits."""
    return {one.kind.key: one.since for one in owed.everything()}


def _reported() -> dict[str, Any]:
    global _kept  # noqa: PLW0603  # one report per process
    if (kept := _younger_than(FRESH)) is not None:
        return kept
    if _looking.acquire(blocking=_younger_than(OLDEST) is None):
        try:
            if (kept := _younger_than(FRESH)) is None:  # nobody has looked while this thread waited
                kept = report()
                _kept = Kept(kept, time.monotonic())
            return kept
        finally:
            _looking.release()
    return _younger_than(OLDEST) or report()


def _younger_than(seconds: float) -> dict[str, Any] | None:
    """Return the kept report unless it is older."""
    kept = _kept
    return kept.report if kept and time.monotonic() - kept.at < seconds else None


def _works(name: str, check: Callable[[], object]) -> bool:
    try:
        check()
    except Exception as error:  # whatever the client of a broken service raises
        log.error("readyz: %s failed: %s", name, error)
        return False
    return True


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _schema() -> None:
    """Every migration the code brings must have been applied. Asks only for the names, the code's own are kept."""
    missing = _migrations() - set(MigrationRecorder(connection).applied_migrations())
    if missing:
        raise RuntimeError(f"not migrated, missing {', '.join('.'.join(name) for name in sorted(missing))}")


@cache
def _migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def _broker() -> None:
    with celery_app.connection_for_write(connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0)
    folder = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("folder")
    if folder and not os.access(folder, os.W_OK):
        raise OSError(f"cannot write to {folder}")


def _storage() -> None:
    name = default_storage.save(f"health/{get_random_string(12)}", ContentFile(b"ok"))
    default_storage.delete(name)


def _age(since: datetime | None) -> int | None:
    return None if since is None else int((timezone.now() - since).total_seconds())
