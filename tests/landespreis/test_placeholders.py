"""Placeholders: mistakes are named, values are put in once, and nothing is ever executed."""

import pytest

from landespreis.circulars import paragraphs, placeholders
from landespreis.circulars.placeholders import Placeholder

KNOWN = (Placeholder("name", "der Name"), Placeholder("titel", "der Titel", "(Titel des Entwurfs)"))
OFFERED = "Es gibt: {name}, {titel}."


@pytest.mark.parametrize("text", ["", "Ohne.", "{name}", "Guten Tag {name}, „{titel}“", "{name}{name}"])
def test_mistakes_finds_none(text: str) -> None:
    assert placeholders.mistakes(text, KNOWN) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Hallo {vorname}", "Den Platzhalter {vorname} gibt es hier nicht."),
        ("{Name}", "Den Platzhalter {Name} gibt es hier nicht."),
        ("{ name }", "Den Platzhalter { name } gibt es hier nicht."),
        ("{}", "Den Platzhalter {} gibt es hier nicht."),
        ("{name.__class__}", "Den Platzhalter {name.__class__} gibt es hier nicht."),
        ("{name!r:>30}", "Den Platzhalter {name!r:>30} gibt es hier nicht."),
        ("Hallo {name", "Bei „Hallo {name“ steht eine geschweifte Klammer allein."),
        ("Hallo name}", "Bei „Hallo name}“ steht eine geschweifte Klammer allein."),
        ("{{name}}", "Bei „{{name}}“ steht eine geschweifte Klammer allein."),
        ("{name\n}", "Bei „{name“ steht eine geschweifte Klammer allein."),
    ],
)
def test_mistakes_names_the_mistake_and_what_there_is(text: str, sentence: str) -> None:
    assert placeholders.mistakes(text, KNOWN) == [f"{sentence} {OFFERED}"]


def test_mistakes_names_each_once() -> None:
    found = placeholders.mistakes("{a} {a} {b}", KNOWN)

    assert [sentence.split(" gibt")[0] for sentence in found] == ["Den Platzhalter {a}", "Den Platzhalter {b}"]


def test_mistakes_says_when_there_is_nothing_to_choose() -> None:
    assert placeholders.mistakes("{name}", ())[0].endswith("Hier gibt es keine Platzhalter.")


def test_fill_puts_values_in_once() -> None:
    values = {"name": "{titel} {name.__class__}", "titel": "geheim"}

    assert placeholders.fill("{name}: {titel}", values) == "{titel} {name.__class__}: geheim"


def test_fill_leaves_what_has_no_value() -> None:
    assert placeholders.fill("{name} {x}", {"name": "Anna"}) == "Anna {x}"


def test_masked_hides_private_values_only() -> None:
    values = placeholders.masked({"name": "Anna", "titel": "PegelVerbund"}, KNOWN)

    assert values == {"name": "Anna", "titel": "(Titel des Entwurfs)"}


def test_paragraphs_escape_and_link() -> None:
    text = (
        'Guten Tag <b>\n\nhier: https://x.example/a?b=1&c=2.\nZwei "x"\n\n\n\njavascript:alert(1) (http://y.example/z)'
    )

    assert paragraphs.html(text) == (
        "<p>Guten Tag &lt;b&gt;</p>\n"
        '<p>hier: <a href="https://x.example/a?b=1&amp;c=2">https://x.example/a?b=1&amp;c=2</a>.<br>\n'
        "Zwei &quot;x&quot;</p>\n"
        '<p>javascript:alert(1) (<a href="http://y.example/z">http://y.example/z</a>)</p>'
    )
