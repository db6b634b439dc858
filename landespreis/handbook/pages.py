"""From the files of docs/handbuch to pages of the admin: read once per process, their links and pictures rewritten.

The files stand on their own, too, wherever Markdown is shown; so links between them are relative. `README.md` is the
first page, and its list below `ALL` says which pages there are, and in which order.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import nh3
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

FOLDER = Path(settings.BASE_DIR) / "docs" / "handbuch"
PICTURES = FOLDER / "bilder"
FIRST = "README"
ALL = "## Alle Seiten"
FILE = re.compile(r"([a-z][a-z-]*)\.md")
LISTED = re.compile(rf"\]\({FILE.pattern}\)")
PICTURE = re.compile(r"\d{2}-[a-z0-9-]+\.png")
SHOWN = "bilder/"
"""How the address of a picture begins in a file."""
TAGS = {
    "a", "br", "code", "div", "em", "h2", "h3", "img", "li", "ol", "p", "pre", "strong", "table", "tbody", "td", "th",
    "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"class", "href"},
    "div": {"aria-label", "class", "role", "tabindex"},
    "h2": {"id"},
    "h3": {"id"},
    "img": {"alt", "loading", "src"},
    "ol": {"start"},
    "th": {"scope"},
}


@dataclass(frozen=True)
class Heading:
    """A heading of the second level, and what its address ends in."""

    anchor: str
    title: str


@dataclass(frozen=True)
class Page:
    """A file as it is shown; `key` is its name, `headings` are its table of contents."""

    key: str
    title: str
    html: SafeString
    headings: tuple[Heading, ...]

    @property
    def url(self) -> str:
        return url_of(self.key)


@cache
def pages() -> dict[str, Page]:
    """Return all pages but the first, by their key and in their order; none where the files are not installed."""
    if not is_installed():
        return {}
    listed = _read(FIRST).partition(ALL)[2]
    return {key: shown(key, _read(key)) for key in dict.fromkeys(LISTED.findall(listed))}


@cache
def first() -> Page:
    """Return the page that leads to the others."""
    return shown(FIRST, _read(FIRST))


def is_installed() -> bool:
    """Say whether there are files at all: every page of the admin asks, and none may fail for it."""
    return (FOLDER / f"{FIRST}.md").is_file()


def beside(key: str) -> tuple[Page | None, Page | None]:
    """Return the page before and the page after the one of that key."""
    rows = list(pages().values())
    place = list(pages()).index(key)
    return (rows[place - 1] if place else None), (rows[place + 1] if place + 1 < len(rows) else None)


def picture(name: str) -> Path | None:
    """Return where the picture of that name lies; nothing but pictures of the handbook has such a name."""
    path = PICTURES / name
    return path if PICTURE.fullmatch(name) and path.is_file() else None


def url_of(key: str) -> str:
    return reverse("admin:handbook") if key == FIRST else reverse("admin:handbook_page", args=[key])


def anchor(title: str) -> str:
    """Return what the address of a heading ends in, as it is where the files themselves are shown."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def target(href: str) -> str:
    """Return where a link of a file leads in the admin; one that leaves the handbook stays as it is."""
    name, mark, place = href.partition("#")
    known = FILE.fullmatch(name)
    if name == f"{FIRST}.md" or known:
        return f"{url_of(known[1] if known else FIRST)}{mark}{place}"
    return href


def shown(key: str, text: str) -> Page:
    """Return the page that `text` is, sanitised; it begins with a heading of the first level, which is its title."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    title, *body = _parts(tokens)
    headings = tuple(
        Heading(anchor(after.content), after.content)
        for token, after in pairwise(tokens)
        if token.type == "heading_open" and token.tag == "h2"
    )
    html = parser.renderer.render(list(_rewritten(body)), parser.options, {})
    safe = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"https", "mailto"}, link_rel=None)
    return Page(key, title.content, mark_safe(safe), headings)  # noqa: S308  # sanitised


def _read(key: str) -> str:
    return (FOLDER / f"{key}.md").read_text(encoding="utf-8")


def _parts(tokens: list[Token]) -> list[Token]:
    """Return the words of the heading of the first level, which every file begins with, and the tokens after it."""
    return [tokens[1], *tokens[3:]]


def _rewritten(tokens: list[Token]) -> Iterator[Token]:
    """Yield the tokens with anchors at the headings, frames around the tables, and addresses of the admin."""
    heading = ""
    for token, after in zip(tokens, [*tokens[1:], Token("", "", 0)], strict=True):
        if token.type == "heading_open":
            heading = after.content
            token.attrSet("id", anchor(heading))
        if token.type == "th_open":
            token.attrSet("scope", "col")
        if token.type == "table_open":
            yield _raw(f'<div class="lp-adm-scroll" tabindex="0" role="group" aria-label="Tabelle: {_plain(heading)}">')
        if token.children:
            token.children = list(_inline(token.children))
        yield token
        if token.type == "table_close":
            yield _raw("</div>")


def _inline(children: list[Token]) -> Iterator[Token]:
    """Yield the tokens of a line; a picture leads to itself, since it can only be read large."""
    for token in children:
        if token.type == "link_open":
            token.attrSet("href", target(str(token.attrGet("href"))))
        if token.type != "image":
            yield token
            continue
        name = str(token.attrGet("src")).removeprefix(SHOWN)
        url = reverse("admin:handbook_picture", args=[name])
        token.attrs |= {"src": url, "loading": "lazy"}
        yield Token("link_open", "a", 1, attrs={"href": url, "class": "hb-picture"})
        yield token
        yield Token("link_close", "a", -1)


def _raw(html: str) -> Token:
    return Token("html_block", "", 0, content=html)


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;")
