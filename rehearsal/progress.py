"""How far the rehearsal is: one line per act, which counts up where somebody looks on."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TextIO


class Progress:
    """Prints `act … 12 of 427` in place on a terminal, and one line at the end of each act elsewhere."""

    def __init__(self, out: TextIO = sys.stderr) -> None:
        self.out = out
        self.seconds: dict[str, float] = {}
        self._act, self._total, self._done = "", 0, 0
        self._lock = Lock()

    @contextmanager
    def act(self, name: str) -> Iterator[None]:
        self._act, self._total, self._done = name, 0, 0
        begin = time.monotonic()
        self._show()
        yield
        self.seconds[name] = time.monotonic() - begin
        self._write(f"{name}: {self.seconds[name]:.0f} s", last=True)

    def expect(self, total: int) -> None:
        """Say how many steps the act has from here on."""
        self._total, self._done = total, 0

    def step(self) -> None:
        with self._lock:
            self._done += 1
            self._show()

    def say(self, text: str) -> None:
        self._write(text, last=True)

    def _show(self) -> None:
        if self.out.isatty():
            count = f" {self._done} von {self._total}" if self._total else ""
            self._write(f"{self._act} …{count}", last=False)

    def _write(self, text: str, *, last: bool) -> None:
        start = "\r\x1b[K" if self.out.isatty() else ""
        self.out.write(start + text + ("\n" if last else ""))
        self.out.flush()
