"""Processes of this machine and the lines between them: to start, freeze and kill, to cut and let go dead."""

import os
import re
import secrets
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

Found = TypeVar("Found")
PATIENCE = 90
"""Seconds; the machine may be busy."""
SERVED = range(20000, 32000)
"""Below the ports from which Linux takes those of clients."""


def wait(condition: Callable[[], Found], what: str, seconds: float = PATIENCE) -> Found:
    """Return what `condition` returns as soon as that is true; fail with `what` when it does not become so."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)
    return found


def free_port() -> int:
    """Return a port that nobody uses, and nobody gets for a connection of theirs while its server is away."""
    while True:
        port = secrets.choice(SERVED)
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def reaches(port: int) -> bool:
    """Return whether somebody on this machine takes connections there."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
        return True
    return False


class Process:
    """A process of the portal with all its children, in a group of their own, and what it says."""

    def __init__(self, command: list[str], *, env: dict[str, str], log: Path, user: str | None = None) -> None:
        self.log = log
        with log.open("ab") as out:
            self.popen = subprocess.Popen(
                command, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, user=user
            )

    def said(self, pattern: str) -> int:
        """Return how often `pattern` stands in its log."""
        return len(re.findall(pattern, self.log.read_text(errors="replace")))

    def runs(self) -> bool:
        return self.popen.poll() is None

    def stop(self) -> None:
        """Ask it to finish what it does, as a restart of the service would."""
        self.popen.terminate()
        self.popen.wait(PATIENCE)
        self.kill()

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._signal(signal.SIGKILL)
        self.popen.wait(PATIENCE)

    def children(self) -> list[int]:
        return children(self.popen.pid)

    def family(self) -> list[int]:
        return family(self.popen.pid)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.popen.pid, number)


def children(pid: int) -> list[int]:
    """Return the process ids of those whom a process has started, by whichever of its threads."""
    found: list[int] = []
    with suppress(OSError):
        for thread in list(Path(f"/proc/{pid}/task").iterdir()):
            with suppress(OSError):  # a thread may end meanwhile
                found.extend(map(int, (thread / "children").read_text().split()))
    return found


def family(pid: int) -> list[int]:
    """Return the process ids of a process and of everybody who descends from it."""
    found = [pid]
    for one in found:  # grows while it is gone through
        found.extend(children(one))
    return found


class Line:
    """A line to a server on this machine that can be cut (connections refused) or go dead (nothing answers)."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.port = free_port()
        self.open_sockets: list[socket.socket] = []
        self.listener: socket.socket | None = None
        self.dead = False

    def connect(self) -> None:
        self.dead = False
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, args=(self.listener,), daemon=True).start()

    def cut(self) -> None:
        for end in [self.listener, *self.open_sockets]:
            if end:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
        self.listener, self.open_sockets = None, []

    def go_dead(self) -> None:
        """From now on connections are taken and never answered."""
        self.cut()
        self.connect()
        self.dead = True

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            self.open_sockets.append(near)
            if self.dead:
                continue
            far = socket.create_connection(("127.0.0.1", self.target))
            self.open_sockets.append(far)
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    @staticmethod
    def _carry(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
