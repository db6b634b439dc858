"""The directory: the list with its filters, and the map with its tables."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from landespreis import clock
from landespreis.addresses import address_of
from portal import caching, phases
from portal.directory import country, markup, pieces, reading
from portal.directory.catalogue import next_publication
from portal.directory.pieces import PER_PAGE
from portal.directory.search import PARAMETERS, Search
from portal.editions import CATALOGUE
from portal.finding import SPELLINGS

TOPICS = ("projects", "search", SPELLINGS, CATALOGUE, phases.TOPIC)


@require_safe
@caching.public(*TOPICS, params=PARAMETERS, lasts=phases.lasts(next_publication))
def index(request: HttpRequest) -> HttpResponse:
    """The list, twenty a page; all of it in the usual order has the map below its first page."""
    now, search = clock.now(), Search.of(request.GET)
    numbers = caching.numbers(request)
    shown, first = pieces.of(search, now, numbers)
    total = shown.counts.total
    page = Paginator(range(total), PER_PAGE).get_page(request.GET.get("seite"))
    keys = first if page.number == 1 else pieces.keys(search, now, numbers, page.number)
    context = {
        "search": search,
        "page": page,
        "chips": shown.chips,
        "meta": markup.meta(search, page.number, settings.BASE_URL),
        "filter": shown.filter,
        "above": markup.above(search, total, shown.chips),
        "rows": markup.projects(reading.of_keys(keys, now)),
        "below": markup.below(search, total, page.number, page.paginator.num_pages),
        "map": shown.below_list if page.number == 1 and not search.is_narrow else "",
    }
    return render(request, "portal/projects.html", context)


@require_safe
@caching.public(*TOPICS, params=PARAMETERS, lasts=phases.lasts(next_publication))
def map_(request: HttpRequest) -> HttpResponse:
    """The map of a search: what is chosen beside the place is kept, and where its projects are is counted."""
    now, search = clock.now(), Search.of(request.GET)
    shown, _ = pieces.of(search, now, caching.numbers(request))
    context = {
        "search": search,
        "said": country.said(shown.counts.total),
        "chips": shown.chips,
        "map_query": search.query(),
        "canonical": address_of("portal:projects_map"),
        "map": shown.map,
        "tables": shown.tables,
    }
    return render(request, "portal/projects_map.html", context)
