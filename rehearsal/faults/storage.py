"""The place of the files is gone or full, or the disk of the web host is."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

from rehearsal.faults import Fault
from rehearsal.installation import Installation

FULL = 4096
"""Bytes that a file may still have on a full disk. Also the logs of the processes stand still then."""


@contextmanager
def gone(on: Installation, chance: Random) -> Iterator[None]:
    """A file stands where the folder was; the place is changed in one step, as an unmount would."""
    nothing = on.folder / "no-storage"
    nothing.touch()
    _point(on.files, nothing)
    try:
        yield
    finally:
        _point(on.files, on.storage)


@contextmanager
def full(on: Installation, chance: Random) -> Iterator[None]:
    with _limited(on, "web", "worker"):
        yield


@contextmanager
def full_at_web(on: Installation, chance: Random) -> Iterator[None]:
    with _limited(on, "web"):
        yield


@contextmanager
def _limited(on: Installation, *kinds: str) -> Iterator[None]:
    """Let all running processes of these kinds write small files only, and those that they start."""
    _limit(on, kinds, FULL)
    try:
        yield
    finally:
        _limit(on, kinds, resource.RLIM_INFINITY)


def _limit(on: Installation, kinds: tuple[str, ...], size: int) -> None:
    with on.lock:
        for _ in range(2):  # again: who was started meanwhile has what its parent had
            for process in (one for kind in kinds for one in on.running[kind]):
                for pid in process.family():
                    with suppress(ProcessLookupError):
                        _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
                        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size if size != -1 else most, most))


def _point(link: Path, target: Path) -> None:
    fresh = link.with_name("files.fresh")
    fresh.symlink_to(target)
    fresh.replace(link)


FAULTS = (
    Fault("storage-gone", "storage", "Dateiablage nicht erreichbar", gone, (2, 8)),
    Fault("storage-full", "storage", "Dateiablage voll", full, (2, 8)),
    Fault("disk-full", "storage", "Platte des Webrechners voll", full_at_web, (2, 6)),
)
