"""The one that looks at the clock dies, or there are two of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from rehearsal.faults import Fault
from rehearsal.installation import Installation


@contextmanager
def kill(on: Installation, chance: Random) -> Iterator[None]:
    on.kill("beat")
    yield
    on.start("beat")


@contextmanager
def two(on: Installation, chance: Random) -> Iterator[None]:
    second = on.start("beat")
    yield
    on.end(second)


FAULTS = (
    Fault("kill-beat", "beat", "Taktgeber hart beendet", kill, (1, 6)),
    Fault("two-beats", "beat", "zwei Taktgeber zugleich", two, (5, 10)),
)
