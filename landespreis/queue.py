"""Waking the worker: a nudge makes things quick, the rows in the database make them certain."""

import logging
from typing import Any

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)


def nudge(task: str, *args: Any) -> None:
    """Queue the task of that name with `args` once the running transaction commits.

    A broker that does not answer is logged and otherwise ignored: whatever the task is about is owed as a row,
    and the sweep finds it. By name, because verbs lie below the tasks that call them.
    """

    def send() -> None:
        try:
            current_app.send_task(task, args=args, retry=False)
        except Exception as error:  # the broker's client raises many kinds; none may reach the person
            log.warning("broker not reached for %s: %s", task, error)

    transaction.on_commit(send)
