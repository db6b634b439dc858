"""What somebody asks the directory for: words, values by group, order; read from an address, written to one; pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from django.http import QueryDict
from django.utils.http import urlencode

from portal.models import ProjectFacet

Kind = ProjectFacet.Kind
KINDS = tuple(Kind.values)

PARAMETERS = ("q", *KINDS, "sortierung", "seite")
"""Everything that an address of the directory may say."""
LONGEST = 100
"""Letters of the words that are searched for."""
MOST = 20
"""Values of a group that count; the rest is left out."""
VALUE = re.compile(r"[a-z0-9-]{1,60}")
UNKNOWN = "-"
"""Stands for what cannot be a value: it finds nothing, and says so."""
NEWEST, TITLE, RELEVANCE = "neueste", "titel", "relevanz"
SORTS = {NEWEST: "Neueste", TITLE: "Titel", RELEVANCE: "Relevanz"}


class Filter(NamedTuple):
    """One value by which is filtered."""

    kind: str
    value: str


@dataclass(frozen=True)
class Search:
    """Values of one group are alternatives; what is found fits every group, and the words."""

    words: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wanted_sort: str = ""

    def __hash__(self) -> int:
        return hash((self.words, tuple(self.chosen.items()), self.wanted_sort))

    @classmethod
    def of(cls, query: QueryDict) -> "Search":
        """Read what an address says, whatever that is."""
        words = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", query.get("q", "")).split())[:LONGEST].strip()
        chosen = {kind: _values(query.getlist(kind)) for kind in KINDS}
        return cls(words, {kind: values for kind, values in chosen.items() if values}, query.get("sortierung", ""))

    @property
    def sort(self) -> str:
        """The order that is shown; relevance is one only where there are words."""
        known = self.wanted_sort if self.wanted_sort in self.sorts else ""
        return known or self.usual_sort

    @property
    def usual_sort(self) -> str:
        return RELEVANCE if self.words else NEWEST

    @property
    def sorts(self) -> list[str]:
        return [sort for sort in SORTS if sort != RELEVANCE or self.words]

    @property
    def filters(self) -> list[Filter]:
        return [Filter(kind, value) for kind, values in self.chosen.items() for value in values]

    @property
    def is_narrow(self) -> bool:
        """Whether it asks for less than everything."""
        return bool(self.words or self.chosen)

    @property
    def is_simple(self) -> bool:
        """Whether it is one of the few searches worth a place in the index of others: all, or all of one value."""
        return not self.words and len(self.filters) <= 1

    def query(self) -> str:
        """Return the search as the query of an address, in one way only; empty for everything in the usual order."""
        return urlencode(list(self._pairs()))

    def without(self, unwanted: Filter) -> "Search":
        left = tuple(value for value in self.chosen[unwanted.kind] if value != unwanted.value)
        kept = {kind: values for kind, values in self.chosen.items() if kind != unwanted.kind}
        return replace(self, chosen=kept | {unwanted.kind: left} if left else kept)

    def wordless(self) -> "Search":
        return replace(self, words="")

    def each(self, kind: str) -> Callable[[str], str]:
        """Return what makes the query of the search with one value in the place of whatever was chosen in its group."""
        any_value = replace(self, chosen={**self.chosen, kind: ("ANY",)}).query()
        before, _, after = any_value.rpartition(f"{kind}=ANY")
        return lambda value: f"{before}{kind}={value}{after}"

    def sorted(self, sort: str) -> "Search":
        return replace(self, wanted_sort=sort)

    def _pairs(self) -> Iterator[tuple[str, str]]:
        if self.words:
            yield "q", self.words
        for kind in KINDS:
            for value in self.chosen.get(kind, ()):
                yield kind, value
        if self.sort != self.usual_sort:
            yield "sortierung", self.sort


def _values(given: list[str]) -> tuple[str, ...]:
    """Return the first few different values; an empty one is that of a field left alone."""
    clean = (value if VALUE.fullmatch(value) else UNKNOWN for value in given if value)
    return tuple(dict.fromkeys(clean))[:MOST]
