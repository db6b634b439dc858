"""Folding and stemming of German words, and what counts as one mistake."""

import pytest

from portal import stems


@pytest.mark.parametrize(("text", "column"), [
    ("Feuerwehren der Feuerwehr", " feuerwehr "),
    ("Straße, strasse, STRASSEN", " strass "),
    ("Münster Muenster Munster Mu\u0308nster", " munst "),
    ("Häuser und Haeuser", " haus "),
    ("Köln Koeln", " koln "),
    ("neue Steuer, Quelle, Bauer", " neu steu quell bau "),
    ("Bürger*innen, Bürger:innen, Bürger_innen, BürgerInnen, Bürger/-innen", " burg "),
    ("Shared-Service-Center", " sharedservicecent shared servic cent "),
    ("Feuer- und Rettungswache", " feu rettungswach "),
    ("E-Government", " egovernment government "),
    ("Nummer IKZ-2026-0001", " numm ikz20260001 ikz 2026 0001 "),
    ("10.000 € am 31.12.2025", " 10000 31 12 2025 "),
    ("2021/22, § 4, m²", " 2021 22 4 m2 "),
    ("Ver\u00adwal\u00adtung\u200b", " verwalt "),
    ("Łódź, Tromsø, Ærø", " lodz tromso aro "),
    ("a\0b % _ ' \\ & | ! ( ) : *", ""),
    ("und der die das", ""),
    ("😀 👨\u200d👩\u200d👧 …", ""),
    ("  \t\n", ""),
    ("", ""),
])  # fmt: skip
def test_column_holds_the_stems(text: str, column: str) -> None:
    assert stems.column(text) == column


@pytest.mark.parametrize("hostile", [
    "x" * 200_000, "a-" * 100_000, "a*in" * 50_000, "1.000" * 50_000, "\u0308" * 200_000, "ﷺ" * 10_000, "\udcff" * 99,
])  # fmt: skip
def test_stems_are_short_and_of_letters_and_digits(hostile: str) -> None:
    found = stems.column(hostile).split()

    assert all(stem.isalnum() and len(stem) <= stems.MOST_LETTERS for stem in found)
    assert sum(map(len, found)) <= stems.MOST_TEXT


def test_query_keeps_the_first_different_words() -> None:
    assert [word.typed for word in stems.query("Das Amt und das Amt, Bauhof")] == ["Amt", "Bauhof"]
    assert len(stems.query(" ".join(f"wort{n}" for n in range(500)))) == stems.MOST_WORDS
    assert len(stems.query("-".join(f"wort{n}" for n in range(50)))[0].parts) == stems.MOST_PARTS


@pytest.mark.parametrize(("query", "text", "finds"), [
    ("Feuerwehren", "Feuerwehr", True),
    ("Feuerwehr", "Feuerwehrhaus", True),
    ("Feuerwehren", "Feuerwehrhaus", True),
    ("Feuerwehrhaus", "Feuerwehr", False),
    ("Bau", "Bauakte", True),
    ("Daten", "Datenschutz", True),
    ("Daten", "Datteln", False),
    ("EU", "Euskirchen", False),
    ("2025", "20251", False),
    ("Service", "Shared-Service-Center", True),
    ("Shared-Service-Center", "Center", True),
    ("eGovernment", "E-Government", True),
])  # fmt: skip
def test_word_finds(query: str, text: str, finds: bool) -> None:
    (word,), (other,) = stems.query(query), stems.words(text)

    assert word.finds(other) is finds


@pytest.mark.parametrize(("one", "other", "is_near"), [
    ("feuerwehr", "feuerwehr", True),
    ("feuerwehr", "feuerwher", True),
    ("feuerwehr", "feurwehr", True),
    ("feuerwehr", "feuerrwehr", True),
    ("feuerwehr", "feuerwähr", True),
    ("feuerwehr", "euerwehr", True),
    ("feuerwehr", "feuerweh", True),
    ("feuerwehr", "feurweher", False),
    ("feuerwehr", "feuerwache", False),
    ("abcd", "badc", False),
    ("abab", "baba", False),
    ("aa", "aaa", True),
    ("", "a", True),
    ("", "ab", False),
])  # fmt: skip
def test_near_forgives_one_mistake(one: str, other: str, is_near: bool) -> None:
    assert stems.near(one, other) is is_near
    assert stems.near(other, one) is is_near
    if is_near:
        assert stems.deletions(one) & stems.deletions(other)


@pytest.mark.parametrize(("word", "can_be"), [
    ("Amt", False), ("Amts", True), ("2025", False), ("A46X", False), ("x" * 41, False),
])  # fmt: skip
def test_only_longer_words_can_be_misspelled(word: str, can_be: bool) -> None:
    assert stems.query(word)[0].can_be_misspelled is can_be
