"""Asking ClamAV about a file: a small client of clamd's INSTREAM command."""

import socket
import struct
import time
from dataclasses import dataclass
from typing import IO, ClassVar
from urllib.parse import unquote, urlsplit

from django.conf import settings

CHUNK = 64 * 1024
ANSWER_LENGTH = 4096
TIMEOUT = 30.0


class Unreachable(Exception):
    """The scanner gave no verdict: not there, too slow, or it answered with an error. Ask again later."""


class NotThere(Unreachable):
    """No connection to the scanner came about: it judges no other file either."""


@dataclass(frozen=True)
class Verdict:
    """What the scanner found: the name of the malware, or nothing."""

    signature: str | None = None

    CLEAN: ClassVar["Verdict"]

    @property
    def clean(self) -> bool:
        return self.signature is None


Verdict.CLEAN = Verdict()


def enabled() -> bool:
    """Tell whether this installation has a scanner."""
    return bool(settings.CLAMD_URL)


def scan(stream: IO[bytes], *, url: str | None = None, timeout: float = TIMEOUT) -> Verdict:
    """Send `stream`, from where it stands to its end, to clamd and return its verdict.

    `url` is tcp://host:port or unix:///path, by default `settings.CLAMD_URL`; `timeout` in seconds bounds the whole
    conversation. Raises `Unreachable` whenever there is no verdict, and of these `NotThere` without a connection.
    """
    deadline = time.monotonic() + timeout
    try:
        with _connect(url or settings.CLAMD_URL, deadline) as connection:
            _send(connection, b"zINSTREAM\0", deadline)
            while chunk := stream.read(CHUNK):
                _send(connection, struct.pack("!L", len(chunk)) + chunk, deadline)
            _send(connection, struct.pack("!L", 0), deadline)
            return _verdict(_receive(connection, deadline))
    except OSError as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from error


def _connect(url: str, deadline: float) -> socket.socket:
    try:
        return _connected(url, deadline)
    except OSError as error:
        raise NotThere(f"{type(error).__name__}: {error}") from error


def _connected(url: str, deadline: float) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "tcp" and parts.hostname:
        return socket.create_connection((parts.hostname, parts.port or 3310), timeout=_left(deadline))
    if parts.scheme == "unix" and parts.path:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_left(deadline))
        try:
            connection.connect(unquote(parts.path))
        except OSError:
            connection.close()
            raise
        return connection
    raise NotThere(f"CLAMD_URL names no scanner: {url!r}; use tcp://host:3310 or unix:///path.")


def _send(connection: socket.socket, data: bytes, deadline: float) -> None:
    connection.settimeout(_left(deadline))
    connection.sendall(data)


def _receive(connection: socket.socket, deadline: float) -> str:
    """Return clamd's answer, which ends with a NUL byte; half an answer is none."""
    answer = b""
    while not answer.endswith(b"\0"):
        connection.settimeout(_left(deadline))
        part = connection.recv(ANSWER_LENGTH)
        if not part or len(answer) > ANSWER_LENGTH:
            raise Unreachable(f"The scanner broke off: {answer[:100]!r}")
        answer += part
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def _verdict(answer: str) -> Verdict:
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return Verdict.CLEAN
    if said.endswith(" FOUND"):
        return Verdict(signature=said.removesuffix(" FOUND"))
    raise Unreachable(f"The scanner answered: {answer[:200]}")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("The scanner took too long.")
    return left
