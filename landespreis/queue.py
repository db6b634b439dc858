"""Waking the worker: a nudge makes things quick, the rows in the database make them certain."""

import atexit
import logging
import time
from threading import Condition, Thread
from typing import Any

from celery import current_app
from django.db import transaction

from landespreis.watching import tracing

log = logging.getLogger(__name__)

GATHER = 0.1
"""Seconds for which nudges are gathered: equal ones become one message, so a rush does not flood the broker."""
PAUSE = 20
"""Seconds in which a broker that has just failed is not asked again, so that nobody waits for it twice in a row."""
HEADER = "request_ids"
"""Of a message: which requests it comes from."""
_ask_again = 0.0
Nudge = tuple[str, tuple[Any, ...]]


def nudge(task: str, *args: Any) -> None:
    """Queue the task of that name with `args` soon after the running transaction commits; nobody waits for it.

    A broker that does not answer is logged and otherwise ignored: whatever the task is about is owed as a row,
    and the sweep finds it. By name, because verbs lie below the tasks that call them. The message names the request,
    so that the worker's log does, too; where nudges of several become one, it names all of them.
    """
    request_id = tracing.request_id()
    transaction.on_commit(lambda: _messenger.carry((task, args), request_id))


class Messenger:
    """Carries nudges to the broker from a thread of its own, which begins with the first in each process."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: dict[Nudge, str] = {}
        self._thread: Thread | None = None

    def carry(self, nudge: Nudge, request_id: str = "") -> None:
        with self._changed:
            self._waiting[nudge] = tracing.gathered(self._waiting.get(nudge, ""), request_id)
            if self._thread is None or not self._thread.is_alive():  # also after a fork, which takes no threads along
                self._thread = Thread(target=self._work, name="nudges", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def deliver(self) -> None:
        """Send now what waits."""
        with self._changed:
            nudges, self._waiting = self._waiting, {}
        for (task, args), request_ids in nudges.items():
            _send(task, args, request_ids)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
            time.sleep(GATHER)
            self.deliver()


def _send(task: str, args: tuple[Any, ...], request_ids: str) -> None:
    global _ask_again  # noqa: PLW0603  # one broker, one memory of it per process
    if time.monotonic() < _ask_again:
        return
    try:
        current_app.send_task(task, args=args, retry=False, headers={HEADER: request_ids})
    except Exception as error:  # the broker's client raises many kinds; none may end the thread
        _ask_again = time.monotonic() + PAUSE
        log.warning("broker not reached for %s: %s", task, error)


_messenger = Messenger()
atexit.register(_messenger.deliver)
