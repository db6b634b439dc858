"""The virus scanner is away, hangs, or gives errors instead of verdicts."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from rehearsal.faults import Fault
from rehearsal.installation import Installation


@contextmanager
def close(on: Installation, chance: Random) -> Iterator[None]:
    on.scanner.close()
    try:
        yield
    finally:
        on.scanner.open()


@contextmanager
def hang(on: Installation, chance: Random) -> Iterator[None]:
    on.scanner.waits.clear()
    try:
        yield
    finally:
        on.scanner.waits.set()


@contextmanager
def err(on: Installation, chance: Random) -> Iterator[None]:
    on.scanner.errs = True
    try:
        yield
    finally:
        on.scanner.errs = False


FAULTS = (
    Fault("close-scanner", "scanner", "Virenscanner nicht erreichbar", close, (2, 8)),
    Fault("hang-scanner", "scanner", "Virenscanner antwortet nicht", hang, (2, 8)),
    Fault("fail-scanner", "scanner", "Virenscanner meldet Fehler", err, (2, 6)),
)
