"""The worker dies, stands still while another takes over its work, or gets the same work twice."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from random import Random

import redis
from django.conf import settings
from kombu.exceptions import OperationalError

from landespreis.celery import app
from rehearsal.faults import Fault
from rehearsal.installation import Installation


@contextmanager
def kill(on: Installation, chance: Random) -> Iterator[None]:
    on.kill("worker")
    yield
    on.start("worker")


@contextmanager
def kill_one_process(on: Installation, chance: Random) -> Iterator[None]:
    """What it had in hand is lost to it; the master starts another in its place."""
    for worker in on.running["worker"]:
        for child in worker.children():
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
    yield


@contextmanager
def stall(on: Installation, chance: Random) -> Iterator[None]:
    """One stands still for longer than its claims hold and then goes on, while a second has done its work."""
    stalled = list(on.running["worker"])
    for worker in stalled:
        worker.freeze()
    second = on.start("worker")
    yield
    for worker in stalled:
        worker.thaw()
    on.end(second)


@contextmanager
def duplicate(on: Installation, chance: Random) -> Iterator[None]:
    """Two workers get every task of the schedule twice, and once more whatever waits in the queue."""
    second = on.start("worker")
    with suppress(OperationalError, redis.RedisError, OSError):
        for task in sorted(settings.CELERY_BEAT_SCHEDULE) * 2:
            app.send_task(task, retry=False)
        with redis.from_url(on.redis.url, socket_timeout=3) as queue:
            for message in queue.lrange("celery", 0, -1):
                queue.rpush("celery", message)
    yield
    on.end(second)


FAULTS = (
    Fault("kill-worker", "worker", "Worker mit allen Teilen hart beendet", kill, (0.5, 4)),
    Fault("kill-worker-process", "worker", "der arbeitende Teil des Workers hart beendet", kill_one_process, (0, 0)),
    Fault(
        "stall-worker",
        "worker",
        "Worker steht länger still, als sein Anspruch gilt; ein zweiter übernimmt",
        stall,
        (11, 13),
    ),
    Fault("duplicate-tasks", "worker", "zwei Worker erhalten alle Aufträge doppelt", duplicate, (3, 6)),
)
