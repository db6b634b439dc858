"""The demo's portal content, all invented; each module fills one part up to a moment, moving the clock as it goes."""

from landespreis import clock
from portal.demo import content, events, newsletters, projects, proposals


def fill(phase: str) -> None:
    """Fill everything that stands in the portal at the clock's moment, and what is planned for later."""
    until = clock.now()
    for part in (content, projects, proposals, events, newsletters):
        part.fill(until)
