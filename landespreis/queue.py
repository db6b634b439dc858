"""Waking the worker: a nudge makes things quick, the rows in the database make them certain."""

import logging
import time
from typing import Any

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)

PAUSE = 20
"""Seconds in which a broker that has just failed is not asked again, so that nobody waits for it twice in a row."""
_ask_again = 0.0


def nudge(task: str, *args: Any) -> None:
    """Queue the task of that name with `args` once the running transaction commits.

    A broker that does not answer is logged and otherwise ignored: whatever the task is about is owed as a row,
    and the sweep finds it. By name, because verbs lie below the tasks that call them.
    """
    transaction.on_commit(lambda: _send(task, args))


def _send(task: str, args: tuple[Any, ...]) -> None:
    global _ask_again  # noqa: PLW0603  # one broker, one memory of it per process
    if time.monotonic() < _ask_again:
        return
    try:
        current_app.send_task(task, args=args, retry=False)
    except Exception as error:  # the broker's client raises many kinds; none may reach the person
        _ask_again = time.monotonic() + PAUSE
        log.warning("broker not reached for %s: %s", task, error)
