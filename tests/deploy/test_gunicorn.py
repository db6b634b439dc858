"""What gunicorn's configuration does with the memory of a process, and with what one has counted that has ended."""

import os
import subprocess
import sys

from django.conf import settings

THREADS = """
import ctypes, runpy, threading
configuration = runpy.run_path("deploy/gunicorn.py")
configuration["on_exit"](None)
configuration["post_fork"](None, None)
kept, all_at_once = [], threading.Barrier(8)
def work():
    all_at_once.wait()
    kept.extend(bytes(1000) for _ in range(2000))
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
ctypes.CDLL(None).malloc_stats()
"""


HOLES = """
import runpy
from pathlib import Path
from types import SimpleNamespace
configuration = runpy.run_path("deploy/gunicorn.py")
configuration["on_exit"](None)
worker = configuration["Worker"].__new__(configuration["Worker"])
worker.tmp = SimpleNamespace(notify=lambda: None)
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 // 2**20
pages = [bytearray(20_000) for _ in range(4000)]
del pages[:-1]
full = resident()
worker.notify()
print(full - resident())
pages = [bytearray(20_000) for _ in range(4000)]
del pages[:-1]
full = resident()
worker.notify()
print(full - resident())
"""

BROKEN = """
import logging, os, runpy
from pathlib import Path
from types import SimpleNamespace
configuration = runpy.run_path("deploy/gunicorn.py")
(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]) / "counter_4000000.db").write_bytes(b"!")
server = SimpleNamespace(log=logging.getLogger("gunicorn"))
configuration["child_exit"](server, SimpleNamespace(pid=4_000_000))
configuration["on_exit"](None)
"""

LOADED = """
import gc, runpy, sys
configuration = runpy.run_path("deploy/gunicorn.py")
import landespreis.wsgi
configuration["when_ready"](None)
configuration["on_exit"](None)
print("landespreis.urls" in sys.modules, gc.get_freeze_count() > 10_000)
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=os.environ | {"LANDESPREIS_MODE": "demo", "PYTHONPATH": str(settings.BASE_DIR)},
        capture_output=True,
        text=True,
        check=True,
    )


def test_threads_of_a_process_share_one_heap() -> None:
    done = run(THREADS)

    assert [line for line in done.stderr.splitlines() if line.startswith("Arena")] == ["Arena 0:"]


def test_server_outlives_figures_that_cannot_be_read() -> None:
    done = run(BROKEN)

    assert "Figures of process 4000000 are lost" in done.stderr


def test_views_are_loaded_and_left_alone_before_there_are_processes() -> None:
    done = run(LOADED)

    assert done.stdout.split() == ["True", "True"]


def test_process_gives_back_the_holes_that_pages_leave_now_and_then() -> None:
    first, soon_after = map(int, run(HOLES).stdout.split())

    assert first > 50
    assert soon_after == 0
