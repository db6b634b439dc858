"""The place of the files is gone, full, slow or silent, or the disk of the web host is full."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

from rehearsal.bucket import Bucket
from rehearsal.faults import Fault
from rehearsal.installation import PATIENT, S3, Installation

FULL = 4096
"""Bytes that a file may still have on a full disk. Also the logs of the processes stand still then."""


@contextmanager
def gone(on: Installation, chance: Random) -> Iterator[None]:
    """The bucket refuses connections, hangs up or sends everybody away; a file stands where the folder was.

    The place of the folder is changed in one step, as an unmount would.
    """
    if on.bucket:
        with chance.choice((_closed, _dropping, _busy))(on.bucket):
            yield
        return
    nothing = on.folder / "no-storage"
    nothing.touch()
    _point(on.files, nothing)
    try:
        yield
    finally:
        _point(on.files, on.storage)


@contextmanager
def full(on: Installation, chance: Random) -> Iterator[None]:
    if on.bucket:
        on.bucket.full = True
        try:
            yield
        finally:
            on.bucket.full = False
        return
    with _limited(on, "web", "worker"):
        yield


@contextmanager
def slow(on: Installation, chance: Random) -> Iterator[None]:
    """Every question takes seconds: some are answered just in time, some just too late."""
    bucket = _bucket(on)
    bucket.seconds = chance.uniform(0.6, 1.4) * PATIENT
    try:
        yield
    finally:
        bucket.seconds = 0


@contextmanager
def hang(on: Installation, chance: Random) -> Iterator[None]:
    """Nothing is answered; what was asked is done afterwards, though whoever asked has given up."""
    bucket = _bucket(on)
    bucket.waits.clear()
    try:
        yield
    finally:
        bucket.waits.set()


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


@contextmanager
def _closed(bucket: Bucket) -> Iterator[None]:
    bucket.close()
    try:
        yield
    finally:
        bucket.open()


@contextmanager
def _dropping(bucket: Bucket) -> Iterator[None]:
    bucket.drops = True
    try:
        yield
    finally:
        bucket.drops = False


@contextmanager
def _busy(bucket: Bucket) -> Iterator[None]:
    bucket.busy = True
    try:
        yield
    finally:
        bucket.busy = False


def _bucket(on: Installation) -> Bucket:
    assert on.bucket, "only a bucket can do that"
    return on.bucket


def _point(link: Path, target: Path) -> None:
    fresh = link.with_name("files.fresh")
    fresh.symlink_to(target)
    fresh.replace(link)


FAULTS = (
    Fault("storage-gone", "storage", "Dateiablage nicht erreichbar", gone, (2, 8)),
    Fault("storage-full", "storage", "Dateiablage voll", full, (2, 8)),
    Fault("storage-slow", "storage", "Dateiablage braucht Sekunden für jede Antwort", slow, (4, 10), S3),
    Fault("storage-hangs", "storage", "Dateiablage antwortet nicht und tut alles nachträglich", hang, (4, 10), S3),
    Fault("disk-full", "storage", "Platte des Webrechners voll", full_at_web, (2, 6)),
)
