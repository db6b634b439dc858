"""HTML of what a list has by the dozen: a template takes several times as long for it as for the page around it.

Whatever is not markup of our own is escaped here.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape

from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from landespreis import wording
from landespreis.addresses import address_of
from landespreis.composed import Values
from portal.directory import country, reading, rows
from portal.directory.country import Line, Step
from portal.directory.filters import Box, Chip, Group
from portal.directory.reading import Partners, Whole
from portal.directory.rows import Row
from portal.directory.search import SORTS, Search

PIECES = 200
"""Lists of which is remembered what stands around their rows."""
ROWS = 1000
"""List items of projects that are remembered."""


def projects(found: Iterable[Whole]) -> SafeString:
    """Return the list items of the projects whose values these are."""
    return _safe(_project(row, partners) for row, partners in found)


@lru_cache(maxsize=ROWS)
def _project(values: Values, partners: Partners) -> str:
    """Return the list item of a project. It hangs on nothing but these values: with others it is another one."""
    (row,) = rows.rows([reading.made(values, partners)])
    signs = f'<span class="lp-prize">{escape(row.prize)}</span>' if row.prize else ""
    signs += '<span class="lp-tag">vom Land gefördert</span>' if row.is_funded else ""
    below = f'<p class="lp-cluster lp-cluster--tight">{signs}</p>' if signs else ""
    return (
        f'<li class="lp-row pp-item pp-item--wide"><div class="pp-frame">{_picture(row)}</div>'
        f'<div><p class="lp-over">{escape(row.category)}</p>'
        f'<h3 class="lp-h3 lp-card__title"><a href="{escape(row.url)}">{escape(row.title)}</a></h3>'
        f'<p>{escape(row.abstract)}</p><p class="lp-small lp-muted">{escape(row.places)}</p>{below}</div></li>\n'
    )


def _picture(row: Row) -> str:
    if row.photo is None:
        attributes = 'alt="" width="320" height="200" loading="lazy" decoding="async"'
        return f'<img class="pp-pic" src="{escape(row.map)}" {attributes}>'
    sizes = "(min-width: 40rem) 11rem, 92vw"
    context = {"picture": row.photo, "alt": "", "sizes": sizes, "eager": False}
    return render_to_string("portal/_picture.html", context)


@lru_cache(maxsize=PIECES)
def meta(search: Search, page: int, base_url: str) -> SafeString:
    """Return what machines are told of a page of the list."""
    pairs = [search.query(), f"seite={page}" if page > 1 else ""]
    query = "&".join(filter(None, pairs))
    path = address_of("portal:projects")
    context = {"search": search, "canonical": f"{path}?{query}" if query else path, "base_url": base_url}
    return render_to_string("portal/_projects_meta.html", context)


@lru_cache(maxsize=PIECES)
def above(search: Search, total: int, chips: tuple[Chip, ...]) -> SafeString:
    """Return what stands above the rows: how many are found, their order, what is chosen."""
    sorts = [(SORTS[sort], search.sorted(sort).query(), sort == search.sort) for sort in search.sorts]
    context = {"search": search, "total": total, "said": country.said(total), "sorts": sorts, "chips": chips}
    return render_to_string("portal/_projects_above.html", context)


@lru_cache(maxsize=PIECES)
def below(search: Search, total: int, page: int, pages: int) -> SafeString:
    """Return what stands below the rows: links to the other pages, or what to do where there are none."""
    query = search.query()
    pagination = _pagination(page, pages, f"{query}&" if query else "")
    context = {"search": search, "total": total, "pagination": pagination, "map_query": query}
    return render_to_string("portal/_projects_below.html", context)


def fieldsets(groups: Iterable[Group]) -> SafeString:
    """Return the groups of the filter. What is ticked applies at once with scripts; a list waits for its button,
    because arrow keys change it."""
    return _safe(_fieldset(group) for group in groups)


def lines(shown: Iterable[Line]) -> SafeString:
    """Return table rows, a name and a number each."""
    return _safe(
        f'<tr><th scope="row">{_link(line)}</th><td class="lp-num">{wording.number(line.number)}</td></tr>'
        for line in shown
    )


def items(shown: Iterable[Line]) -> SafeString:
    """Return list items, a name and a number each."""
    return _safe(f'<li>{_link(line)}<span class="lp-num">{wording.number(line.number)}</span></li>' for line in shown)


def legend(steps: Iterable[Step]) -> SafeString:
    """Return list items, a colour and what it stands for each."""
    return _safe(
        '<li><svg viewBox="0 0 20 20" aria-hidden="true" focusable="false">'
        f'<rect class="m{step.number}" width="20" height="20"/></svg>{step.label}</li>'
        for step in steps
    )


def _pagination(number: int, last: int, query: str) -> SafeString:
    """Return the links to the other pages of a search; `query` is what they begin with."""
    paginator: Paginator[int] = Paginator(range(last), 1)
    numbers = list(paginator.get_elided_page_range(number, on_each_side=2, on_ends=1))
    context = {"page": paginator.page(number), "numbers": numbers, "query": query}
    return render_to_string("components/pagination.html", context)


def _fieldset(group: Group) -> str:
    title, kind = escape(group.title), group.kind
    made = f'<fieldset class="lp-filter__group"><legend class="lp-h4">{title}</legend>{_ticks(kind, group.boxes)}\n'
    if group.folded:
        made += (
            f'<details class="pp-more" id="{kind}-mehr"><summary>{len(group.folded)} weitere</summary>'
            f"{_ticks(kind, group.folded)}</details>"
        )
    if group.options:
        made += (
            '\n<div class="pp-add"><div class="kern-form-input__select-wrapper"><select '
            f'class="kern-form-input__select" id="{kind}-neu" name="{kind}" aria-label="{title}">'
            f'<option value="">auswählen</option>{group.options}</select></div><button class="kern-btn '
            f'kern-btn--secondary" id="{kind}-dazu" type="submit"><span class="kern-label">Anwenden'
            f'<span class="kern-sr-only">: {escape(group.added)}</span></span></button></div>'
        )
    return f"{made}</fieldset>\n"


def _ticks(kind: str, boxes: Sequence[Box]) -> str:
    return "".join(_tick(kind, box) for box in boxes)


def _tick(kind: str, box: Box) -> str:
    value, checked = escape(box.value), " checked" if box.is_chosen else ""
    noun = "Projekt" if box.number == "1" else "Projekte"
    return (
        f'<label class="lp-check"><input type="checkbox" id="{kind}-{value}" name="{kind}" value="{value}"{checked}>'
        f'<span>{escape(box.name)}</span><span class="lp-check__n">{box.number}<span class="kern-sr-only"> {noun}'
        "</span></span></label>"
    )


def _link(line: Line) -> str:
    return f'<a href="{escape(line.url)}">{escape(line.name)}</a>'


def _safe(pieces: Iterable[str]) -> SafeString:
    return mark_safe("".join(pieces))  # noqa: S308 - escaped above
