"""How gunicorn serves the portal, natively and in a container; the environment sets the size."""

import ctypes
import gc
import os
import time
from contextlib import suppress
from logging.config import dictConfig
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger as GunicornLogger
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine
from gunicorn.util import close_graceful, write
from gunicorn.workers.gthread import ThreadWorker

from landespreis.watching import logs, multiprocess

figures = multiprocess.prepare()

from landespreis.watching.folding import fold  # noqa: E402  # only now, because it imports prometheus_client

# Loaded once, before there are processes: they share its memory, and in place of one that dies another answers at once.
preload_app = True

bind = os.environ.get("WEB_BIND", "127.0.0.1:{}".format(os.environ.get("PORT", "8000")))
workers = int(os.environ.get("WEB_PROCESSES", "1"))
threads = int(os.environ.get("WEB_THREADS", "8"))
# As long as gunicorn lets them be; for longer ones there is a page, see `Worker`.
limit_request_line = 8190
timeout = 60
graceful_timeout = 20
keepalive = 15
# The worker's heartbeat is a file and must not wait for a disk.
worker_tmp_dir = next((folder for folder in ("/dev/shm",) if Path(folder).is_dir()), None)  # noqa: S108
control_socket_disable = True
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
accesslog = None  # the portal writes a line for each request itself: gunicorn's has addresses, of people and pages
M_ARENA_MAX = -8  # malloc.h of glibc
log_format = os.environ.get("LOG_FORMAT") or ("line" if os.environ.get("LANDESPREIS_MODE") == "demo" else "json")


class Logger(GunicornLogger):  # type: ignore[misc]  # gunicorn has no types
    """Writes what gunicorn has to say like the portal's own lines; with `logconfig_dict` it would log requests, too."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        dictConfig(logs.server_config(log_format, os.environ.get("LOG_LEVEL", "INFO")))


logger_class = Logger


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Says in German what is too long to be read as a request: that never comes as far as the portal's own pages.

    And it gives back memory: pages that are kept and thrown away leave holes in the heap, which glibc holds on to.
    """

    TRIM_SECONDS = 300.0
    trimmed = -TRIM_SECONDS
    PAGES = {LimitRequestLine: "414 URI Too Long", LimitRequestHeaders: "431 Request Header Fields Too Large"}
    UNREAD = 1024 * 1024
    """Bytes that are read away, so that the page arrives while a browser still sends."""

    def notify(self) -> None:
        """Tell the master that all is well, as it is told each second, and give back free memory now and then."""
        super().notify()
        if time.monotonic() - self.trimmed > self.TRIM_SECONDS:
            self.trimmed = time.monotonic()
            _of_glibc("malloc_trim", 0)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        status = self.PAGES.get(type(exc))
        if status is None:
            super().handle_error(req, client, addr, exc)
            return
        page = (Path(__file__).parent / "pages" / f"{status[:3]}.html").read_bytes()
        head = (
            f"HTTP/1.1 {status}",
            "Connection: close",
            "Content-Type: text/html; charset=utf-8",
            f"Content-Length: {len(page)}",
            "Cache-Control: no-store",
            "X-Content-Type-Options: nosniff",
            "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        )
        self.log.warning("Request refused: %s", status)
        with suppress(OSError):
            write(client, "\r\n".join((*head, "", "")).encode() + page)
            close_graceful(client, timeout=1, max_drain=self.UNREAD)


worker_class = Worker


def _of_glibc(name: str, *numbers: int) -> None:
    """Call what glibc has and other C libraries may not have."""
    with suppress(AttributeError):
        getattr(ctypes.CDLL(None), name)(*numbers)


def post_fork(server: object, worker: object) -> None:
    """Let the threads of a process share one heap, where glibc gives each its own: only one runs at a time anyway.

    Each of eight heaps kept the holes that pages left in it, and the process grew by half a megabyte a minute.
    """
    _of_glibc("mallopt", M_ARENA_MAX, 1)


def when_ready(server: object) -> None:
    """Tell the garbage collector that what is loaded stays.

    Looking through it cost a quarter of a page, and would write to the memory that the processes share.
    """
    gc.collect()
    gc.freeze()


def child_exit(server: Any, worker: Any) -> None:
    """Keep what a process has counted that has ended, killed or not.

    Lost figures are no reason to end the server, as an exception here would.
    """
    try:
        fold(figures, worker.pid)
    except Exception:
        server.log.exception("Figures of process %s are lost", worker.pid)


def on_exit(server: object) -> None:
    """Leave nothing behind in memory."""
    multiprocess.clear(figures)
