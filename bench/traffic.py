"""Who works at a fixed rate: steps that are taken again and again, each at its own pace, and what was answered."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

from rehearsal.browser import NoAnswer, Page, Witness

SHOWN = 50
"""Failures that are told at once; the others are counted."""


@dataclass(frozen=True)
class Act:
    """A step and after how many seconds it is taken again; the step raises LookupError where it leads astray."""

    name: str
    every: float
    step: Callable[[], object]


@dataclass
class Counts(Witness):
    """All answers by their status (0 = none came), and what each step came to."""

    statuses: Counter[int] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def answered(self, method: str, page: Page) -> None:
        self.count(page.status)

    def unanswered(self, method: str, path: str, why: str) -> None:
        self.count(0)

    def fail(self, what: str) -> None:
        self.failed.append(what)
        if len(self.failed) <= SHOWN:
            print(what, flush=True)

    def count(self, status: int) -> None:
        with self._lock:
            self.statuses[status] += 1


def run(acts: Sequence[Act], counts: Counts, seconds: float) -> None:
    """Take all steps for so long, each in a thread of its own; who falls behind leaves out, and does not hurry."""
    over = Event()
    threads = [Thread(target=_repeat, args=(act, counts, over), name=act.name, daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    over.wait(seconds)
    over.set()
    for thread in threads:
        thread.join()


def _repeat(act: Act, counts: Counts, over: Event) -> None:
    due = time.monotonic() + act.every / 2
    while not over.wait(max(due - time.monotonic(), 0)):
        due = max(due + act.every, time.monotonic())
        try:
            act.step()
        except (NoAnswer, LookupError) as error:
            counts.fail(f"{act.name}: {type(error).__name__}: {error}")
        except Exception as error:  # a mistake of the measurement's own, which must not end unseen
            counts.fail(f"{act.name} itself: {type(error).__name__}: {error}")
        else:
            counts.done[act.name] += 1
