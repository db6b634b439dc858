"""What people were told, in order: the other side of what the database says, compared at the end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from rehearsal.browser import Page, Witness

KEPT = 30_000
"""Characters of an error's page."""
REFUSING = 400
"""From this status on a page says that something did not work, and is kept."""
RECUSED = "recused"
"""A juror declared a bias: who=address, about=pk of the entry, since=just before; from then on they see nothing."""
SCORED = "scored"
"""A juror's sheet was finalised: who=key of the seat, about=pk of the entry, points."""
OPENED = "opened"
"""The office is about to open the Session of a category: about=its key."""
DECIDED = "decided"
"""A category was decided and locked: who=address of who presided, about=its key, number=the winner's label."""
PUBLISHED = "published"
"""The reporter found the winners on the public pages: about=key of the round."""
SIGNED_UP = "signed_up"
"""Somebody came into their account for the first time."""
SUBMITTED = "submitted"
"""About an entry: number, version, sha256 of the page that said so; began and ended of its request (ISO 8601, UTC);
pressed: whether that page was the answer to the button, or a look at it later."""
TOO_LATE = "too_late"
"""About an entry: the page named the deadline; began and ended as above."""
REFUSED = "refused"
"""About an entry or a page: it was not allowed, and the page said why."""
WITHDRAWN = "withdrawn"
"""About an entry."""
UPLOADED = "uploaded"
"""About an entry: name, and the sha256 of what the portal hands out again."""
ASKED = "asked"
"""Somebody wrote to the office by the contact form: who=address, about=words of the message."""
SUBSCRIBED = "subscribed"
UNSUBSCRIBED = "unsubscribed"
ISSUED = "issued"
"""An issue of the newsletter was released: about=its subject; it goes to who is subscribed at this line."""
WRITTEN = "written"
"""A circular was released: about=its subject, number=how many mails the page promised."""
SEGREGATED = "segregated"
"""A retention run was done: about=its kind, entries=numbers of the entries it took."""


@dataclass(frozen=True)
class Line:
    """Somebody was told `what`; `at` is the machine's time, which landespreis.clock.told turns into the award's."""

    at: datetime
    who: str
    what: str
    about: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """One answer of the web. `status` 0 = none came, then `body` says why; bodies of errors only are kept.

    `who` got it: an address, or a name where there is none; empty = nobody knows.
    """

    began: datetime
    ended: datetime
    method: str
    path: str
    status: int
    body: str
    who: str = ""


@dataclass
class Outage:
    """A component that was made to fail; `until` is when it was mended, `well` when the portal did its work again."""

    component: str
    fault: str
    since: datetime
    until: datetime | None = None
    well: datetime | None = None


@dataclass(frozen=True)
class Seen:
    """A page that somebody got; `at` is the machine's time after its last byte."""

    at: datetime
    who: str
    path: str
    text: str


@dataclass
class Ledger(Witness):
    """Filled by many threads at once."""

    lines: list[Line] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    """Every page that a juror, a stranger or the public got: what must not be seen is looked for here."""
    _lock: Lock = field(default_factory=Lock, repr=False)

    def note(self, who: str, what: str, about: str = "", **detail: Any) -> None:
        with self._lock:
            self.lines.append(Line(now(), who, what, about, detail))

    def see(self, who: str, path: str, text: str) -> None:
        with self._lock:
            self.seen.append(Seen(now(), who, path, text))

    def told(self, what: str) -> list[Line]:
        return [line for line in self.lines if line.what == what]

    def answered(self, method: str, page: Page, who: str = "") -> None:
        began = datetime.fromtimestamp(time.time() - page.seconds, UTC)
        with self._lock:
            kept = page.body[:KEPT] if page.status >= REFUSING else ""
            self.answers.append(Answer(began, now(), method, page.path, page.status, kept, who))

    def unanswered(self, method: str, path: str, why: str) -> None:
        with self._lock:
            self.answers.append(Answer(now(), now(), method, path, 0, why))

    @contextmanager
    def outage(self, component: str, fault: str) -> Iterator[Outage]:
        """Write down that `component` fails while the block runs."""
        outage = Outage(component, fault, now())
        with self._lock:
            self.outages.append(outage)
        try:
            yield outage
        finally:
            outage.until = now()


def now() -> datetime:
    return datetime.now(UTC)
