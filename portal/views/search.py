"""The search over everything public."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from landespreis import clock
from portal import caching, excerpts, finding, phases, stems
from portal.excerpts import Piece
from portal.finding import Wanted
from portal.models import Document, DocumentQuerySet
from portal.views import places
from portal.views.places import Found

PER_PAGE = 10
MOST_SHOWN = 300
"""Hits that can be leafed through: further ones are worth little, and the database would have to sort them all."""
MOST_TYPED = 200


@dataclass(frozen=True)
class Sort:
    """A kind of hits: its name in addresses, the column of documents, how many of it and one of it are called."""

    key: str
    kind: str
    name: str
    one: str


SORTS = (
    Sort("projekte", "project", "Projekte", "Projekt"),
    Sort("aktuelles", "news", "Aktuelles", "Meldung"),
    Sort("termine", "event", "Termine", "Termin"),
    Sort("fragen", "faq", "Fragen", "Frage und Antwort"),
    Sort("seiten", "page", "Seiten", "Seite"),
    Sort("downloads", "download", "Downloads", "Download"),
    Sort("newsletter", "newsletter", "Newsletter", "Newsletter"),
)
ONE = {sort.kind: sort.one for sort in SORTS}
PAGE = "page"


@dataclass(frozen=True)
class Hit:
    url: str
    kind: str
    day: datetime | None
    title: list[Piece]
    excerpt: list[Piece]


@dataclass(frozen=True)
class Tag:
    """A kind to choose, with how many hits it has; the first of them is all kinds."""

    name: str
    number: int
    query: str
    is_chosen: bool


@require_safe
@caching.public("search", finding.SPELLINGS, phases.TOPIC, params=("q", "art", "seite"), lasts=caching.next_minute)
def index(request: HttpRequest) -> HttpResponse:
    """Hits of all kinds or of one, the best first; an unknown kind is all of them, a page that is none the nearest."""
    now = clock.now()
    typed = _shown(request.GET.get("q", ""))
    numbers = caching.numbers(request)
    wanted = finding.read_again(typed, now, numbers)
    found = finding.documents(wanted, now)
    beside = places.find(wanted, now, numbers)
    tally = dict(found.tally()) if wanted.words else dict.fromkeys(ONE, 0)
    tally[PAGE] += len(beside.by_title) + len(beside.by_text)
    chosen = next((sort for sort in SORTS if sort.key == request.GET.get("art")), None)
    number = tally[chosen.kind] if chosen else sum(tally.values())
    page = Paginator(range(min(number, MOST_SHOWN)), PER_PAGE).get_page(request.GET.get("seite"))
    shown = found.of(chosen.kind) if chosen else found
    around = beside if chosen is None or chosen.kind == PAGE else places.NONE
    rows = list(_among(shown, around, number, page)) if number else []
    context = {
        "typed": typed,
        "wanted": wanted,
        "number": number,
        "chosen": chosen,
        "tags": _tags(typed, tally, chosen),
        "hits": [_hit(row, wanted) for row in rows],
        "meant": _meant(typed, wanted, finding.confirmed(wanted, rows)),
        "page": page,
        "numbers": list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)),
        "query": _query(typed, chosen) + "&",
        "is_cut": number > MOST_SHOWN and not page.has_next(),
    }
    return render(request, "portal/search.html", context)


def _among(shown: DocumentQuerySet, around: Found, number: int, page: Page[int]) -> Iterator[Document]:
    """Yield what stands on a leaf: places whose title says it come first, those that only mention it last."""
    first, last = around
    begin, end = page.start_index() - 1, page.end_index()
    yield from first[begin:end]
    begin, end = max(begin - len(first), 0), max(end - len(first), 0)
    if begin < end:
        yield from shown[begin:end]
    rest = number - len(first) - len(last)
    yield from last[max(begin - rest, 0) : max(end - rest, 0)]


def _query(typed: str, sort: Sort | None = None) -> str:
    return urlencode({"q": typed, "art": sort.key} if sort else {"q": typed})


def _tags(typed: str, tally: Mapping[str, int], chosen: Sort | None) -> list[Tag]:
    total = sum(tally.values())
    if not total:
        return []
    kinds = [
        Tag(sort.name, tally[sort.kind], _query(typed, sort), sort == chosen) for sort in SORTS if tally[sort.kind]
    ]
    return [Tag("Alle", total, _query(typed), chosen is None), *kinds]


def _shown(text: str) -> str:
    """Return what was typed as it can be shown again: one line, of letters that are seen, not too long."""
    cut = text[: 2 * MOST_TYPED]
    seen = "".join(" " if unicodedata.category(letter) in {"Cc", "Cs", "Co", "Cn"} else letter for letter in cut)
    return stems.plain(seen)[:MOST_TYPED]


def _hit(document: Document, wanted: Wanted) -> Hit:
    return Hit(
        url=document.url,
        kind=ONE[document.kind],
        day=document.public_from if document.kind == "news" else None,
        title=excerpts.marked(document.title, wanted.finds),
        excerpt=excerpts.best(document.summary, document.text, wanted.finds),
    )


def _meant(typed: str, wanted: Wanted, confirmed: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """Return what may be meant instead of `typed`: the words, and the query that looks for them."""
    leaves = (leaf for word in wanted.words for leaf in (word, *word.parts))
    instead = [typed.replace(leaf.typed, shown) for leaf in leaves for shown in confirmed.get(leaf.folded, ())]
    return [(words, _query(words)) for words in instead]
