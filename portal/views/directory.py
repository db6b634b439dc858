"""The directory: the list with its filters, and the map with its tables."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from landespreis import clock
from portal import caching
from portal.directory import country, filters, finding, markup
from portal.directory.finding import Counts
from portal.directory.search import PARAMETERS, SORTS, Kind, Search
from portal.views.project import next_publication

PER_PAGE = 20
LARGEST = 10
"""Kreise that the list names below its map."""


@require_safe
@caching.public("projects", "search", params=PARAMETERS, lasts=next_publication)
def index(request: HttpRequest) -> HttpResponse:
    """The list, twenty a page; all of it in the usual order has the map below its first page."""
    now, search = clock.now(), Search.of(request.GET)
    found = finding.worded(search, now)
    counts, names = finding.counts(search, found), filters.names(now)
    page = Paginator(range(counts.total), PER_PAGE).get_page(request.GET.get("seite"))
    start, query = (page.number - 1) * PER_PAGE, search.query()
    context = {
        "search": search,
        "said": country.said(counts.total),
        "rows": markup.projects(finding.page(search, found, start, PER_PAGE)),
        "groups": markup.fieldsets(filters.groups(search, counts, names)),
        "chips": filters.chips(search, names),
        "sorts": [(name, search.sorted(sort).query(), sort == search.sort) for sort, name in _sorts(search)],
        "page": page,
        "pagination": markup.pagination(page, f"{query}&" if query else ""),
        "map_query": query,
        "canonical": _canonical(reverse("portal:projects"), search, page.number),
        "map": _map(search, counts) if page.number == 1 and not search.is_narrow else None,
    }
    return render(request, "portal/projects.html", context)


@require_safe
@caching.public("projects", "search", params=PARAMETERS, lasts=next_publication)
def map_(request: HttpRequest) -> HttpResponse:
    """The map of a search: what is chosen beside the place is kept, and where its projects are is counted."""
    now, search = clock.now(), Search.of(request.GET)
    counts, names = finding.counts(search, finding.worded(search, now)), filters.names(now)
    shown = _map(search, counts)
    context = {
        "search": search,
        "said": country.said(counts.total),
        "chips": filters.chips(search, names),
        "map_query": search.query(),
        "canonical": reverse("portal:projects_map"),
        "map": shown,
        "tables": [(part.region.name, markup.lines(part.districts)) for part in shown["parts"]],
    }
    return render(request, "portal/projects_map.html", context)


def _sorts(search: Search) -> list[tuple[str, str]]:
    return [(sort, SORTS[sort]) for sort in search.sorts]


def _map(search: Search, counts: Counts) -> dict[str, Any]:
    """Return what the map shows; its links lead to the list of one Kreis or Regierungsbezirk."""
    path, local = reverse("portal:projects"), counts.of(Kind.DISTRICT)

    in_district, in_region = search.each(Kind.DISTRICT), search.each(Kind.REGION)

    def to(key: str) -> str:
        return f"{path}?{in_district(key)}"

    def to_region(value: str) -> str:
        return f"{path}?{in_region(value)}"

    parts = country.parts(counts.of(Kind.REGION), local, to_region, to)
    return {
        "box": country.box(),
        "drawn": country.drawn(local, to),
        "legend": markup.legend(country.steps(max(local.values(), default=0))),
        "regions": markup.lines(part.region for part in parts),
        "parts": parts,
        "largest": markup.items(country.largest(parts, LARGEST)),
    }


def _canonical(path: str, search: Search, page: int) -> str:
    pairs = [search.query(), f"seite={page}" if page > 1 else ""]
    query = "&".join(filter(None, pairs))
    return f"{path}?{query}" if query else path
