"""From the answers of an entry to the text of its copy: marked text with headings; pure."""

import re
from collections.abc import Iterable, Mapping

HEADINGS = {
    "beschreibung": "Worum es geht",
    "gewinn": "Was es bringt",
    "innovation": "Was daran neu ist",
    "zukunft": "Wie es trägt und wem es nützt",
    "uebertragbarkeit": "So lässt es sich übertragen",
    "langfristigkeit": "Wie es auf Dauer gesichert ist",
}
"""Key of a question → heading for readers; other questions keep their own title."""
_INLINE = re.compile(r"[\\\[\]]|(?<!\w)\*|\*(?!\w)")
"""A star inside a word is no mark: «Bürger*innen» stays readable for who edits."""
_BEGINNING = re.compile(r"^(\s*)([#>]|-(?=\s))", re.MULTILINE)
_LINE_END = re.compile(r"\n+(?!\s*(?:[-*•·–]|\d{1,3}[.)])\s)")
"""The end of a line before anything but the next point of a list."""
_NUMBER = re.compile(r"^(\s*\d{1,3})([.)])(?=\s)", re.MULTILINE)


def text(answers: Iterable[Mapping[str, str]]) -> str:
    """Return the answers, each below its heading; empty ones are left out.

    Where a person ended a line a paragraph ends: forms know no other way, and as one block nobody reads it. Points of a
    list stay together.
    """
    told = [(HEADINGS.get(answer["key"], answer["title"]), _parted(answer["text"].strip())) for answer in answers]
    return "\n\n".join(f"## {escaped(heading)}\n\n{escaped(words)}" for heading, words in told if words)


def _parted(words: str) -> str:
    return _LINE_END.sub("\n\n", words.replace("\r\n", "\n").replace("\r", "\n"))


def escaped(words: str) -> str:
    """Return plain text as marked text that shows it letter by letter: no mark in it has a meaning."""
    plain = words.replace("\r\n", "\n").replace("\r", "\n")
    plain = _INLINE.sub(r"\\\g<0>", plain)
    return _NUMBER.sub(r"\1\\\2", _BEGINNING.sub(r"\1\\\2", plain))


def alternative(words: str) -> str:
    """Return an alternative text that can stand between square brackets."""
    return " ".join(words.translate(str.maketrans("[]", "()")).split())
