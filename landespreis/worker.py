"""The Celery application as the worker starts it: with figures about its tasks, where an address for them is set."""

import atexit
import os
from importlib import import_module

from landespreis.celery import app
from landespreis.watching import multiprocess

__all__ = ["app"]

if _bind := os.environ.get("WORKER_METRICS_BIND", ""):
    _main, _figures = os.getpid(), multiprocess.prepare()
    # Only now, because it imports prometheus_client, which looks for the folder then.
    import_module("landespreis.watching.work").serve(_bind)
    atexit.register(lambda: multiprocess.clear(_figures) if os.getpid() == _main else None)
