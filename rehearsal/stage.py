"""What all acts share: the installation, the cast, the ledger, the clock, and how a crowd does something at once."""

import hashlib
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.db import OperationalError, close_old_connections, connection
from django.db.utils import InterfaceError

from landespreis import clock, health
from rehearsal.browser import Browser, NoAnswer
from rehearsal.cast import Cast
from rehearsal.installation import Installation
from rehearsal.ledger import Ledger
from rehearsal.machines import wait
from rehearsal.progress import Progress
from rehearsal.watching import Named, Watching
from submissions.models import Round

Someone = TypeVar("Someone")
Found = TypeVar("Found")
AT_ONCE = 8
"""People who do something at the same time, except in the rush."""
PERSISTENCE = 240
"""Seconds for which a person tries again."""


class GaveUp(Exception):
    """Somebody tried again and again, and it did not work."""


@dataclass
class Stage:
    installation: Installation
    cast: Cast
    round: Round
    progress: Progress
    ledger: Ledger = field(default_factory=Ledger)
    props: dict[str, Any] = field(default_factory=dict)
    """What one act leaves for later ones, by name; the act says what in its docstring."""

    per_second: float = 12
    """How many press in a second of the rush on average; by default less than what two web processes can do."""
    faults: bool = False
    """Whether something may fail at any time: then people begin to hurry earlier."""

    def browser(self, owner: str = "") -> Browser:
        """Return a browser; each named owner comes from an address of the network of their own."""
        return Browser(self.installation.port, Named(self.ledger, owner), _address(owner))

    @property
    def round_length(self) -> timedelta:
        """Return how long the window is."""
        return self.round.closes_at - self.round.opens_at

    def watched(self, who: str) -> Browser:
        """Return the browser of somebody of whom the ledger keeps every page they got."""
        return Browser(self.installation.port, Watching(self.ledger, who), _address(who))

    def at(self, moment: datetime) -> None:
        """Let it be `moment` for all processes."""
        clock.set_now(moment)

    def crowd(self, people: Iterable[Someone], does: Callable[[Someone], object], *, at_once: int = AT_ONCE) -> None:
        """Let all people do something, so many at once; the first error of any of them is raised at the end."""

        def one(person: Someone) -> None:
            try:
                does(person)
            finally:
                connection.close()
                self.progress.step()

        pool = ThreadPoolExecutor(at_once)
        try:
            for done in [pool.submit(one, person) for person in people]:
                done.result()
        except KeyboardInterrupt:  # who is on their way is not waited for
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        except Exception:
            pool.shutdown()
            raise
        pool.shutdown()

    def persist(self, what: str, step: Callable[[], Found], *, seconds: float = PERSISTENCE) -> Found:
        """Do `step` until it works, as somebody would who reloads the page: `step` looks first what stands there.

        A step fails with NoAnswer, with LookupError (another page than expected: an error page, for example), or, where
        it looks into the database, with the errors of a database that is away. Raises GaveUp.
        """
        end = time.monotonic() + seconds
        while True:
            try:
                return step()
            except (KeyError, IndexError):  # a mistake of the story's own, which no patience mends
                raise
            except (NoAnswer, LookupError, OperationalError, InterfaceError) as error:
                close_old_connections()
                if time.monotonic() > end:
                    raise GaveUp(f"{what}: {error}") from error
                time.sleep(0.3)

    def settle(self, seconds: float = 240) -> None:
        """Wait until nothing is owed any more; fail with what is."""
        left: dict[str, datetime] = {}

        def nothing_owed() -> bool:
            nonlocal left
            self.installation.revive()
            left = self.persist("look for what is owed", _owed)
            return not left

        try:
            wait(nothing_owed, "nothing is owed", seconds)
        except AssertionError as error:
            waiting = ", ".join(f"{kind} since {since:%H:%M:%S}" for kind, since in left.items())
            raise AssertionError(f"{error}, but {waiting} at {datetime.now(UTC):%H:%M:%S}") from None


def _address(owner: str) -> str:
    """Return an address out of those kept for measurements (RFC 2544), the same for the same owner."""
    number = int.from_bytes(hashlib.sha256(owner.encode()).digest()[:2])
    return f"198.18.{number >> 8}.{number & 255}"


def _owed() -> dict[str, datetime]:
    """Return of each kind that is owed since when."""
    return {kind: since for kind, since in health.oldest_owed().items() if since}
