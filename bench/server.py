"""The processes under measurement: gunicorn as it runs in production, any other of ours, and the CPU time they use."""

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 60


class Process:
    """A process of ours; leaving the block ends it and its children. What it says goes to a file."""

    def __init__(self, command: list[str], **env: str) -> None:
        self.command, self.env = [str(PROGRAMS / command[0]), *command[1:]], os.environ | env
        self.log = Path(os.environ["LANDESPREIS_VAR"]) / f"{command[0]}-{id(self)}.log"

    def __enter__(self) -> Self:
        with self.log.open("wb") as log:
            self.popen = subprocess.Popen(
                self.command, env=self.env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.popen.terminate()
        try:
            self.popen.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait(PATIENCE)


class Web(Process):
    """gunicorn with the portal's own configuration; `application` is the module that holds the WSGI application."""

    def __init__(self, application: str, *, processes: int, **env: str) -> None:
        self.port = _free_port()
        super().__init__(
            ["gunicorn", "--config", "deploy/gunicorn.py", application],
            WEB_BIND=f"127.0.0.1:{self.port}",
            WEB_PROCESSES=str(processes),
            **env,
        )
        self.processes = processes

    def __enter__(self) -> Self:
        super().__enter__()
        end = time.monotonic() + PATIENCE
        while not (self._answers() and len(self._workers()) == self.processes):
            if time.monotonic() > end or self.popen.poll() is not None:
                raise RuntimeError(f"{self.command} does not answer: {self.log.read_text()[-2000:]}")
            time.sleep(0.1)
        return self

    def cpu(self) -> float:
        """Return the seconds of CPU that the worker processes have used so far."""
        return sum(_seconds(pid) for pid in self._workers())

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def _workers(self) -> list[int]:
        return [int(pid) for pid in Path(f"/proc/{self.popen.pid}/task/{self.popen.pid}/children").read_text().split()]


def _seconds(pid: int) -> float:
    """Return user and system time of all threads; fields 14 and 15 of proc(5)'s stat."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
