"""The piece of a text around what was found, in pieces that are marked or not. Pure; templates escape every piece."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from portal import stems
from portal.stems import Word

LENGTH = 260
BEFORE = 80
"""Characters that stand before the first word found, so that one reads what it is about."""
Finds = Callable[[Word], bool]


@dataclass(frozen=True)
class Piece:
    text: str
    is_found: bool = False


def marked(text: str, finds: Finds) -> list[Piece]:
    """Return all of a plain text with the words that were found as pieces of their own."""
    return list(_pieces(text, finds))


def best(summary: str, text: str, finds: Finds) -> list[Piece]:
    """Return what tells most about a hit: its summary if a word stands there, else the text around a word, else how
    the summary or the text begins."""
    for candidate in (summary, text):
        place = _first(candidate, finds)
        if place is not None:
            return list(_pieces(_window(candidate, place), finds))
    return [Piece(_window(summary or text, 0))]


def _first(text: str, finds: Finds) -> int | None:
    return next((begin for word, begin, _ in stems.tokens(text) if finds(word)), None)


def _window(text: str, place: int) -> str:
    """Return LENGTH characters of the text around a place, from word to word; dots stand for what is left out."""
    begin = 0 if len(text) <= LENGTH or place <= BEFORE else text.rfind(" ", 0, place - BEFORE) + 1
    end = begin + LENGTH
    if end >= len(text):
        return f"… {text[begin:]}" if begin else text
    cut = text.rfind(" ", begin + BEFORE, end)
    return f"{'… ' if begin else ''}{text[begin : cut if cut > place else end]} …"


def _pieces(text: str, finds: Finds) -> Iterator[Piece]:
    done = 0
    for word, begin, end in stems.tokens(text):
        if finds(word):
            if begin > done:
                yield Piece(text[done:begin])
            yield Piece(text[begin:end], is_found=True)
            done = end
    if done < len(text):
        yield Piece(text[done:])
