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
from django.db import connection

from landespreis import composed
from landespreis.composed import SAMPLE, Part
from portal.directory.search import NEWEST, RELEVANCE, TITLE, Search
from portal.finding import Wanted, matching, read_again
from portal.models import Project
from portal.remembering import Numbers
from portal.stems import Word

FIRST = "erste"
"""Stands where a number is the place of a project among the first."""
ALL = "alle"
"""Stands where a count is of the whole search, not of a value."""
STAMP = "stempel"
"""Stands where a value is the stamp of what fits the words."""
COLUMNS = {RELEVANCE: ("id", "rank", "published_at"), TITLE: ("id", "sort_key"), NEWEST: ("id", "published_at")}
ORDERS = {
    RELEVANCE: "rank DESC, published_at DESC, id DESC",
    TITLE: "sort_key, id",
    NEWEST: "published_at DESC, id DESC",
}
OUT = {
    TITLE: "SELECT id, sort_key FROM portal_project WHERE published_at <= %s",
    NEWEST: "SELECT id, published_at FROM portal_project WHERE published_at <= %s",
}
NOTHING = Part("SELECT id, 0 AS rank, published_at, sort_key FROM portal_project WHERE 1 = 0")


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


class Answer(NamedTuple):
    """Group, value and number, as `Counts.made` reads them, and the keys of the first projects, in order.

    `stamp` tells which projects fit the words, whatever else is chosen.
    """

    counted: tuple[composed.Values, ...]
    first: tuple[int, ...]
    stamp: str = ""


def worded(search: Search, now: datetime, numbers: Numbers) -> Part:
    """Return SQL of what is out at `now` and fits the words, as `COLUMNS` of the search's order; looking words up may
    take a query."""
    if not search.words:
        return Part(OUT[search.sort], (composed.adapted(now),))
    wanted = read_again(search.words, now, numbers)
    guesses = tuple(sorted(wanted.guesses.items()))
    return _composed(wanted.words, guesses, wanted.is_blank, search.sort).with_value(SAMPLE, now)


def keys(search: Search, found: Part, start: int, amount: int, stamp: str = "") -> tuple[int, ...]:
    """Return the keys of so many of those `worded` that fit what is chosen, in the order that is asked for; none where
    other projects fit the words than `stamp` tells of."""
    chosen = _chosen(search, "found.id")
    same = Part(f"(SELECT said FROM ({_stamp()}) stamp) = %s AND ", (stamp,)) if stamp else Part("")  # noqa: S608 - our words, %s for values
    sql = (
        f"WITH found AS ({found.sql}) SELECT id FROM found WHERE {same.sql}{chosen.sql} "  # noqa: S608 - our words, %s for values
        f"ORDER BY {ORDERS[search.sort]} LIMIT %s OFFSET %s"
    )
    params = (*found.params, *same.params, *chosen.params, amount, start)
    return tuple(key for (key,) in composed.fetched(sql, params))


def answer(search: Search, found: Part, amount: int) -> Answer:
    """Count what is chosen of the `worded`, and what each value gives beside the other groups' choices, and look up
    the first of them, in one query: what fits the words is looked for once."""
    chosen, order = _chosen(search, "id"), ORDERS[search.sort]
    left_out = ", ".join(["%s"] * len(search.chosen))
    parts = [
        Part(f"WITH found AS ({found.sql}), ", found.params),
        Part(f"whole AS (SELECT * FROM found WHERE {chosen.sql}), ", chosen.params),  # noqa: S608 - our words, %s for values
        Part(f"stamp AS ({_stamp() if search.words else NO_STAMP}) "),
        Part(
            f"SELECT kind, value, number FROM (SELECT '{FIRST}' AS kind, CAST(id AS TEXT) AS value, "  # noqa: S608 - our words, %s for values
            f"ROW_NUMBER() OVER (ORDER BY {order}) AS number FROM whole ORDER BY {order} LIMIT %s) first ",
            (amount,),
        ),
        Part(f"UNION ALL SELECT '{STAMP}', said, 0 FROM stamp UNION ALL SELECT '{ALL}', '', COUNT(*) FROM whole "),  # noqa: S608 - our words, %s for values
        Part("UNION ALL "),
        _counted("whole", Part(f"kind NOT IN ({left_out})" if left_out else "1 = 1", tuple(search.chosen))),
    ]
    for kind in search.chosen:
        beside = _chosen(search, "found.id", but=kind)
        parts += [
            Part(" UNION ALL "),
            _counted("found", Part(f"kind = %s AND {beside.sql}", (kind, *beside.params))),
        ]
    sql, params = "".join(part.sql for part in parts), [value for part in parts for value in part.params]
    rows = composed.fetched(sql, params)
    first = sorted((number, int(value)) for kind, value, number in rows if kind == FIRST)
    stamp = next(value for kind, value, _ in rows if kind == STAMP)
    counted = tuple(row for row in rows if row[0] not in {FIRST, STAMP})
    return Answer(counted, tuple(key for _, key in first), stamp)


NO_STAMP = "SELECT '-' AS said"


def _stamp() -> str:
    """Select one short text for all keys of `found` together."""
    joined = "string_agg" if connection.vendor == "postgresql" else "group_concat"
    return (
        f"SELECT COALESCE(MD5({joined}(CAST(id AS TEXT), ' ')), '-') AS said "  # noqa: S608 - our words
        "FROM (SELECT id FROM found ORDER BY id) sorted"
    )


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
    words: tuple[Word, ...], guesses: tuple[tuple[str, tuple[Word, ...]], ...], is_blank: bool, sort: str
) -> Part:
    """Return the SQL of `worded` at the moment `SAMPLE`; composing it takes as long as everything else of a search."""
    wanted = Wanted(words, is_blank=is_blank, guesses=dict(guesses))
    found = matching(Project.objects.published(SAMPLE), wanted).order_by()
    try:
        return Part(*found.values(*COLUMNS[sort]).query.sql_with_params()).written_out()
    except EmptyResultSet:
        return NOTHING
