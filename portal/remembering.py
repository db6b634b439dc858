"""What pages are made of and changes seldom: remembered in each process for as long as it holds.

Unlike kept pages these are values of the application, such as how many projects each value of a filter gives. A change
of what they rest on is a new edition, which a trigger counts in the transaction of the change itself; so no process
goes on with what another has changed.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, ClassVar, Generic, TypeVar

Value = TypeVar("Value")
Numbers = Mapping[str, int]
"""The number of every topic, as it was before anything of the page was read."""


@dataclass(frozen=True)
class Held(Generic[Value]):
    """A value, the editions that it rests on, and the award's time between `since` and `until` in which it holds."""

    value: Value
    editions: tuple[int, ...]
    since: datetime
    until: datetime | None


class Memory(Generic[Value]):
    """Values by key that rest on some topics: the latest used ones, up to a number of them; threads share it."""

    every: ClassVar[list["Memory[Any]"]] = []

    def __init__(self, *topics: str, most: int = 1) -> None:
        self.topics, self.most = topics, most
        self._held: OrderedDict[Hashable, Held[Value]] = OrderedDict()
        self._lock = Lock()
        Memory.every.append(self)

    def get(
        self,
        numbers: Numbers,
        now: datetime,
        make: Callable[[], Value],
        *,
        key: Hashable = (),
        until: Callable[[Value], datetime | None] = lambda value: None,
    ) -> Value:
        """Return the value of `key` as it is at `now`, made where none holds; `until` says how long a new one does.

        What is made was read after `numbers`. If something was changed in between it is newer than they say, and is
        made once more for nothing; it is never older.
        """
        editions = tuple(numbers.get(topic, 0) for topic in self.topics)
        with self._lock:
            held = self._held.get(key)
            if held and held.editions == editions and held.since <= now and (held.until is None or now < held.until):
                self._held.move_to_end(key)
                return held.value
        value = make()
        with self._lock:
            self._held[key] = Held(value, editions, now, until(value))
            self._held.move_to_end(key)
            if len(self._held) > self.most:
                self._held.popitem(last=False)
        return value

    def clear(self) -> None:
        with self._lock:
            self._held.clear()


def forget() -> None:
    """Let all be made anew."""
    for memory in Memory.every:
        memory.clear()
