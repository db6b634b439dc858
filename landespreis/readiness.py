"""Whether a round can be announced: what each app has to say about it, and what each takes over into the next one.

An app says it in a module `readiness` with a function `points(round, user, now)`. Where rows of it belong to a round,
the module has `carry_over(old, new)` as well, which copies them into the new one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.contrib.auth.models import PermissionsMixin
from django.db.models import Model

APPS = ("submissions", "jury", "portal")
"""In the order in which they are shown."""


class State(Enum):
    """How a point stands; only what is missing keeps a round from being announced."""

    OK = "ok"
    MISSING = "missing"
    NOTE = "note"


@dataclass(frozen=True)
class Point:
    """One thing that was looked at: what, what there is to say about it, and where it is put right."""

    state: State
    label: str
    reason: str = ""
    url: str = ""

    @property
    def sign(self) -> str:
        return {State.OK: "done", State.MISSING: "error", State.NOTE: "changed"}[self.state]

    @property
    def word(self) -> str:
        return {State.OK: "in Ordnung", State.MISSING: "fehlt", State.NOTE: "Hinweis"}[self.state]


def points(round: Model, user: PermissionsMixin, now: datetime) -> list[Point]:
    """Return all points of all apps; links lead only where the person may go."""
    return [point for module in _modules() for point in module.points(round, user, now)]


def missing(found: Sequence[Point]) -> list[Point]:
    return [point for point in found if point.state is State.MISSING]


def carry_over(old: Model, new: Model) -> None:
    """Let every app copy its rows of `old` into `new`; call it inside the transaction of the copy."""
    for module in _modules():
        if hasattr(module, "carry_over"):
            module.carry_over(old, new)


def judged(label: str, reason: str, url: str = "", *, fine: str = "", otherwise: State = State.MISSING) -> Point:
    """Return a point that is in order when there is no `reason` against it; then it says `fine`."""
    return Point(otherwise, label, reason, url) if reason else Point(State.OK, label, fine, url)


def _modules() -> Iterator[ModuleType]:
    for app in APPS:
        if find_spec(f"{app}.readiness"):
            yield import_module(f"{app}.readiness")
