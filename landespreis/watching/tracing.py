"""To which request or task what happens at this moment belongs: every line of the log says it."""

import re
import secrets
from contextvars import ContextVar
from typing import NamedTuple

WELL_FORMED = re.compile(r"[A-Za-z0-9-]{8,64}")
MOST = 10
"""So many requests are named by one message to the worker; a rush gathers more, and their lines are there anyway."""


class Work(NamedTuple):
    """A task of the worker: its id and its name; both empty outside of one."""

    id: str
    name: str


NOTHING = Work("", "")
_request: ContextVar[str] = ContextVar("request", default="")
_work: ContextVar[Work] = ContextVar("work", default=NOTHING)


def new_id() -> str:
    return secrets.token_hex(8)


def is_well_formed(given: str) -> bool:
    return WELL_FORMED.fullmatch(given) is not None


def begin(request_id: str, work: Work = NOTHING) -> None:
    """Let all that follows in this thread belong to a request, or to a task and the requests that woke it."""
    _request.set(request_id)
    _work.set(work)


def end() -> None:
    begin("")


def request_id() -> str:
    """Return the id of the running request; in a task those of the requests that woke it, parted by spaces."""
    return _request.get()


def work() -> Work:
    return _work.get()


def gathered(ids: str, more: str) -> str:
    """Return `ids` with what of `more` is not among them, as long as they are few."""
    if not ids or ids == more:
        return more
    known = ids.split()
    return " ".join([*known, *(one for one in more.split() if one not in known)][:MOST])
