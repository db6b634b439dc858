"""The choice of faults."""

import pytest

from rehearsal.faults import kinds


def test_names_are_unique() -> None:
    names = [fault.name for fault in kinds.ALL]

    assert len(set(names)) == len(names)


def test_chosen_takes_all_or_those_named() -> None:
    assert kinds.chosen("alle") == kinds.ALL
    assert [fault.name for fault in kinds.chosen("flush-redis, kill-web")] == ["flush-redis", "kill-web"]
    assert kinds.chosen("") == []


def test_chosen_names_what_it_does_not_know() -> None:
    with pytest.raises(LookupError, match="kill-moon"):
        kinds.chosen("kill-web,kill-moon")
