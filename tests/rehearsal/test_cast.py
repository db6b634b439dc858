"""The cast: it follows from the seed, whoever asks first, and can be made to press in the last minutes altogether."""

from rehearsal import cast
from rehearsal.cast import Finish
from tests.rehearsal.conftest import PLACES

CATEGORIES = ["digitales", "kultur"]
MANY = [(f"0511{number:04d}", f"Stadt {number}") for number in range(200)]


def test_cast_follows_from_the_seed() -> None:
    assert cast.make(1, PLACES, CATEGORIES).digest == cast.make(1, PLACES, CATEGORIES).digest
    assert cast.make(1, PLACES, CATEGORIES).digest != cast.make(2, PLACES, CATEGORIES).digest


def test_make_lets_everything_happen_among_many() -> None:
    played = cast.make(1, MANY, CATEGORIES)

    assert {town.finish for town in played.leading} == set(Finish)
    assert {town.check for town in played.leading} == {"admit", "exclude", "return"}
    assert all(town.ags not in town.partners and 1 <= len(town.partners) <= 4 for town in played.towns)


def test_chance_of_one_matter_is_not_disturbed_by_another() -> None:
    played = cast.make(1, PLACES, CATEGORIES)
    expected = played.chance("rush", "05110001").random()
    played.chance("draft", "05110001").random()

    assert played.chance("rush", "05110001").random() == expected
    assert played.chance("rush", "05110002").random() != expected


def test_everybody_can_be_made_to_press_in_the_last_minutes() -> None:
    played = cast.make(1, PLACES, CATEGORIES)

    hurried = cast.in_the_last_minutes(played)

    assert [(town.leads, town.finish, town.withdraws) for town in hurried.towns] == [
        (True, Finish.LAST_MINUTES, False) for _ in PLACES
    ]
    assert [town.email for town in hurried.towns] == [town.email for town in played.towns]
