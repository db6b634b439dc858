"""The cast: it follows from the seed, and can be made to press in the last minutes altogether."""

from rehearsal import cast
from rehearsal.cast import Finish
from tests.rehearsal.conftest import PLACES

CATEGORIES = ["digitales", "kultur"]


def test_cast_follows_from_the_seed() -> None:
    assert cast.make(1, PLACES, CATEGORIES).digest == cast.make(1, PLACES, CATEGORIES).digest
    assert cast.make(1, PLACES, CATEGORIES).digest != cast.make(2, PLACES, CATEGORIES).digest


def test_everybody_can_be_made_to_press_in_the_last_minutes() -> None:
    played = cast.make(1, PLACES, CATEGORIES)

    hurried = cast.in_the_last_minutes(played)

    assert [(town.leads, town.finish, town.withdraws) for town in hurried.towns] == [
        (True, Finish.LAST_MINUTES, False) for _ in PLACES
    ]
    assert [town.email for town in hurried.towns] == [town.email for town in played.towns]
