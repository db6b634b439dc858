"""Placeholders like {name} in texts of staff: finding mistakes in them, and putting values in their place.

Nothing is ever executed: a placeholder is a word in braces, looked up once in the values; what it puts in is not read
again.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

WORD = re.compile(r"\{([a-z_]+)\}")
BRACE = re.compile(r"[{}]")
CONTEXT = 25
"""How many characters of the text name the place of a mistake."""


@dataclass(frozen=True)
class Placeholder:
    """A word that staff may write in braces, and what it stands for.

    Of a private one staff see `shown` in the preview; only the recipient reads its value.
    """

    key: str
    what: str
    shown: str = ""

    @property
    def is_private(self) -> bool:
        return bool(self.shown)

    def __str__(self) -> str:
        return f"{{{self.key}}}"


def used(text: str) -> set[str]:
    """Return the words that stand in braces."""
    return set(WORD.findall(text))


def mistakes(text: str, known: Iterable[Placeholder]) -> list[str]:
    """Return a German sentence for each unknown placeholder and each brace that belongs to none."""
    known = list(known)
    offered = f"Es gibt: {', '.join(map(str, known))}." if known else "Hier gibt es keine Platzhalter."
    keys = {row.key for row in known}
    unknown = [word for word in dict.fromkeys(_words(text)) if word not in keys]
    found = [f"Den Platzhalter {{{word}}} gibt es hier nicht. {offered}" for word in unknown]
    rest = re.sub(r"\{[^{}\n]*\}", lambda match: " " * len(match[0]), text)
    if brace := BRACE.search(rest):
        place = text[max(0, brace.start() - CONTEXT) : brace.end() + CONTEXT]
        found.append(
            f"Bei „{' '.join(place.split())}“ steht eine geschweifte Klammer allein. Ein Platzhalter hat vorn und "
            f"hinten eine. {offered}"
        )
    return found


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with the value of each placeholder; a word without a value stays as it is."""
    return WORD.sub(lambda match: str(values.get(match[1], match[0])), text)


def masked(values: Mapping[str, str], known: Iterable[Placeholder]) -> dict[str, str]:
    """Return the values as staff may see them."""
    return dict(values) | {row.key: row.shown for row in known if row.is_private}


def _words(text: str) -> list[str]:
    """Return what stands between two braces of a line, also what is no word at all."""
    return re.findall(r"\{([^{}\n]*)\}", text)
