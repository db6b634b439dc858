"""Restarts under steady requests lose none, a dead process is replaced, a stopped worker ends what it does."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from rehearsal.machines import PATIENCE, wait
from tests.processes.portal import PROGRAMS, Portal

pytestmark = pytest.mark.processes
PAGES = ("/healthz", "/konto/login/")
VISITORS = 4
HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.argv[2], sys.argv[2:])
"""
"""What systemd does before it starts a service with a socket."""


class Crowd:
    """Visitors who ask for page after page, half of them on connections that they keep, and what went wrong."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answered = [0] * VISITORS
        self.lost: list[str] = []
        self.goes = True
        self.threads = [threading.Thread(target=self._visit, args=(number,)) for number in range(VISITORS)]

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        self.pass_by()
        return self

    def __exit__(self, *error: object) -> None:
        self.goes = False
        for thread in self.threads:
            thread.join(PATIENCE)

    def pass_by(self) -> None:
        """Wait until each visitor has got some more answers."""
        before = list(self.answered)
        wait(lambda: all(now >= then + 3 for now, then in zip(self.answered, before, strict=True)), "answers")

    def _visit(self, number: int) -> None:
        keeps = number % 2 == 0
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        while self.goes:
            page = PAGES[self.answered[number] % len(PAGES)]
            try:
                connection.request("GET", page, headers={} if keeps else {"Connection": "close"})
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException) as error:
                self.lost.append(f"{page}: {error!r}")
                connection.close()
                continue
            if answer.status != 200:
                self.lost.append(f"{page}: {answer.status}")
            self.answered[number] += 1
        connection.close()


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_in_place_of_a_process_that_dies_another_comes_from_what_is_loaded(portal: Portal) -> None:
    portal.env["WEB_PROCESSES"] = "2"
    web = portal.start("web")
    wait(lambda: answers(portal.port) and web.said("Booting worker") == 2, "both processes are there")
    server = Path(f"/proc/{web.popen.pid}")

    for process in web.children():
        os.kill(process, signal.SIGKILL)
    wait(lambda: web.said("Booting worker") == 4, "others take their place")
    wait(lambda: answers(portal.port), "they answer")

    assert re.search(r"_sqlite3|psycopg", (server / "maps").read_text()), "the server has not loaded the portal"
    open_files = [str(file.readlink()) for file in (server / "fd").iterdir()]
    sockets = [file for file in open_files if file.startswith("socket:")]
    assert len(sockets) == 1, "a connection beside where it listens, which all processes would use at once"
    assert not [file for file in open_files if "sqlite" in file]


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A socket as systemd keeps it: it stays while the service behind it comes and goes."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        yield listener


def serve(portal: Portal, listener: socket.socket) -> subprocess.Popen[bytes]:
    """Start the web process as systemd does, with the socket as file 3."""
    gunicorn = [str(PROGRAMS / "gunicorn"), "--config", "deploy/gunicorn.py", "landespreis.wsgi"]
    with (portal.logs / "web.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-c", HAND_OVER, str(listener.fileno()), *gunicorn],
            cwd=portal.code,
            env=portal.env,
            pass_fds=[listener.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def test_restart_of_web_behind_a_kept_socket_loses_none(portal: Portal, listening: socket.socket) -> None:
    port = listening.getsockname()[1]
    portal.env["WEB_BIND"] = f"127.0.0.1:{port}"
    web = serve(portal, listening)

    try:
        wait(lambda: answers(port), "the web process answers")
        with Crowd(port) as crowd:
            for _ in range(2):
                web.terminate()
                assert web.wait(PATIENCE) == 0
                web = serve(portal, listening)
                crowd.pass_by()
    finally:
        os.killpg(web.pid, signal.SIGKILL)
        web.wait(PATIENCE)

    assert crowd.lost == []


def test_worker_that_is_asked_to_stop_finishes_its_mail(portal: Portal) -> None:
    portal.mail.holds = True
    portal.start("web")
    worker = portal.start("worker")
    portal.submit(portal.entries[0])
    wait(lambda: portal.mail.asked, "the worker talks to the mail server")

    worker.popen.terminate()
    wait(lambda: worker.said("Warm shutdown"), "the worker has heard")
    assert worker.runs()
    portal.mail.holds = False
    worker.popen.wait(PATIENCE)

    assert worker.popen.returncode == 0
    sent = portal.rows("SELECT count(*) FROM post_office_email WHERE status = 0")
    assert sent == [(len(portal.receipts()),)]
    assert portal.receipts() != []
    portal.start("worker")
    portal.start("beat")
    people = sorted(portal.entries[0]["people"])
    wait(lambda: len(portal.receipts()) >= len(people) and portal.settled(), "the next worker does the rest")
    assert portal.receipts() == people
