"""What is counted about the worker's tasks, and the small server that tells it, at an address of its own.

`landespreis.worker` starts it where WORKER_METRICS_BIND is set; the processes of the worker count together.
"""

import logging
import os
import time
from pathlib import Path
from typing import Any

from celery import Task, signals
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from landespreis.watching import multiprocess
from landespreis.watching.together import Together

log = logging.getLogger(__name__)

BUCKETS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0)
counted = CollectorRegistry()
tasks = Counter(
    "landespreis_tasks", "Tasks by name and outcome: success, failure, retry", ("task", "outcome"), registry=counted
)
duration = Histogram(
    "landespreis_task_duration_seconds", "Seconds that a task took, by name", ("task",), buckets=BUCKETS,
    registry=counted,
)  # fmt: skip
succeeded = Gauge(
    "landespreis_task_last_success_timestamp_seconds", "When a task of that name last ended well",
    ("task",), multiprocess_mode="max", registry=counted,
)  # fmt: skip
OUTCOMES = {"SUCCESS": "success", "FAILURE": "failure", "RETRY": "retry"}
_began: dict[str, float] = {}


def begin(task_id: str, **given: Any) -> None:
    _began[task_id] = time.perf_counter()


def end(task_id: str, task: Task, state: str | None = None, **given: Any) -> None:
    """Count a task that has ended; only names of our own tasks come here, so the labels are few."""
    seconds = time.perf_counter() - _began.pop(task_id, time.perf_counter())
    tasks.labels(task.name, OUTCOMES.get(state or "", "other")).inc()
    duration.labels(task.name).observe(seconds)
    if state == "SUCCESS":
        succeeded.labels(task.name).set_to_current_time()


def serve(bind: str) -> None:
    """Count from now on, and tell whoever asks at host:port; it belongs into the inner network only.

    A port that is taken is no reason for a worker not to work.
    """
    signals.task_prerun.connect(begin)
    signals.task_postrun.connect(end)
    told = CollectorRegistry()
    told.register(Together(Path(os.environ[multiprocess.VARIABLE])))
    host, _, port = bind.rpartition(":")
    try:
        start_http_server(int(port), addr=host or "127.0.0.1", registry=told)
    except OSError as error:
        log.error("figures of the worker are not told at %s: %s", bind, error)
