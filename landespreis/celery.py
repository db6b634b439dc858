"""The Celery application, and what it notes about every task; what beat starts stands in the settings."""

import logging.config
import os
from typing import Any

from celery import Celery, Task, signals
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

from landespreis.watching import tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "landespreis.settings")

TRANSPORT_ALIASES["folder"] = "landespreis.broker:Transport"
TRANSPORT_ALIASES["redis"] = TRANSPORT_ALIASES["rediss"] = "landespreis.redis_broker:Transport"
app = Celery("landespreis")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def log_as_the_portal_does(**given: Any) -> None:
    """Worker and beat write their lines as the web does, instead of Celery's own way."""
    logging.config.dictConfig(settings.LOGGING)


@signals.task_prerun.connect
def begin(task_id: str, task: Task, **given: Any) -> None:
    """Let the lines of a task name it, and the requests that woke the worker for it."""
    given_ids = str((task.request.headers or {}).get("request_ids", ""))
    ids = [one for one in given_ids.split()[: tracing.MOST] if tracing.is_well_formed(one)]
    tracing.begin(" ".join(ids), tracing.Work(task_id, task.name))


@signals.task_postrun.connect
def end(**given: Any) -> None:
    tracing.end()
