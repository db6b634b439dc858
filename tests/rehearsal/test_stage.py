"""What all acts share: people from addresses of their own, who try again, alone and in a crowd."""

import pytest

from rehearsal.browser import NoAnswer
from rehearsal.stage import GaveUp, Stage


def test_browser_comes_from_the_same_address_for_the_same_owner(stage: Stage) -> None:
    addresses = [stage.browser(owner).address for owner in ("a@stadt.example", "a@stadt.example", "b@stadt.example")]

    assert addresses[0] == addresses[1]
    assert addresses[0] != addresses[2]
    assert all(address.startswith("198.18.") for address in addresses)


@pytest.mark.parametrize("error", [NoAnswer("away"), LookupError("another page")])
def test_persist_tries_again_until_it_works(stage: Stage, error: Exception) -> None:
    outcomes = iter([error, "done"])

    def step() -> str:
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    assert stage.persist("try", step) == "done"


def test_persist_gives_up_and_says_what_and_why(stage: Stage) -> None:
    def step() -> None:
        raise LookupError("another page")

    with pytest.raises(GaveUp, match="write: another page"):
        stage.persist("write", step, seconds=0)


def test_persist_lets_an_error_of_its_own_through(stage: Stage) -> None:
    def step() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stage.persist("write", step)


def test_crowd_lets_everybody_do_it_and_raises_the_first_error(stage: Stage) -> None:
    done: list[int] = []

    def does(number: int) -> None:
        done.append(number)
        if number == 2:
            raise LookupError(f"{number} failed")

    with pytest.raises(LookupError, match="2 failed"):
        stage.crowd(range(4), does, at_once=2)

    assert sorted(done) == [0, 1, 2, 3]
