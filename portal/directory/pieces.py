"""What a search shows beside its rows: filter, choice and map, kept by the values that they are made of."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from accounts import register
from landespreis.composed import Values
from portal.directory import country, filters, markup
from portal.directory.filters import Chip, Names
from portal.directory.finding import Counts
from portal.directory.search import Kind, Search

LARGEST = 10
"""Kreise that the list names below its map."""
KEPT = 50
"""Searches whose pieces a process remembers; each takes up to 100 kB."""


class Pieces:
    """Each is made when it is first asked for."""

    def __init__(self, search: Search, counts: Counts, names: Names) -> None:
        self.search, self.counts, self.names = search, counts, names

    @cached_property
    def chips(self) -> list[Chip]:
        return filters.chips(self.search, self.names)

    @cached_property
    def groups(self) -> SafeString:
        return markup.fieldsets(filters.groups(self.search, self.counts, self.names))

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
    def tables(self) -> list[tuple[str, SafeString]]:
        """Name of each Regierungsbezirk, and the rows of its Kreise."""
        return [(part.region.name, markup.lines(part.districts)) for part in self._parts]

    @cached_property
    def _parts(self) -> list[country.Part]:
        regional, local = self.counts.of(Kind.REGION), self.counts.of(Kind.DISTRICT)
        return country.parts(regional, local, self._addresses(Kind.REGION), self._addresses(Kind.DISTRICT))

    def _addresses(self, kind: Kind) -> country.Address:
        path, query = reverse("portal:projects"), self.search.each(kind)
        return lambda value: f"{path}?{query(value)}"


def of(search: Search, counted: tuple[Values, ...], now: datetime) -> Pieces:
    """Return the pieces of a search whose numbers are `counted`; one query, for the names."""
    return _of(search, counted, filters.named(now), tuple(register.short_names().items()))


@lru_cache(maxsize=KEPT)
def _of(
    search: Search, counted: tuple[Values, ...], named: tuple[Values, ...], towns: tuple[tuple[str, str], ...]
) -> Pieces:
    """They hang on nothing but these values: a change of a project that no number tells of leaves them as they are."""
    return Pieces(search, Counts.made(counted), filters.names(named, dict(towns)))
