"""The many entries of data/demo_field: compact facts and texts, spread over the days in which people work on them."""

import tomllib
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import lru_cache
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings

from landespreis.clock import BERLIN
from submissions.demo.acts import Act, unwrapped

SHIPPED = Path(settings.BASE_DIR) / "data" / "demo_field"
OFFICE = "renate.vollmer@geschaeftsstelle.example"
FACTS = ("legal_form", "controlled", "agreed_on", "state", "state_since", "funding", "website")
SITTINGS = (
    ("rechtsform", "kurzbeschreibung"),
    ("beschreibung", "gewinn"),
    ("innovation", "zukunft"),
    ("uebertragbarkeit", "langfristigkeit"),
)
"""Which sections somebody writes in one go, in their order."""
OPENS, WORKDAY = time(8, 10), timedelta(hours=8, minutes=20)
TRIES = 12
HASTE = timedelta(seconds=30)
"""The last thing before submitting is done this long before it, or earlier."""
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ç": "c", "ş": "s", "ğ": "g", "ı": "i", "é": "e"})

Row = dict[str, Any]


@lru_cache(maxsize=1)
def rows() -> tuple[Row, ...]:
    """Return every entry of the field with its category's key and its owner's address."""
    return tuple(
        {**row, "category": file.stem, "email": f"{_mailbox(row['owner'])}@{row['domain']}.example"}
        for file in sorted(SHIPPED.glob("*.toml"))
        for row in tomllib.loads(file.read_text(encoding="utf-8"))["entries"]
    )


def exclusions() -> dict[str, str]:
    """Return why an entry is excluded, by its owner's address."""
    return {row["email"]: unwrapped(row["excluded"]) for row in rows() if "excluded" in row}


def acts() -> Iterator[Act]:
    return chain.from_iterable(_acts_of(row) for row in rows())


def _acts_of(row: Row) -> Iterator[Act]:
    who, begun = row["email"], row["begun"]
    end: datetime = row["submitted"] if "submitted" in row else row["left"]
    person = {"name": row["owner"], "place": row["lead"], "department": row["department"]}
    yield Act(begun - timedelta(minutes=9), who, who, "join", person)
    if row.get("confirmed", True):
        yield Act(_next_morning(begun, row["lead"]), who, OFFICE, "confirm", True)
    yield Act(begun, who, who, "start", True)
    steps = list(_steps(row))
    for at, (verb, what) in zip(_between(begun, end, len(steps), row["lead"]), steps, strict=True):
        yield Act(at, who, who, verb, what)
    if "submitted" in row:
        yield Act(end, who, who, "submit", {"publication": row.get("publication", True)})
    if "withdrawn" in row:
        yield Act(row["withdrawn"]["at"], who, who, "withdraw", unwrapped(row["withdrawn"]["reason"]))


def _steps(row: Row) -> Iterator[tuple[str, Any]]:
    """Yield verb and values of what lies between starting and submitting, in order; what is not written stays out."""
    place = {"department": row["department"], "contact_phone": row["phone"], "contact_public": row.get("public", False)}
    yield "save", {"titel": {"category": row["category"], "title": row["title"]}, "kommune": place}
    yield "partners", [*({"ags": ags} for ags in row["partners"]), *row.get("others", [])]
    values: Row = {"rechtsform": {name: row[name] for name in FACTS if name in row}}
    if "abstract" in row:
        values["kurzbeschreibung"] = {"abstract": row["abstract"]}
    values |= {key: row[key] for key in chain.from_iterable(SITTINGS) if key in row}
    for sitting in SITTINGS:
        if written := {key: values[key] for key in sitting if values.get(key)}:
            yield "save", written
    if "proof" in row:
        yield "file", {**row["proof"], "kind": "bestaetigung"}
    if "photo" in row:
        yield "file", {**row["photo"], "alt": unwrapped(row["photo"]["alt"]), "kind": "bild"}


def _between(begun: datetime, end: datetime, count: int, seed: str) -> list[datetime]:
    """Return `count` moments after `begun` and before `end` in their order, in office hours where that leaves room."""
    chance = Random(seed)  # noqa: S311 - the same moments every time, no secret
    days = [begun.date() + timedelta(days=day) for day in range((end.date() - begun.date()).days + 1)]
    days = [day for day in days if day.weekday() < 5]
    last = end - HASTE
    return sorted(_one(begun, last, days, chance) for _ in range(count))


def _one(begun: datetime, last: datetime, days: list[Any], chance: Random) -> datetime:
    for _ in range(TRIES if days else 0):
        at = datetime.combine(chance.choice(days), OPENS, BERLIN) + WORKDAY * chance.random()
        if begun < at < last:
            return at
    return begun + (last - begun) * (0.02 + 0.98 * chance.random())


def _next_morning(begun: datetime, seed: str) -> datetime:
    """Return when the Geschäftsstelle confirms who began then: the next working day."""
    day = begun.date() + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    minutes = timedelta(minutes=Random(seed).randrange(20, 110))  # noqa: S311 - not a secret
    return datetime.combine(day, OPENS, BERLIN) + minutes


def _mailbox(name: str) -> str:
    first, _, last = name.removeprefix("Dr. ").lower().translate(UMLAUTS).partition(" ")
    return f"{first}.{last.replace(' ', '')}"
