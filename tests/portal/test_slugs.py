"""Addresses made from German titles."""

import pytest

from portal import slugs


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Übung für Städte", "uebung-fuer-staedte"),
        ("Straße & Maß", "strasse-mass"),
        ("Café – naïve", "cafe-naive"),
        ("Zu\u00adsammen", "zusammen"),
        ("???", "eintrag"),
        ("漢字", "eintrag"),
    ],
)
def test_slug_spells_german(title: str, expected: str) -> None:
    assert slugs.slug(title) == expected


@pytest.mark.parametrize(("title", "expected"), [("eins zwei drei", "eins-zwei"), ("eins" * 5, "einseinseins")])
def test_slug_is_cut_between_words(title: str, expected: str) -> None:
    assert slugs.slug(title, most=12) == expected


def test_free_adds_a_number() -> None:
    assert slugs.free("start", {"start", "start-2"}) == "start-3"
    assert slugs.free("langer-name", {"langer-name"}, most=11) == "langer-na-2"
