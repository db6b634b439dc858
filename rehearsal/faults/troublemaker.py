"""Who strikes at moments that follow from the seed, sometimes at two components at once, and measures the recovery."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from random import Random
from threading import Event, Thread
from types import TracebackType
from typing import Self

from django.db import connection

from rehearsal.faults import Fault
from rehearsal.faults.recovery import PATIENCE, PAUSE, Recovery
from rehearsal.ledger import Outage, now
from rehearsal.stage import Stage

GAP = (1.0, 5.0)
"""Seconds between one recovery and the next fault, and as long again as half of the last one took."""
TWO_AT_ONCE = 0.25


class Troublemaker(Thread):
    """Makes trouble while the block runs that it is entered for; when it is left, everything is mended."""

    def __init__(self, stage: Stage, faults: Sequence[Fault]) -> None:
        super().__init__(name="trouble", daemon=True)
        self.stage = stage
        self.chance = stage.cast.chance("faults")
        self.deck = _dealt(faults, self.chance)
        self.over, self.abandoned = Event(), Event()
        self.error: BaseException | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Raises what made it stop, unless the block failed anyway."""
        if isinstance(error, KeyboardInterrupt):
            self.abandoned.set()
        self.over.set()
        self.join()
        if self.error and error is None:
            raise RuntimeError("a fault could not be made or mended") from self.error

    def run(self) -> None:
        try:
            took = 0.0
            while not self.over.wait(self.chance.uniform(*GAP) + took / 2):
                begin = time.monotonic()
                first = next(self.deck)
                second = next(self.deck) if self.chance.random() < TWO_AT_ONCE else None
                self.strike([first, second] if second and second.component != first.component else [first])
                took = time.monotonic() - begin
        except BaseException as error:  # told to who waits for this thread
            self.error = error
        finally:
            connection.close()

    def strike(self, faults: Sequence[Fault]) -> None:
        """Do the harm, let it last, mend it and wait until all is well or patience ends."""
        seconds = max(self.chance.uniform(*fault.seconds) for fault in faults)
        outages: list[Outage] = []
        with ExitStack() as harm:
            for fault in faults:
                outages.append(harm.enter_context(self.stage.ledger.outage(fault.component, fault.name)))
                harm.enter_context(fault.strike(self.stage.installation, self.chance))
            self.over.wait(seconds)
        recovery, end = Recovery(self.stage.installation), time.monotonic() + PATIENCE
        while time.monotonic() < end and not self.abandoned.is_set():
            self.stage.installation.revive()
            if recovery.well():
                for outage in outages:
                    outage.well = now()
                return
            time.sleep(PAUSE)


def _dealt(faults: Sequence[Fault], chance: Random) -> Iterator[Fault]:
    """Yield all faults in an order of chance, and then again in another."""
    while True:
        yield from chance.sample(list(faults), len(faults))
