"""Redis forgets everything, is killed, or does not answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from rehearsal.faults import Fault
from rehearsal.installation import Installation


@contextmanager
def flush(on: Installation, chance: Random) -> Iterator[None]:
    on.redis.flush()
    yield


@contextmanager
def kill(on: Installation, chance: Random) -> Iterator[None]:
    on.redis.kill()
    yield
    on.redis.start()


@contextmanager
def freeze(on: Installation, chance: Random) -> Iterator[None]:
    on.redis.freeze()
    try:
        yield
    finally:
        on.redis.thaw()


FAULTS = (
    Fault("flush-redis", "redis", "Redis hat alles vergessen", flush, (0, 0)),
    Fault("kill-redis", "redis", "Redis hart beendet", kill, (2, 15)),
    Fault("freeze-redis", "redis", "Redis antwortet nicht", freeze, (2, 10)),
)
