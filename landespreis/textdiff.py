"""What differs between two texts, word by word, for showing them side by side: pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

MOST_WORDS = 4_000
MOST_PAIRS = 400_000
"""Above these a rewritten passage counts as changed as a whole: comparing it would take longer than a page may."""

Line = tuple[str, ...]


class Segment(NamedTuple):
    """A run of one text; `changed` says that the other text does not have it here."""

    text: str
    changed: bool


def segments(left: str, right: str) -> tuple[list[Segment], list[Segment]]:
    """Return both texts cut into segments; joined again they are the texts with line ends as LF.

    Lines are aligned first, then the words of the lines that differ. White space alone is never a difference, and a
    line end never lies in a changed segment.
    """
    left, right = _lf(left), _lf(right)
    lines_left, lines_right = _lines(left), _lines(right)
    changed_left: set[int] = set()
    changed_right: set[int] = set()
    starts_left, starts_right = _starts(lines_left), _starts(lines_right)
    for tag, a, b, c, d in SequenceMatcher(None, lines_left, lines_right, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        words_left = [word for line in lines_left[a:b] for word in line]
        words_right = [word for line in lines_right[c:d] for word in line]
        in_left, in_right = _changed_words(words_left, words_right)
        changed_left.update(starts_left[a] + place for place in in_left)
        changed_right.update(starts_right[c] + place for place in in_right)
    return _cut(left, changed_left), _cut(right, changed_right)


def paragraphs(cut: Iterable[Segment]) -> list[list[Segment]]:
    """Return the segments of one text by paragraph; blank lines part paragraphs, single line ends stay inside."""
    found: list[list[Segment]] = [[]]
    for segment in cut:
        first, *rest = re.split(r"\n[^\S\n]*\n\s*", segment.text)
        found[-1].append(Segment(first, segment.changed))
        found.extend([Segment(part, segment.changed)] for part in rest)
    kept = [[segment for segment in paragraph if segment.text] for paragraph in found]
    return [paragraph for paragraph in kept if any(segment.text.strip() for segment in paragraph)]


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _lines(text: str) -> list[Line]:
    return [tuple(line.split()) for line in text.split("\n") if line.strip()]


def _starts(lines: Sequence[Line]) -> list[int]:
    """Return for each line, and for the end, the number of words before it."""
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    return starts


def _changed_words(left: list[str], right: list[str]) -> tuple[list[int], list[int]]:
    """Return the places of the words that the other side lacks."""
    if not left or not right or not _affordable(left, right):
        return list(range(len(left))), list(range(len(right)))
    in_left: list[int] = []
    in_right: list[int] = []
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag != "equal":
            in_left.extend(range(a, b))
            in_right.extend(range(c, d))
    return in_left, in_right


def _affordable(left: list[str], right: list[str]) -> bool:
    if max(len(left), len(right)) > MOST_WORDS:
        return False
    on_right = Counter(right)
    return sum(times * on_right[word] for word, times in Counter(left).items()) <= MOST_PAIRS


def _cut(text: str, changed: set[int]) -> list[Segment]:
    """Join runs of equal kind; the space between two changed words belongs to them unless it ends a line."""
    found: list[Segment] = []
    for part, is_changed in _parts(text, changed):
        if found and found[-1].changed == is_changed:
            found[-1] = Segment(found[-1].text + part, is_changed)
        else:
            found.append(Segment(part, is_changed))
    return found


def _parts(text: str, changed: set[int]) -> Iterator[tuple[str, bool]]:
    place = 0
    for part in re.findall(r"\s+|\S+", text):
        if part.isspace():
            inside = place in changed and place - 1 in changed and "\n" not in part
            yield part, inside
        else:
            yield part, place in changed
            place += 1
