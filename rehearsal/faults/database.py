"""The database is killed, stands still, or ends all connections in the middle of what they do."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from random import Random

import psycopg

from rehearsal.faults import Fault
from rehearsal.installation import Installation


@contextmanager
def kill(on: Installation, chance: Random) -> Iterator[None]:
    on.database.kill()
    yield
    on.database.start()


@contextmanager
def cut(on: Installation, chance: Random) -> Iterator[None]:
    """Several times, so that some are met in a transaction."""
    for _ in range(5):
        with suppress(psycopg.Error):
            on.database.cut()
        time.sleep(chance.uniform(0.05, 0.3))
    yield


@contextmanager
def freeze(on: Installation, chance: Random) -> Iterator[None]:
    on.database.freeze()
    try:
        yield
    finally:
        on.database.thaw()


FAULTS = (
    Fault("kill-database", "database", "PostgreSQL hart beendet, danach aus seinem Protokoll wiederhergestellt", kill),
    Fault("cut-database", "database", "alle Verbindungen zu PostgreSQL mitten in der Arbeit getrennt", cut, (0, 0)),
    Fault("freeze-database", "database", "PostgreSQL antwortet nicht", freeze, (2, 6)),
)
