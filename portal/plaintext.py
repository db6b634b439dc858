"""Stored HTML as plain text, and as HTML for mailboxes: pure, for what `portal.richtext` lets through."""

import re
import textwrap
from html import escape
from html.parser import HTMLParser

WIDTH = 72
_FIGURE = re.compile(r"<figure.*?</figure>", re.DOTALL)
_ALT = re.compile(r'<img[^>]*\salt="([^"]*)"')
_LOCAL = re.compile(r'(<a href=")(?=[/#])')


def text(html: str, *, base: str) -> str:
    """Return what `html` says, in lines of at most 72 letters, each link with its whole address behind it."""
    reader = _Reader(base)
    reader.feed(html)
    reader.close()
    return "\n\n".join(reader.blocks())


def wrapped(line: str, *, first: str = "", others: str = "") -> str:
    """Break one line at blanks; addresses stay whole."""
    return textwrap.fill(
        line, WIDTH, initial_indent=first, subsequent_indent=others, break_long_words=False, break_on_hyphens=False
    )


def for_mailboxes(html: str, *, base: str) -> str:
    """Return `html` with whole addresses, and with what pictures show as words: a mail loads nothing from elsewhere."""
    return _LOCAL.sub(rf"\g<1>{escape(base)}", _FIGURE.sub(_described, html))


def _described(figure: re.Match[str]) -> str:
    alt = _ALT.search(figure[0])
    return f'<p class="small">Bild: {alt[1]}</p>' if alt and alt[1] else ""


class _Reader(HTMLParser):
    """Gathers blocks of text; a list's items are one block."""

    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base = base
        self.done: list[str] = []
        self.line = ""
        self.items: list[str] = []
        self.lists: list[int] = []
        self.link, self.stands_alone = "", False
        self.quoted = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in {"ul", "ol"}:
            self.lists.append(0 if tag == "ul" else 1)
        elif tag == "br":
            self.line += "\n"
        elif tag == "blockquote":
            self.quoted = True
        elif tag == "a":
            self.link, self.stands_alone = self._whole(told.get("href") or ""), not self.line.strip()
        elif tag == "img" and told.get("alt"):
            self.line += f"[Bild: {told['alt']}]\n"

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.link:
            self._name_link()
        elif tag == "li":
            self._end_item()
        elif tag in {"ul", "ol"} and self.lists:
            self.lists.pop()
            self.done.append("\n".join(self.items))
            self.items = []
        elif tag in {"p", "h2", "h3", "figure"}:
            self._end_block()
        elif tag == "blockquote":
            self.quoted = False

    def handle_data(self, data: str) -> None:
        self.line += " ".join(data.split("\n"))

    def blocks(self) -> list[str]:
        self._end_block()
        return [block for block in self.done if block]

    def _whole(self, address: str) -> str:
        return f"{self.base}{address}" if address.startswith(("/", "#")) else address.removeprefix("mailto:")

    def _name_link(self) -> None:
        """Put the address behind the words of a link that are not the address itself."""
        if not self.line.rstrip().endswith(self.link):
            self.line += f": {self.link}" if self.stands_alone else f" <{self.link}>"
        self.link = ""

    def _end_item(self) -> None:
        number = self.lists[-1] if self.lists else 0
        mark = f"{number}. " if number else "- "
        if number:
            self.lists[-1] += 1
        self.items.append(wrapped(" ".join(self.line.split()), first=mark, others=" " * len(mark)))
        self.line = ""

    def _end_block(self) -> None:
        mark = "> " if self.quoted else ""
        lines = [" ".join(line.split()) for line in self.line.split("\n")]
        self.done.append("\n".join(wrapped(line, first=mark, others=mark) for line in lines if line))
        self.line = ""
