"""Reports of errors to a Sentry that an operator names: what broke and where, never for whom or with which values."""

from typing import Any

import sentry_sdk
from django.conf import settings
from sentry_sdk.transport import Transport
from sentry_sdk.types import Event, Hint

from landespreis.context import VERSION
from landespreis.watching import logs, tracing
from landespreis.watching.scrubbing import scrubbed

KEPT = ("event_id", "timestamp", "platform", "level", "logger", "release", "environment", "server_name", "sdk")
"""What of a report goes out as it is. Everything that is not named in this module stays here."""
FRAME = ("filename", "function", "module", "lineno", "in_app")


def begin(dsn: str, transport: type[Transport] | None = None) -> None:
    """Report errors from now on, in web, worker and beat; nothing else, no durations and no sessions of people."""
    sentry_sdk.init(
        dsn=dsn,
        environment=settings.SENTRY_ENVIRONMENT,
        release=VERSION,
        transport=transport,
        before_send=reported,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        traces_sample_rate=None,
        auto_session_tracking=False,
        send_client_reports=False,
        spotlight=False,
    )


def reported(event: Event, hint: Hint) -> Event | None:
    """Return what goes out of an event: a new one of what is known to be harmless, not one with parts removed."""
    given: dict[str, Any] = dict(event)
    report = {key: given[key] for key in KEPT if key in given}
    if said := (given.get("logentry") or {}).get("formatted"):
        report["logentry"] = {"formatted": _said(hint, said)}
    if errors := (given.get("exception") or {}).get("values"):
        report["exception"] = {"values": [_error(error) for error in errors]}
    work = tracing.work()
    tags = {"request_id": tracing.request_id(), "task": work.name, "task_id": work.id}
    report["tags"] = {key: value for key, value in tags.items() if value}
    return report  # type: ignore[return-value]  # it has keys of an Event only


def _said(hint: Hint, formatted: str) -> str:
    """Return the message as the log has it: Django's names a path."""
    record = hint.get("log_record")
    return logs.said(record) if record else scrubbed(formatted)


def _error(error: dict[str, Any]) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames") or []
    return {
        "type": error.get("type"),
        "module": error.get("module"),
        "value": scrubbed(str(error.get("value") or "")),
        "mechanism": {"type": "generic", "handled": (error.get("mechanism") or {}).get("handled", True)},
        "stacktrace": {"frames": [{key: frame[key] for key in FRAME if key in frame} for frame in frames]},
    }
