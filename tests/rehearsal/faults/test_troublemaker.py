"""Who strikes: in an order that follows from the seed, every kind before any comes again, and mends in the end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from random import Random

import pytest

from rehearsal.faults import Fault, kinds, troublemaker
from rehearsal.faults.troublemaker import Troublemaker
from rehearsal.installation import Installation
from rehearsal.machines import wait
from rehearsal.stage import Stage


def test_deck_follows_from_the_seed_and_knows_all_kinds() -> None:
    first, again = (list(islice(troublemaker._dealt(kinds.ALL, Random(7)), 2 * len(kinds.ALL))) for _ in range(2))

    assert first == again
    assert set(first[: len(kinds.ALL)]) == set(kinds.ALL) == set(first[len(kinds.ALL) :])


def test_interrupted_rehearsal_is_mended_and_not_waited_for(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    @contextmanager
    def harm(on: Installation, chance: Random) -> Iterator[None]:
        done.append("struck")
        yield
        done.append("mended")

    monkeypatch.setattr(troublemaker, "GAP", (0, 0))

    with pytest.raises(KeyboardInterrupt), Troublemaker(stage, [Fault("f", "web", "", harm, (60, 60))]):
        _interrupt_when(lambda: bool(done))

    assert done == ["struck", "mended"]
    assert [(outage.fault, outage.until is None, outage.well) for outage in stage.ledger.outages] == [
        ("f", False, None)
    ]


def test_fault_that_cannot_be_mended_ends_the_rehearsal(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def harm(on: Installation, chance: Random) -> Iterator[None]:
        yield
        raise OSError("port is taken")

    monkeypatch.setattr(troublemaker, "GAP", (0, 0))
    trouble = Troublemaker(stage, [Fault("f", "web", "", harm, (0, 0))])

    with pytest.raises(RuntimeError), trouble:
        wait(lambda: trouble.error, "it fails")


def _interrupt_when(condition: Callable[[], bool]) -> None:
    wait(condition, "it strikes")
    raise KeyboardInterrupt
