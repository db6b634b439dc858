"""What the portal's real processes are and talk to: a process, a mail server, a way to Redis that can be cut."""

import asyncio
import email
import email.policy
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

Found = TypeVar("Found")
PATIENCE = 90
"""Seconds; the machine may be busy."""


def wait(condition: Callable[[], Found], what: str, seconds: float = PATIENCE) -> Found:
    """Return what `condition` returns as soon as that is true; fail with `what` when it does not become so."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """A process of the portal with all its children, in a group of their own, and what it says."""

    def __init__(self, command: list[str], *, env: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("wb") as out:
            self.popen = subprocess.Popen(
                command, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
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

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.popen.pid, number)


class MailServer:
    """An SMTP server that keeps who got what, and can be away, refuse, or keep senders waiting."""

    def __init__(self) -> None:
        self.port = free_port()
        self.received: list[tuple[str, str]] = []  # kind of mail, address
        self.asked: list[str] = []
        self.holds = False
        self.refusal = ""
        self.controller: Controller | None = None

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.asked.append(address)
        while self.holds:
            await asyncio.sleep(0.02)
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message = email.message_from_bytes(content, policy=email.policy.default)
        kind = str(message["Subject"]).split()[0].rstrip(":")
        attached = [part.get_filename() or "" for part in message.walk() if part.get_content_disposition()]
        if kind == "Eingangsbestätigung":
            assert [name.endswith(".pdf") for name in attached] == [True]
        self.received.extend((kind, address) for address in envelope.rcpt_tos)
        return "250 OK"

    def open(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, decode_data=False)
        self.controller.start()

    def close(self) -> None:
        self.holds = False
        if self.controller:
            self.controller.stop()
            self.controller = None


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
