"""How gunicorn serves the portal, natively and in a container; the environment sets the size."""

import gc
import os
from pathlib import Path

bind = os.environ.get("WEB_BIND", "127.0.0.1:{}".format(os.environ.get("PORT", "8000")))
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", "1"))
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 60
graceful_timeout = 20
keepalive = 15
# The worker's heartbeat is a file and must not wait for a disk.
worker_tmp_dir = next((folder for folder in ("/dev/shm",) if Path(folder).is_dir()), None)  # noqa: S108
control_socket_disable = True
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
accesslog = "-" if os.environ.get("ACCESS_LOG") else None


def post_worker_init(worker: object) -> None:
    """Tell the garbage collector that what a worker begins with stays: looking through it cost a quarter of a page."""
    gc.collect()
    gc.freeze()
