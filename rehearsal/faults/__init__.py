"""What goes wrong during a rehearsal: real kills and cuts, one module per component; each has FAULTS."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from random import Random

from rehearsal.installation import Installation

Strike = Callable[[Installation, Random], AbstractContextManager[None]]
"""Does the harm when it is entered and mends it when it is left."""


@dataclass(frozen=True)
class Fault:
    """One way in which a component fails, and for how many seconds."""

    name: str
    component: str
    says: str
    """What it is, for the report."""
    strike: Strike
    seconds: tuple[float, float] = (1, 4)
    storage: str = ""
    """The kind of storage it needs; empty = any."""
