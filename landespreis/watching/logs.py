"""Lines of the log: as JSON for machines or as text for people, of the portal, gunicorn and Celery alike.

Only the fields named here are written, whatever else a record carries: Celery hangs the arguments of tasks on it,
Django the request.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest

from landespreis.watching import tracing
from landespreis.watching.addresses import view_of
from landespreis.watching.scrubbing import scrubbed

ACCESS = "landespreis.access"
FORMS: tuple[str, ...] = ("line", "json")
URI = "Error handling request"
"""How gunicorn begins a message whose values name the whole address of a request."""


class JsonFormatter(logging.Formatter):
    """One object per line; a traceback is a field of it."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": moment(record.created),
            "level": record.levelname,
            "logger": record.name,
            "message": said(record),
            **belongs_to(),
            **getattr(record, "fields", {}),
        }
        if trace := traceback_of(self, record):
            line["traceback"] = trace
        return json.dumps(line, ensure_ascii=False)


class LineFormatter(logging.Formatter):
    """The same for the eyes of people."""

    def format(self, record: logging.LogRecord) -> str:
        named = {**belongs_to(), **getattr(record, "fields", {})}
        line = f"{moment(record.created)} {record.levelname} {record.name} {said(record)}"
        line += "".join(f" {key}={value}" for key, value in named.items())
        trace = traceback_of(self, record)
        return f"{line}\n{trace}" if trace else line


class Strangers(logging.Filter):
    """Makes a line of what Django calls an error: a request that names another host, as whoever scans the net sends."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.levelno, record.levelname, record.exc_info = logging.WARNING, "WARNING", None
        return True


def traceback_of(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    """Return the traceback without what must not be read. The record does not keep it: others would write it."""
    parts = [formatter.formatException(record.exc_info)] if record.exc_info else []
    parts += [formatter.formatStack(record.stack_info)] if record.stack_info else []
    return scrubbed("\n".join(parts))


def moment(seconds: float) -> str:
    """Return a moment in UTC as ISO 8601, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def said(record: logging.LogRecord) -> str:
    """Return the message, with the view instead of a path where Django or gunicorn name one."""
    request = getattr(record, "request", None)
    if isinstance(request, HttpRequest) and record.name.startswith("django."):
        return f"{scrubbed(_without_path(record))} ({view_of(request)})"
    if record.name == "gunicorn.error" and str(record.msg).startswith(URI):
        return URI
    return scrubbed(record.getMessage())


def belongs_to() -> dict[str, str]:
    """Return the fields that tell to which request and task a line belongs."""
    work = tracing.work()
    fields = {"request_id": tracing.request_id(), "task_id": work.id, "task": work.name}
    return {key: value for key, value in fields.items() if value}


def config(form: str, level: str) -> dict[str, Any]:
    """Return the configuration of `logging`, for Django and Celery."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"chosen": {"()": f"{__name__}.{'JsonFormatter' if form == 'json' else 'LineFormatter'}"}},
        "filters": {"strangers": {"()": f"{__name__}.Strangers"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "chosen"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "celery.beat": {"level": "WARNING" if level == "INFO" else level},  # else a line for each look
            "celery.worker.strategy": {"level": "WARNING"},  # that a task has come: its end is told
            "django.security.DisallowedHost": {"filters": ["strangers"]},
            "fontTools": {"level": "ERROR"},
            "pikepdf": {"level": "WARNING"},
            "weasyprint": {"level": "ERROR"},
        },
    }


def server_config(form: str, level: str) -> dict[str, Any]:
    """Return the same for gunicorn, whose logger has handlers of its own otherwise."""
    whole = config(form, level)
    own = {"handlers": ["console"], "level": "INFO", "propagate": False}
    return whole | {"loggers": {**whole["loggers"], "gunicorn.error": own}}


def _without_path(record: logging.LogRecord) -> str:
    """Return the message without its values that are paths; Django has escaped them, so they are known by the slash."""
    if not isinstance(record.args, tuple):
        return record.getMessage()
    return str(record.msg) % tuple("…" if str(value).startswith("/") else value for value in record.args)
