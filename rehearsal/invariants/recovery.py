"""After every fault the portal did its work again."""

from collections.abc import Iterator

from rehearsal.invariants import Check, Finding, none
from rehearsal.stage import Stage


def recovered(stage: Stage) -> Iterator[Finding]:
    outages = stage.ledger.outages
    sick = [f"{outage.fault} um {outage.since:%H:%M:%S}" for outage in outages if outage.well is None]
    yield none("Nach jeder Störung arbeitete das Portal wieder", sick, len(outages))


CHECKS: tuple[Check, ...] = (recovered,)
