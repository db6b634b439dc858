"""The web process dies, or one of its workers does, or its host's clock is wrong."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from random import Random

from rehearsal.faults import Fault
from rehearsal.installation import Installation

SKEW = 90
"""Seconds by which a host's clock is off."""


@contextmanager
def kill(on: Installation, chance: Random) -> Iterator[None]:
    on.kill("web")
    yield
    on.start("web")


@contextmanager
def kill_one_process(on: Installation, chance: Random) -> Iterator[None]:
    """The master of gunicorn starts another in its place."""
    for web in on.running["web"]:
        if children := web.children():
            with suppress(ProcessLookupError):
                os.kill(chance.choice(children), signal.SIGKILL)
    yield


@contextmanager
def restart(on: Installation, chance: Random) -> Iterator[None]:
    """As an update does: what was begun is finished, and for a moment nobody answers."""
    on.stop("web")
    on.start("web")
    yield


@contextmanager
def skew(on: Installation, chance: Random) -> Iterator[None]:
    on.kill("web")
    on.start("web", CLOCK_SKEW=str(chance.choice((-SKEW, SKEW))))
    yield
    on.kill("web")
    on.start("web")


FAULTS = (
    Fault("kill-web", "web", "Webprozess mit allen Teilen hart beendet", kill, (0.5, 3)),
    Fault("kill-web-process", "web", "ein Teil des Webprozesses hart beendet", kill_one_process, (0, 0)),
    Fault("restart-web", "web", "Webprozess neu gestartet wie bei einer Erneuerung", restart, (0, 0)),
    Fault("skew-web", "web", f"Uhr des Webrechners geht {SKEW} s vor oder nach", skew, (10, 20)),
)
