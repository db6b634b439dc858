"""What is found: the projects of a search, and how many of them each value would give. Reads only.

These two questions are most of what a list costs the database. Written out, what fits is looked for once in each; and
composing them as QuerySets took longer than asking them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet

from landespreis import composed
from landespreis.composed import SAMPLE, Part
from portal.directory.search import NEWEST, RELEVANCE, TITLE, Search
from portal.finding import Wanted, matching, read
from portal.models import Project
from portal.stems import Word

FIRST = "erste"
"""Stands where a number is the place of a project among the first."""
ALL = "alle"
"""Stands where a count is of the whole search, not of a value."""
OUT = "SELECT id FROM portal_project WHERE published_at <= %s"
NOTHING = Part("SELECT id, 0 AS rank FROM portal_project WHERE 1 = 0")
ORDERS = {
    RELEVANCE: "found.rank DESC, own.published_at DESC, own.id DESC",
    TITLE: "own.sort_key, own.id",
    NEWEST: "own.published_at DESC, own.id DESC",
}


@dataclass(frozen=True)
class Counts:
    """How many projects a search finds, and how many each value of a group would give."""

    total: int = 0
    values: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @classmethod
    def made(cls, counted: Iterable[composed.Values]) -> "Counts":
        numbers: dict[str, dict[str, int]] = defaultdict(dict)
        for kind, value, number in counted:
            numbers[kind][value] = number
        return cls(numbers.pop(ALL)[""], numbers)

    def of(self, kind: str) -> Mapping[str, int]:
        return self.values.get(kind, {})


@dataclass(frozen=True)
class Found:
    """What is out at a moment and fits the words, whatever else is chosen.

    As SQL of the keys, and of the keys with `rank`: how well each fits.
    """

    keys: Part
    ranked: Part


class Answer(NamedTuple):
    """Group, value and number, as `Counts.made` reads them, and the keys of the first projects, in order."""

    counted: tuple[composed.Values, ...]
    first: tuple[int, ...]


def worded(search: Search, now: datetime) -> Found:
    """Return what is out at `now` and fits the words; looking words up may take a query."""
    moment = composed.adapted(now)
    if not search.words:
        return Found(Part(OUT, (moment,)), Part(OUT, (moment,)))
    wanted = read(search.words)
    guesses = tuple(sorted(wanted.guesses.items()))
    return Found(*(part.with_value(SAMPLE, now) for part in _composed(wanted.words, guesses, wanted.is_blank)))


def keys(search: Search, found: Found, start: int, amount: int) -> tuple[int, ...]:
    """Return the keys of so many of those that fit what is chosen, in the order that is asked for."""
    chosen, source = _chosen(search, "found.id"), _source(search, found)
    sql = (
        f"WITH found AS ({source.sql}) SELECT own.id FROM portal_project own JOIN found ON found.id = own.id "  # noqa: S608 - our words, %s for values
        f"WHERE {chosen.sql} ORDER BY {ORDERS[search.sort]} LIMIT %s OFFSET %s"
    )
    params = (*source.params, *chosen.params, amount, start)
    return tuple(key for (key,) in composed.fetched(sql, params, one_plan=not search.words))


def answer(search: Search, found: Found, amount: int) -> Answer:
    """Count what is chosen of the `worded`, and what each value gives beside the other groups' choices, and look up
    the first of them, in one query: what fits the words is looked for once."""
    chosen, order, source = _chosen(search, "id"), ORDERS[search.sort], _source(search, found)
    left_out = ", ".join(["%s"] * len(search.chosen))
    parts = [
        Part(f"WITH found AS ({source.sql}), ", source.params),
        Part(f"whole AS (SELECT * FROM found WHERE {chosen.sql}) ", chosen.params),  # noqa: S608 - our words, %s for values
        Part(
            f"SELECT kind, value, number FROM (SELECT '{FIRST}' AS kind, CAST(own.id AS TEXT) AS value, "  # noqa: S608 - our words, %s for values
            f"ROW_NUMBER() OVER (ORDER BY {order}) AS number FROM portal_project own JOIN whole found "
            f"ON found.id = own.id ORDER BY {order} LIMIT %s) first UNION ALL ",
            (amount,),
        ),
        Part(f"SELECT '{ALL}', '', COUNT(*) FROM whole UNION ALL "),  # noqa: S608 - our words, %s for values
        _counted("whole", Part(f"kind NOT IN ({left_out})" if left_out else "1 = 1", tuple(search.chosen))),
    ]
    for kind in search.chosen:
        beside = _chosen(search, "found.id", but=kind)
        parts += [Part(" UNION ALL "), _counted("found", Part(f"kind = %s AND {beside.sql}", (kind, *beside.params)))]
    sql, params = "".join(part.sql for part in parts), [value for part in parts for value in part.params]
    rows = composed.fetched(sql, params, one_plan=not search.words)
    first = sorted((number, int(value)) for kind, value, number in rows if kind == FIRST)
    return Answer(tuple(row for row in rows if row[0] != FIRST), tuple(key for _, key in first))


def _source(search: Search, found: Found) -> Part:
    return found.ranked if search.sort == RELEVANCE else found.keys


def _chosen(search: Search, key: str, *, but: str = "") -> Part:
    """Say that the project with this `key` has one of the chosen values of every group `but` one."""
    groups = [(kind, values) for kind, values in search.chosen.items() if kind != but]
    having = [
        f"{key} IN (SELECT project_id FROM portal_projectfacet WHERE kind = %s AND value IN ({places}))"  # noqa: S608 - our words, %s for values
        for places in (", ".join(["%s"] * len(values)) for _, values in groups)
    ]
    return Part(" AND ".join(["1 = 1", *having]), tuple(value for kind, values in groups for value in (kind, *values)))


def _counted(source: str, condition: Part) -> Part:
    """Select kind, value and the number of projects of `source` for each value of the facets that fit."""
    return Part(
        f"SELECT kind, value, COUNT(*) FROM portal_projectfacet JOIN {source} ON {source}.id = project_id "  # noqa: S608 - our words, %s for values
        f"WHERE {condition.sql} GROUP BY kind, value",
        condition.params,
    )


@lru_cache(maxsize=200)
def _composed(
    words: tuple[Word, ...], guesses: tuple[tuple[str, tuple[Word, ...]], ...], is_blank: bool
) -> tuple[Part, Part]:
    """Return the SQL of `Found` at the moment `SAMPLE`; composing it takes as long as everything else of a search."""
    wanted = Wanted(words, is_blank=is_blank, guesses=dict(guesses))
    found = matching(Project.objects.published(SAMPLE), wanted).order_by()
    try:
        keys, ranked = (Part(*found.values(*columns).query.sql_with_params()) for columns in (["id"], ["id", "rank"]))
    except EmptyResultSet:
        return NOTHING, NOTHING
    return keys, ranked
