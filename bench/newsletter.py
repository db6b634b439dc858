"""A newsletter to many readers: mails per second, memory of the worker, and one mail each although a worker is killed.

The mail server is a process of its own that takes everything and writes down to whom. The worker is a process that
sends as the Celery task does; half-way it is killed as by a power cut, and another takes over after the claim.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from django.db import connection

from accounts.models import User
from bench.figures import Figure, holds
from bench.server import ROOT
from portal.actions import newsletters, sending
from portal.models import Block, Delivery, Newsletter

FULL, QUICK = 50_000, 1_000
CLAIM = 30
"""Seconds after which a killed worker's mails are free; longer than the run to the kill, shorter than patience."""
PATIENCE = 1800
READERS = """
    INSERT INTO portal_subscriber (key, email, status, asked_at, confirmed_at, bounces)
    SELECT gen_random_uuid(), 'leser' || n || '@kommune.example', 'active', now(), now(), 0
    FROM generate_series(1, %s) n
"""
TEXT = "Neun Kommunen räumen mit **einem** Dienstplan, und der [Vertrag](/faq/) passt auf vier Seiten. " * 6


def measure(*, quick: bool) -> list[Figure]:
    """Release an issue, send half of it, kill the worker, let another send the rest, and count at the mail server."""
    amount = int(os.environ.get("BENCH_READERS", QUICK if quick else FULL))
    var = Path(os.environ["LANDESPREIS_VAR"])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    taken = var / "taken.txt"
    taken.write_text("")
    sink = _start_sink(port, taken)
    try:
        seconds = _release(amount)
        first = _start_worker(port)
        begun, before = _when(taken, amount // 10), amount // 10
        half = _when(taken, amount // 2)
        rate = (amount // 2 - before) / (half - begun)
        peak = _peak(first.pid)
        first.send_signal(signal.SIGKILL)
        first.wait()
        second = _start_worker(port)
        second.wait(PATIENCE)
        return _figures(amount, taken, seconds, rate, max(peak, _said_peak(var)))
    finally:
        sink.terminate()
        sink.wait()


def _start_sink(port: int, taken: Path) -> "subprocess.Popen[bytes]":
    sink = subprocess.Popen([sys.executable, "-m", "bench.sink", str(port), str(taken)], cwd=ROOT)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return sink
    raise SystemExit("the mail server does not answer")


def _start_worker(port: int) -> "subprocess.Popen[bytes]":
    env = os.environ | {"SMTP_URL": f"smtp://127.0.0.1:{port}", "CLAIM_SECONDS": str(CLAIM), "LOG_LEVEL": "ERROR"}
    code = "from bench.newsletter import send_all; send_all()"
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    return subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.DEVNULL)


def _release(amount: int) -> float:
    """Make readers and an issue; return the seconds its release took."""

    with connection.cursor() as cursor:
        cursor.execute(READERS, [amount])
    issue = newsletters.save(Newsletter(subject="Der Winter bringt Neues", lead="Guten Tag,\nhier das Neue."))
    for place in range(6):
        newsletters.save_block(
            Block(newsletter=issue, position=place, kind="text", heading=f"Thema {place}", body=TEXT)
        )
    by = User.objects.create(email="bench@portal.example", name="Bench", is_staff=True)
    begin = time.perf_counter()
    newsletters.release(issue, by=by)
    seconds = time.perf_counter() - begin
    connection.close()
    return seconds


def _when(taken: Path, lines: int) -> float:
    """Wait until the mail server has so many mails, and return when that was."""
    end = time.monotonic() + PATIENCE
    while _lines(taken) < lines:
        if time.monotonic() > end:
            raise SystemExit(f"only {_lines(taken)} mails in {PATIENCE} s")
        time.sleep(0.02)
    return time.monotonic()


def _lines(taken: Path) -> int:
    return taken.read_bytes().count(b"\n")


def _figures(amount: int, taken: Path, seconds: float, rate: float, peak: float) -> list[Figure]:

    rows = [line.split() for line in taken.read_text().splitlines()]
    got = Counter(address for address, _ in rows)
    states = {status: count for status, count in Delivery.objects.all().counts().items() if count}
    uncertain = set(
        Delivery.objects.filter(status="uncertain").values_list("subscriber__email", flat=True).order_by("pk")
    )
    missing = set(Delivery.objects.values_list("subscriber__email", flat=True)) - got.keys()
    size = sum(int(length) for _, length in rows) / len(rows)
    return [
        Figure(f"s to release an issue to {amount} readers", f"{seconds:.2f}"),
        Figure("mails per second, one worker, one connection", f"{rate:.0f}"),
        Figure("kB of a mail", f"{size / 1000:.1f}"),
        Figure("MB resident at most, worker", f"{peak:.0f}"),
        holds("addresses that got more than one", max(got.values()) == 1, str(sum(n > 1 for n in got.values())), "0"),
        holds("mails that are uncertain after the kill", len(uncertain) <= 1, str(len(uncertain)), "≤ 1"),
        holds("got none and are not named as uncertain", missing <= uncertain, str(len(missing - uncertain)), "0"),
        holds("nothing is left open", set(states) <= {"sent", "uncertain"}, str(states), "sent, uncertain"),
        holds("the issue is sent", Newsletter.objects.get().status == "sent", Newsletter.objects.get().status, "sent"),
    ]


def _peak(pid: int) -> float:
    """Return the most memory a process has had, in MB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1000 if found else 0


def _said_peak(var: Path) -> float:
    file = var / "peak.txt"
    return float(file.read_text()) if file.exists() else 0


def send_all() -> None:
    """What the worker's process does: send in turns, as beat would start them, until the issue is sent."""
    while Newsletter.objects.filter(status="sending").exists():
        if not sending.send(13.5):
            time.sleep(0.5)
    (Path(os.environ["LANDESPREIS_VAR"]) / "peak.txt").write_text(str(_peak(os.getpid())))
