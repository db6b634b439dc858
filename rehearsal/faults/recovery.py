"""When the portal does its work again after a fault: the web is ready, a nudge reaches a worker, owed work shrinks."""

import contextlib
import json
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from django.db import DatabaseError, InterfaceError, close_old_connections
from django.db.models import QuerySet
from post_office.models import Email

from jury.models import Paper
from landespreis import delivery, mail
from landespreis.celery import app
from rehearsal.installation import Installation
from submissions.models import Receipt

PATIENCE = 240
"""Seconds; what is not well by then has not recovered."""
PAUSE = 0.2
AGAIN = 8
"""Seconds after which another nudge is sent: a broker that has forgotten everything has forgotten the first, too."""


class Recovery:
    """Looks, step by step, whether all is well; `well` may be asked as often as one likes."""

    def __init__(self, on: Installation) -> None:
        self.on = on
        self.since = datetime.now(UTC)
        self.owed: dict[str, int] | None = None
        self.ready = self.reached = False
        self.nudges: list[str] = []
        self.nudged = 0.0
        self.read: dict[str, int] = {log.name: log.stat().st_size for log in self._logs()}

    def well(self) -> bool:
        self.ready = self.ready or self._web_is_ready()
        self.reached = self.reached or self._nudge_arrives()
        return self.ready and self.reached and self._shrinks()

    def _web_is_ready(self) -> bool:
        ready = f"http://127.0.0.1:{self.on.port}/readyz"
        with contextlib.suppress(OSError, ValueError), urllib.request.urlopen(ready, timeout=5) as answer:
            return "database" in json.load(answer)
        return False

    def _nudge_arrives(self) -> bool:
        if time.monotonic() > self.nudged + AGAIN:
            self.nudged = time.monotonic()
            self.nudges.append(uuid4().hex)
            with contextlib.suppress(Exception):  # whatever the client of a broker raises that is not back yet
                app.send_task(mail.SENDER_TASK, task_id=self.nudges[-1], retry=False)
        return any(nudge in said for said in self._said() for nudge in self.nudges)

    def _said(self) -> list[str]:
        """Return what the workers have written since the fault was mended."""
        texts = []
        for log in self._logs():
            with log.open("rb") as file:
                file.seek(self.read.get(log.name, 0))
                texts.append(file.read().decode(errors="replace"))
        return texts

    def _logs(self) -> list[Path]:
        return sorted(self.on.logs.glob("*-worker.log"))

    def _shrinks(self) -> bool:
        """Of what was owed when the fault was mended one more of each kind is done, or all of it."""
        try:
            left = {name: rows.count() for name, rows in _owed(self.since).items()}
        except (DatabaseError, InterfaceError):
            close_old_connections()
            return False
        if self.owed is None:
            self.owed = left
        return all(count == 0 or count < self.owed[name] for name, count in left.items())


def _owed(until: datetime) -> dict[str, "QuerySet[Email] | QuerySet[Receipt] | QuerySet[Paper]"]:
    return {
        "mail": delivery.due().filter(created__lt=until),
        "receipt": Receipt.objects.owed().filter(owed_at__lt=until),
        "paper": Paper.objects.owed().filter(owed_at__lt=until),
    }
