"""The same seed tells the same story, whoever asks first."""

from rehearsal import cast

PLACES = [(f"0511{number:04d}", f"Stadt {number}") for number in range(200)]
CATEGORIES = ["krisen", "umwelt"]


def test_make_tells_the_same_story_for_the_same_seed() -> None:
    one, other, third = (cast.make(seed, PLACES, CATEGORIES) for seed in (1, 1, 2))

    assert one.towns == other.towns
    assert (one.digest == other.digest, one.digest == third.digest) == (True, False)


def test_make_lets_everything_happen_among_many() -> None:
    played = cast.make(1, PLACES, CATEGORIES)

    assert {town.finish for town in played.leading} == set(cast.Finish)
    assert {town.check for town in played.leading} == {"admit", "exclude", "return"}
    assert all(town.ags not in town.partners and 1 <= len(town.partners) <= 4 for town in played.towns)


def test_chance_of_one_matter_is_not_disturbed_by_another() -> None:
    played = cast.make(1, PLACES, CATEGORIES)
    expected = played.chance("rush", "05110001").random()
    played.chance("draft", "05110001").random()

    assert played.chance("rush", "05110001").random() == expected
    assert played.chance("rush", "05110002").random() != expected
