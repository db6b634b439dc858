"""German words as the search compares them: folded, cut to stems, and what is near a misspelled one. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from threading import Lock

import snowballstemmer

MOST_TEXT = 100_000
"""Characters of a text that are looked at; no field of ours holds more."""
MOST_QUERY = 1000
MOST_WORDS = 8
"""Words of a query that count; whoever types more has pasted a text."""
MOST_PARTS = 5
"""Parts of a word with hyphens in a query that count."""
MOST_LETTERS = 60
SHORTEST_BEGINNING = 3
"""Letters from which on a word also finds longer ones that begin with it."""
TRUSTED_STEM = 5
"""Letters from which on a stem is no accident: «dat» of «Daten» would find Datteln too."""
SHORTEST_MISSPELLED, LONGEST_MISSPELLED = 4, 40

_TOKEN = re.compile(
    r"\d{1,3}(?:\.\d{3})+(?!\d)"  # 10.000
    r"|[^\W\d_]+(?:[*:_·]|/-?)in(?:nen)?(?![^\W_])"  # Bürger*innen
    r"|[^\W_]+(?:[-‐‑][^\W_]+)*"  # Feuerwehr, Shared-Service-Center, IKZ-2026-0001
)
_HYPHEN = re.compile("[-‐‑]")
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_SPELLED_OUT = re.compile(r"ae|oe|(?<![aeiouyäöüq])ue")
"""An umlaut in two letters; not in «neue», «Steuer», «Quelle»."""
_PLAIN = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "æ": "a", "œ": "o", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
_STEMMER = snowballstemmer.stemmer("german")
_ONE_AT_A_TIME = Lock()
"""The stemmer keeps the word it works on."""


@dataclass(frozen=True)
class Word:
    """A word as it stood in a text or query, and folded; one with hyphens also has parts, which may stand apart."""

    typed: str
    folded: str
    parts: tuple["Word", ...] = ()

    @property
    def stem(self) -> str:
        return stem(self.folded)

    @property
    def stems(self) -> tuple[str, ...]:
        """Everything under which the word is found."""
        return (self.stem, *(part.stem for part in self.parts))

    @property
    def beginnings(self) -> tuple[str, ...]:
        """With what the stem of a longer word has to begin so that this word finds it too."""
        if len(self.folded) < SHORTEST_BEGINNING or not self.folded.isalpha():
            return ()
        if len(self.stem) < TRUSTED_STEM:
            return (self.folded,)
        return (self.stem,) if self.folded.startswith(self.stem) else (self.stem, self.folded)

    @property
    def can_be_misspelled(self) -> bool:
        """Short words and numbers are always meant as they stand."""
        return SHORTEST_MISSPELLED <= len(self.folded) <= LONGEST_MISSPELLED and self.folded.isalpha()

    def finds(self, other: "Word") -> bool:
        """Say whether this word of a query finds the `other` of a text, or a part of this one does."""
        own = any(one == self.stem or one.startswith(self.beginnings) for one in other.stems)
        return own or any(part.finds(other) for part in self.parts)


def plain(text: str) -> str:
    """Return `text` in composed letters, without what nobody sees, and with single blanks."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def tokens(text: str) -> Iterator[tuple[Word, int, int]]:
    """Yield what is worth finding of a text made `plain`, each with its begin and end there."""
    for match in _TOKEN.finditer(text[:MOST_TEXT]):
        word = _word(match[0])
        if _says_something(word.folded):
            yield word, match.start(), match.end()


def words(text: str) -> Iterator[Word]:
    """Yield what is worth finding of any text: no words like «und», no single letters."""
    return (word for word, _, _ in tokens(plain(text[:MOST_TEXT])))


def query(text: str) -> tuple[Word, ...]:
    """Return the different words of what somebody typed, no more than MOST_WORDS."""
    different = {word.folded: word for word in islice(words(text[:MOST_QUERY]), MOST_WORDS)}
    return tuple(replace(word, parts=word.parts[:MOST_PARTS]) for word in different.values())


def column(text: str) -> str:
    """Return the different stems of a text as a document keeps them: between blanks, with one at each end."""
    different = dict.fromkeys(one for word in words(text) for one in word.stems if _says_something(one))
    return f" {' '.join(different)} " if different else ""


def fold(text: str) -> str:
    """Return letters and digits only, lower case, ß as ss, and ä, ae and a as the same."""
    composed = unicodedata.normalize("NFKC", text).casefold()
    short = _SPELLED_OUT.sub(lambda match: match[0][0], composed)
    apart = unicodedata.normalize("NFKD", short.translate(_PLAIN))
    return "".join(letter for letter in apart if letter.isalnum())[:MOST_LETTERS]


@lru_cache(maxsize=50_000)
def stem(folded: str) -> str:
    """Return the stem of a folded word; one with digits stays as it is."""
    if not folded.isalpha():
        return folded
    with _ONE_AT_A_TIME:
        return str(_STEMMER.stemWord(folded))


def deletions(folded: str) -> set[str]:
    """Return the word and what it becomes with any one letter left out.

    Two words that one mistake parts share one of these, so that an index finds the one by the other.
    """
    return {folded, *(folded[:place] + folded[place + 1 :] for place in range(len(folded)))}


def near(one: str, other: str) -> bool:
    """Say whether at most one mistake parts two words: a letter too many, too few or wrong, or two swapped.

    That is a Damerau-Levenshtein distance of at most 1.
    """
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    return max(len(left), len(right)) <= 1 or (len(left) == 2 and left == right[::-1])


@lru_cache(maxsize=50_000)
def _word(typed: str) -> Word:
    parts = _HYPHEN.split(typed)
    if len(parts) == 1 or "/" in typed:
        return Word(typed, fold(typed))
    apart = tuple(part for part in map(_word, parts) if _says_something(part.folded))
    return Word(typed, fold("".join(parts)), apart)


def _says_something(folded: str) -> bool:
    return folded not in STOP and (len(folded) > 1 or folded.isdigit())


_STOP = """
aber als also am an auch auf aus bei beim bis da damit dann das dass dem den denn der des dessen deren die dies diese
dieser dieses diesem diesen doch dort du durch ein eine einem einen einer eines er es etwa für gegen hat haben hier ich
ihr ihre ihrem ihren ihrer im in ins ist ja je kann können man mit nach nicht noch nun nur ob oder ohne sein seine
seinem seinen seiner seit sich sie sind so sowie über um und uns unser unsere unserem unseren unserer unter vom von vor
war waren was weil wenn wer werden wie wir wird wo zu zum zur zwischen
"""
STOP = frozenset(map(fold, _STOP.split()))
"""Words that stand everywhere and help nobody to find anything; none of them names a place or a thing."""
