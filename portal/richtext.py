"""From what editors type to the HTML that is stored: a small Markdown, sanitised by an allow-list.

    ## Überschrift      ### Zwischenüberschrift      **fett**      *kursiv*      [Text](https://…)
    - Liste             1. Nummerierte Liste         > Zitat       ![Alternativtext](bild:7)

An empty line ends a paragraph, a single line end is kept. HTML has no meaning: it is shown as it was typed.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from html import escape

import nh3
from django.template.loader import render_to_string

from portal.models import Picture

TAGS = {
    "a", "blockquote", "br", "em", "figcaption", "figure", "h2", "h3", "img", "li", "ol", "p", "picture", "source",
    "strong", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href"},
    "figcaption": {"class"},
    "figure": {"class"},
    "img": {"alt", "decoding", "height", "loading", "sizes", "src", "srcset", "width"},
    "source": {"sizes", "srcset", "type"},
}
SCHEMES = {"http", "https", "mailto", "tel"}

_HEADING = re.compile(r"(#{1,6})\s+(.*\S)")
_BULLET = re.compile(r"[-*•]\s+(.*)")
_NUMBER = re.compile(r"\d{1,3}[.)]\s+(.*)")
_QUOTE = re.compile(r">\s?(.*)")
_PICTURE = re.compile(r"!\[([^\[\]]*)\]\(bild:([1-9][0-9]{0,8})\)")
"""One spelling for each number, so that a search for what shows a picture finds all of it."""
_TARGET = re.compile(r"(?:(?:https?|mailto|tel):\S|/(?!/)|#)\S*", re.IGNORECASE)
_INLINE = re.compile(
    r"\\(?P<literal>[\\*\[\]#>!.)-])"
    r"|\*\*(?P<strong>(?=\S)(?:[^*]|\*(?!\*)|\*(?=\*\*(?!\*)))+)\*\*"
    r"|(?<!\w)\*(?P<em>(?=\S)[^*]+)(?<=\S)\*(?!\w)"
    r"|(?<!!)\[(?P<text>[^\[\]]+)\]\((?P<target>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)"
)
"""A star inside a word is a word's: «Bürger*innen»."""


@dataclass
class Rendered:
    """The HTML to store, and in German what the writer has to change before it can be stored."""

    html: str = ""
    problems: list[str] = field(default_factory=list)


def render(source: str, *, headings: bool = True, pictures: Collection[int] | None = None) -> Rendered:
    """Return `source` as sanitised HTML with what is wrong in it.

    With `headings` they begin at level 2 and leave out no level; without, there are none, as in answers that stand
    below a heading of their own. Pictures must exist and have an alternative text; where `pictures` are given, no
    others exist.
    """
    numbers = picture_numbers(source)
    shown = numbers if pictures is None else numbers.intersection(pictures)
    return _Writer(headings, Picture.objects.in_bulk(shown) if shown else {}).write(source)


def sanitised(html: str) -> str:
    """Return `html` with nothing but what the allow-list names."""
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)


def picture_numbers(source: str) -> set[int]:
    """Return the numbers of the pictures that a text shows."""
    return {int(number) for _, number in _PICTURE.findall(source)}


class _Writer:
    """Turns one text into HTML, block by block, and remembers what it met on the way."""

    def __init__(self, headings: bool, pictures: dict[int, Picture]) -> None:
        self.headings = headings
        self.pictures = pictures
        self.level = 1
        self.done = Rendered()

    def write(self, source: str) -> Rendered:
        blocks = (self._block(lines) for lines in _blocks(source))
        self.done.html = sanitised("\n".join(blocks))
        self.done.problems = list(dict.fromkeys(self.done.problems))
        return self.done

    def _block(self, lines: list[str]) -> str:
        first = lines[0]
        if match := _HEADING.fullmatch(first):
            return self._heading(len(match[1]), match[2])
        if match := _PICTURE.fullmatch(first):
            return self._picture(match[1].strip(), int(match[2]))
        if _BULLET.match(first):
            return self._list("ul", _BULLET, lines)
        if _NUMBER.match(first):
            return self._list("ol", _NUMBER, lines)
        if _QUOTE.match(first):
            quoted = [match[1] if (match := _QUOTE.match(line)) else line for line in lines]
            return f"<blockquote><p>{self._lines(quoted)}</p></blockquote>"
        return f"<p>{self._lines(lines)}</p>"

    def _heading(self, level: int, text: str) -> str:
        if not self.headings:
            self._complain(
                f"„{text}“ ist eine Überschrift. In diesem Text sind keine vorgesehen; nehmen Sie Fettschrift."
            )
        elif level not in {2, 3}:
            self._complain(f"Schreiben Sie vor „{text}“ zwei Rauten (Überschrift) oder drei (Zwischenüberschrift).")
        elif level > self.level + 1:
            self._complain(f"Vor der Zwischenüberschrift „{text}“ fehlt eine Überschrift mit zwei Rauten.")
        self.level = level = min(max(level, 2), 3)
        return f"<h{level}>{self._inline(text)}</h{level}>"

    def _picture(self, alt: str, number: int) -> str:
        picture = self.pictures.get(number)
        if picture is None:
            self._complain(f"Ein Bild mit der Nummer {number} gibt es nicht. Die Nummern stehen bei den Bildern.")
            return ""
        if not alt:
            self._complain(f"Beschreiben Sie Bild {number} in den eckigen Klammern: ![Was zu sehen ist](bild:{number})")
        return render_to_string("portal/_figure.html", {"picture": picture, "alt": alt, "eager": False})

    def _list(self, tag: str, mark: re.Pattern[str], lines: list[str]) -> str:
        items: list[list[str]] = []
        for line in lines:
            if match := mark.match(line):
                items.append([match[1]])
            else:
                items[-1].append(line)
        inner = "".join(f"<li>{self._lines(item)}</li>" for item in items)
        return f"<{tag}>{inner}</{tag}>"

    def _lines(self, lines: Iterable[str]) -> str:
        return "<br>".join(self._inline(line) for line in lines)

    def _inline(self, text: str) -> str:
        if _PICTURE.search(text):
            self._complain("Ein Bild steht in einer eigenen Zeile, mit einer leeren Zeile davor und danach.")
        return "".join(self._pieces(text))

    def _pieces(self, text: str) -> Iterator[str]:
        end = 0
        for match in _INLINE.finditer(text):
            yield escape(text[end : match.start()])
            yield self._marked(match)
            end = match.end()
        yield escape(text[end:])

    def _marked(self, match: re.Match[str]) -> str:
        if match["literal"]:
            return escape(match["literal"])
        if match["strong"]:
            return f"<strong>{self._inline(match['strong'])}</strong>"
        if match["em"]:
            return f"<em>{self._inline(match['em'])}</em>"
        if not _TARGET.fullmatch(match["target"]):
            self._complain(
                f"Der Link „{match['text']}“ braucht ein Ziel, das mit https://, mailto:, tel: oder / beginnt."
            )
        return f'<a href="{escape(match["target"])}">{self._inline(match["text"])}</a>'

    def _complain(self, problem: str) -> None:
        self.done.problems.append(problem)


def _blocks(source: str) -> Iterator[list[str]]:
    """Cut a text into blocks of lines; a heading, a picture and the start of another kind of block stand alone."""
    block: list[str] = []
    for raw in [*source.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        line = raw.strip()
        if block and (not line or _begins(line, block[0])):
            yield block
            block = []
        if line:
            block.append(line)


def _begins(line: str, first: str) -> bool:
    """Say whether `line` ends the block that began with `first`."""
    single: tuple[Callable[[str], object], ...] = (_HEADING.fullmatch, _PICTURE.fullmatch)
    if any(is_single(line) or is_single(first) for is_single in single):
        return True
    return any(mark.match(line) and not mark.match(first) for mark in (_BULLET, _NUMBER, _QUOTE))
