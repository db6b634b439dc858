"""The filter of the directory: groups of values, each with its name and number, and what of them is chosen."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from html import escape
from typing import Any, NamedTuple

from django.db.models import CharField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.safestring import SafeString, mark_safe

from accounts import register
from accounts.models import Municipality
from landespreis import wording
from landespreis.composed import SAMPLE, Question, Values
from portal import slugs
from portal.directory import country
from portal.directory.finding import Counts
from portal.directory.search import Kind, Search
from portal.models import Project, ProjectCategory, Topic

SHOWN = 8
"""Values of a group that stand there at once; the others are folded."""
OUTSIDE = "ausserhalb"
AWARDS = {"preis": "Preisträger", "foerderung": "vom Land gefördert"}
TITLES = {
    Kind.CATEGORY: "Kategorie",
    Kind.TOPIC: "Thema",
    Kind.REGION: "Regierungsbezirk",
    Kind.DISTRICT: "Kreis oder kreisfreie Stadt",
    Kind.MUNICIPALITY: "Kommune",
    Kind.EDITION: "Wettbewerb",
    Kind.AWARD: "Auszeichnung",
}
MANY = {Kind.DISTRICT: "Kreis", Kind.MUNICIPALITY: "Kommune"}
"""Groups with too many values for boxes → what is added to them, from a list."""
NAMELESS = "unbekannt"
APART = "\n"
"""Stands between sort key and name of a row of the register."""

Names = Mapping[str, Mapping[str, str]]
"""Group → value → name, in the order in which they are shown."""


class Box(NamedTuple):
    """A value to tick; `number` is said in German."""

    value: str
    name: str
    number: str
    is_chosen: bool


class Chip(NamedTuple):
    """A chosen value, and the query of the search without it."""

    name: str
    query: str


@dataclass(frozen=True)
class Group:
    """A group as it is shown. With `added` further values are picked from `options`, ready <option> elements."""

    kind: str
    title: str
    boxes: list[Box]
    folded: list[Box]
    added: str
    options: SafeString


def named(now: datetime) -> tuple[tuple[Values, ...], dict[str, str]]:
    """Return what editors have named, as `names` reads it, and the towns of the register by their AGS; one query."""
    rows = NAMED.rows(now)
    towns = ((*called.split(APART), ags) for kind, ags, called, _ in rows if kind == Kind.MUNICIPALITY)
    return tuple(row for row in rows if row[0] != Kind.MUNICIPALITY), register.named_shortly(towns)


def names(named: tuple[Values, ...], towns: Mapping[str, str]) -> Names:
    """Return the name of everything that one may filter by; `towns` by their AGS."""
    editions, categories, topics = _ordered(named)
    return {
        Kind.CATEGORY: categories,
        Kind.TOPIC: topics,
        Kind.REGION: _regions(),
        Kind.DISTRICT: _districts(),
        Kind.MUNICIPALITY: towns,
        Kind.EDITION: editions,
        Kind.AWARD: AWARDS,
    }


def groups(search: Search, counts: Counts, names: Names) -> list[Group]:
    """Return the groups in which there is something to choose, or something chosen."""
    made = (_group(kind, search, counts.of(kind), names[kind]) for kind in TITLES)
    return [group for group in made if group.boxes or group.options]


def chips(search: Search, names: Names) -> list[Chip]:
    """Return what is chosen, the words first."""
    found = [Chip(f"„{search.words}“", search.wordless().query())] if search.words else []
    for unwanted in search.filters:
        name = names[unwanted.kind].get(unwanted.value, f"{TITLES[Kind(unwanted.kind)]} {NAMELESS}")
        found.append(Chip(name, search.without(unwanted).query()))
    return found


def _named(now: datetime) -> "QuerySet[Any, Any]":
    """Return editions, categories, topics and the register: of which group, value, name, place in their order."""
    text, number = CharField(), IntegerField()
    columns = ("of", "which", "called", "place")
    edition = Project.objects.published(now).exclude(edition="").order_by()
    rows = edition.annotate(
        of=Value(Kind.EDITION.value, text), which=Value("", text), called=F("edition"), place=Value(0, number)
    ).values_list(*columns)
    category = ProjectCategory.objects.order_by().annotate(
        of=Value(Kind.CATEGORY.value, text), which=F("key"), called=F("short_name"), place=F("position")
    )
    topic = Topic.objects.order_by().annotate(
        of=Value(Kind.TOPIC.value, text), which=F("slug"), called=F("name"), place=F("position")
    )
    town = (
        Municipality.objects.exclude(ags=None)
        .order_by()
        .annotate(
            of=Value(Kind.MUNICIPALITY.value, text),
            which=F("ags"),
            called=Concat("sort_key", Value(APART), "name", output_field=text),
            place=Value(0, number),
        )
    )
    return rows.distinct().union(*[m.values_list(*columns) for m in (category, topic, town)], all=True)


NAMED = Question(_named, SAMPLE)


def _ordered(named: tuple[Values, ...]) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Return editions (the latest first), categories and topics by their value."""
    found: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for kind, value, name, place in named:
        found[kind].append((place, name, value))
    editions = sorted((name for _, name, _ in found[Kind.EDITION]), key=_numbers, reverse=True)
    categories, topics = (
        {
            value: name
            for _, _, name, value in sorted(
                (place, register.sort_key(name), name, value) for place, name, value in rows
            )
        }
        for rows in (found[Kind.CATEGORY], found[Kind.TOPIC])
    )
    by_value = {slugs.slug(name, most=60): name for name in editions} | {OUTSIDE: "außerhalb des Wettbewerbs"}
    return by_value, categories, topics


def _numbers(edition: str) -> tuple[list[int], str]:
    """Return what «10. Landespreis 2039» is sorted by: its numbers first."""
    return [int(number) for number in re.findall("[0-9]+", edition)], edition


def _group(kind: Kind, search: Search, numbers: Mapping[str, int], names: Mapping[str, str]) -> Group:
    chosen = search.chosen.get(kind, ())
    known = [value for value in names if value in chosen or numbers.get(value)]
    unknown = [value for value in chosen if value not in names]

    def boxes(values: Iterable[str]) -> list[Box]:
        return [
            Box(value, names.get(value, NAMELESS), wording.number(numbers.get(value, 0)), value in chosen)
            for value in values
        ]

    if kind in MANY:
        picked = [value for value in known if value in chosen]
        left = _options((value, names[value], numbers[value]) for value in known if value not in chosen)
        return Group(kind.value, TITLES[kind], boxes([*picked, *unknown]), [], MANY[kind], left)
    shown, folded = known, list[str]()
    if len(known) > SHOWN + 1:
        often = set(sorted(known, key=lambda value: -numbers.get(value, 0))[:SHOWN])
        shown = [value for value in known if value in often or value in chosen]
        folded = [value for value in known if value not in shown]
    return Group(kind.value, TITLES[kind], boxes([*shown, *unknown]), boxes(folded), "", SafeString())


@cache
def _regions() -> dict[str, str]:
    return {region.value: region.name for region in country.regions()}


@cache
def _districts() -> dict[str, str]:
    return {district.key: district.name for district in country.districts()}


@lru_cache(maxsize=2000)
def _text(value: str) -> str:
    """Return a name as text of a page; there are hundreds in each, always the same."""
    return escape(value)


def _options(values: Iterable[tuple[str, str, int]]) -> SafeString:
    """Return <option> elements; there are hundreds, so that a template would take longer than all the rest."""
    made = (f'<option value="{_text(value)}">{_text(name)} ({number})</option>' for value, name, number in values)
    return mark_safe("".join(made))  # noqa: S308 - escaped
