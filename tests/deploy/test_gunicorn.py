"""What gunicorn's configuration does with the memory of a process."""

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


def test_threads_of_a_process_share_one_heap() -> None:
    done = subprocess.run(
        [sys.executable, "-c", THREADS],
        cwd=settings.BASE_DIR,
        env=os.environ | {"LANDESPREIS_MODE": "demo", "PYTHONPATH": str(settings.BASE_DIR)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert [line for line in done.stderr.splitlines() if line.startswith("Arena")] == ["Arena 0:"]
