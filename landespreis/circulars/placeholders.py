"""Placeholders like {name} in texts of staff: finding mistakes in them, and putting values in their place.

Nothing is ever executed: a placeholder is a word in braces, looked up once in the values; what it puts in is not read
again.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

WORD = re.compile(r"\{([a-z_]+)\}")
BRACED = re.compile(r"\{([^{}\n]*)\}")
"""What looks like a placeholder, also when there is no word in it."""
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
    unknown = [word for word in dict.fromkeys(BRACED.findall(text)) if word not in keys]
    found = [f"Den Platzhalter {{{word}}} gibt es hier nicht." for word in unknown]
    alone = [line for line in text.splitlines() if BRACE.search(BRACED.sub("", line))]
    found += [f"Bei „{_clipped(line)}“ steht eine geschweifte Klammer allein." for line in alone[:1]]
    return [*found[:-1], f"{found[-1]} {offered}"] if found else []


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with the value of each placeholder; a word without a value stays as it is."""
    return WORD.sub(lambda match: str(values.get(match[1], match[0])), text)


def masked(values: Mapping[str, str], known: Iterable[Placeholder]) -> dict[str, str]:
    """Return the values as staff may see them."""
    return dict(values) | {row.key: row.shown for row in known if row.is_private}


def _clipped(line: str) -> str:
    """Return the line about its first lonely brace."""
    rest = BRACED.sub(lambda match: " " * len(match[0]), line)
    place = next(iter(BRACE.finditer(rest))).start()
    return line[max(0, place - CONTEXT) : place + CONTEXT].strip()
