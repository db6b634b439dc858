"""What a search shows beside its rows: filter, choice and map, kept by the values that they are made of."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from landespreis.addresses import address_of
from landespreis.composed import Values
from portal.directory import catalogue, country, filters, finding, markup
from portal.directory.filters import Chip, Names
from portal.directory.finding import Counts
from portal.directory.search import Kind, Search
from portal.editions import CATALOGUE
from portal.finding import SPELLINGS
from portal.remembering import Memory, Numbers

PER_PAGE = 20
"""Projects on a page of the list."""
LARGEST = 10
"""Kreise that the list names below its map."""
KEPT = 50
"""Searches whose pieces a process remembers; each takes up to 100 kB."""
LATER_PAGES = 200
"""Pages after the first whose keys it remembers."""


class Pieces:
    """Each is made when it is first asked for."""

    def __init__(self, search: Search, counts: Counts, names: Names) -> None:
        self.search, self.counts, self.names = search, counts, names

    @cached_property
    def chips(self) -> tuple[Chip, ...]:
        return tuple(filters.chips(self.search, self.names))

    @cached_property
    def filter(self) -> SafeString:
        groups = markup.fieldsets(filters.groups(self.search, self.counts, self.names))
        return render_to_string("portal/_projects_filter.html", {"groups": groups})

    @cached_property
    def map(self) -> Mapping[str, Any]:
        """What the map shows; its links lead to the list of one Kreis or Regierungsbezirk."""
        local = self.counts.of(Kind.DISTRICT)
        return {
            "box": country.box(),
            "drawn": country.drawn(local, self._addresses(Kind.DISTRICT)),
            "legend": markup.legend(country.steps(max(local.values(), default=0))),
            "regions": markup.lines(part.region for part in self._parts),
            "largest": markup.items(country.largest(self._parts, LARGEST)),
        }

    @cached_property
    def below_list(self) -> SafeString:
        """The map with what stands beside it, for below the list of all projects."""
        return render_to_string("portal/_projects_country.html", {"map": self.map})

    @cached_property
    def tables(self) -> list[tuple[str, SafeString]]:
        """Name of each Regierungsbezirk, and the rows of its Kreise."""
        return [(part.region.name, markup.lines(part.districts)) for part in self._parts]

    @cached_property
    def _parts(self) -> list[country.Part]:
        regional, local = self.counts.of(Kind.REGION), self.counts.of(Kind.DISTRICT)
        return country.parts(regional, local, self._addresses(Kind.REGION), self._addresses(Kind.DISTRICT))

    def _addresses(self, kind: Kind) -> country.Address:
        path, query = address_of("portal:projects"), self.search.each(kind)
        return lambda value: f"{path}?{query(value)}"


class Shown(NamedTuple):
    """The pieces of a search, and the keys of the projects on its first page."""

    pieces: Pieces
    first: tuple[int, ...]


class _Last:
    """What was made last of a search with words, by the stamp of what fitted them."""

    made: tuple[str, Pieces] | None = None


_PLAIN, _WORDED = (Memory[Shown](*topics, most=KEPT) for topics in ((CATALOGUE,), (CATALOGUE, "search", SPELLINGS)))
_PLAIN_KEYS, _WORDED_KEYS = (
    Memory[tuple[int, ...]](*topics, most=LATER_PAGES) for topics in ((CATALOGUE,), (CATALOGUE, "search", SPELLINGS))
)
_LAST = Memory[_Last](CATALOGUE, most=KEPT)


def of(search: Search, now: datetime, numbers: Numbers) -> Shown:
    """Return what is shown of a search; it is looked for and counted where that is not known yet.

    A new text has all words looked for again. What is shown beside the rows stays while they find the same projects,
    for counting takes longer than all else.
    """

    def until(_: object) -> datetime | None:
        return catalogue.next_publication(now, numbers)

    def make() -> Shown:
        last = _LAST.get(numbers, now, _Last, key=search, until=until) if search.words else _Last()
        worded = finding.worded(search, now, numbers)
        if last.made:
            stamp, pieces = last.made
            first = finding.keys(search, worded, 0, PER_PAGE, stamp)
            if first:
                return Shown(pieces, first)
        known = catalogue.known(now, numbers)
        found = finding.answer(search, worded, PER_PAGE)
        pieces = _of(search, found.counted, known.named, known.towns)
        last.made = (found.stamp, pieces)
        return Shown(pieces, found.first)

    memory = _WORDED if search.words else _PLAIN
    return memory.get(numbers, now, make, key=search, until=until)


def keys(search: Search, now: datetime, numbers: Numbers, page: int) -> tuple[int, ...]:
    """Return the keys of the projects on a page after the first."""

    def make() -> tuple[int, ...]:
        return finding.keys(search, finding.worded(search, now, numbers), (page - 1) * PER_PAGE, PER_PAGE)

    memory = _WORDED_KEYS if search.words else _PLAIN_KEYS
    return memory.get(numbers, now, make, key=(search, page), until=lambda _: catalogue.next_publication(now, numbers))


@lru_cache(maxsize=KEPT)
def _of(
    search: Search, counted: tuple[Values, ...], named: tuple[Values, ...], towns: tuple[tuple[str, str], ...]
) -> Pieces:
    """They hang on nothing but these values: a change of a project that no number tells of leaves them as they are."""
    return Pieces(search, Counts.made(counted), filters.names(named, dict(towns)))
