"""What many rehearsals came to together, read from their JSON reports: one page for a ministry (Markdown, German)."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from rehearsal.report import FAULTS, table

Report = dict[str, Any]
NEEDED = {"seed", "municipalities", "seconds", "invariants", "faults", "rush"}
HEAD = (
    "Startzahl", "Kommunen", "Ergebnis", "Störungen", "überstanden", "Aussagen, die nicht gelten", "verloren",
    "Ansturm p99 (ms)", "Dauer (min)",
)  # fmt: skip


class NoReport(Exception):
    """A file is not the report of a rehearsal, or there is none at all."""


@dataclass
class Kind:
    """One kind of fault in all rehearsals: how often it struck and was survived, and the seconds of each recovery."""

    says: str
    struck: int = 0
    survived: int = 0
    waits: list[float] = field(default_factory=list)

    def figures(self) -> tuple[object, ...]:
        middle, longest = (median(self.waits), max(self.waits)) if self.waits else (None, None)
        return self.struck, self.survived, _tenths(middle), _tenths(longest)


def read(places: Iterable[Path]) -> list[Report]:
    """Return the reports of files, and of all JSON files of folders, by their seed. Raises NoReport."""
    found = []
    for place in places:
        for file in sorted(place.glob("*.json")) if place.is_dir() else [place]:
            try:
                said = json.loads(file.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                raise NoReport(f"{file} lässt sich nicht lesen: {error}") from error
            if not isinstance(said, dict) or not said.keys() >= NEEDED:
                raise NoReport(f"{file} ist kein Bericht einer Generalprobe.")
            found.append(said)
    if not found:
        raise NoReport("Dort liegt kein Bericht einer Generalprobe.")
    return sorted(found, key=lambda said: (said["seed"], said["municipalities"]))


def markdown(reports: Sequence[Report]) -> str:
    return "\n".join([
        "# Generalproben des Landespreises",
        "",
        f"**{_result(reports)}**",
        "",
        *table("Die Proben", HEAD, map(_row, reports)),
        *table("Störungen in allen Proben", FAULTS, _faults(reports)),
    ])  # fmt: skip


def _result(reports: Sequence[Report]) -> str:
    passed = sum(_passed(said) for said in reports)
    struck, survived = (sum(_count(said, what) for said in reports) for what in ("struck", "survived"))
    losses = [_lost(said) for said in reports]
    lost = "ist nicht überall gezählt, was verloren ging" if None in losses else f"verloren ging {_sum(losses)}"
    return f"{passed} von {len(reports)} Proben bestanden, {survived} von {struck} Störungen überstanden, {lost}."


def _sum(losses: Iterable[int | None]) -> int | str:
    return sum(filter(None, losses)) or "nichts"


def _lost(said: Report) -> int | None:
    """Return how much that was confirmed is gone; a report of before did not count it, and only a good one is clear."""
    counted: int | None = said.get("lost", 0 if _passed(said) else None)
    return counted


def _row(said: Report) -> tuple[object, ...]:
    return (
        said["seed"],
        said["municipalities"],
        "bestanden" if _passed(said) else "abgebrochen" if said.get("failure") else "nicht bestanden",
        _count(said, "struck"),
        _count(said, "survived"),
        ", ".join(row["invariant"] for row in said["invariants"] if not row["holds"]) or 0,
        _lost(said),
        said["rush"].get("p99 (ms)"),
        f"{sum(said['seconds'].values()) / 60:.1f}".replace(".", ","),
    )


def _passed(said: Report) -> bool:
    return not said.get("failure") and all(row["holds"] for row in said["invariants"])


def _count(said: Report, what: str) -> int:
    return sum(row[what] for row in said["faults"])


def _faults(reports: Iterable[Report]) -> Iterator[tuple[object, ...]]:
    """Yield a row per kind and one for all; a report of before names of the recoveries the middle and the longest."""
    kinds: dict[str, Kind] = {}
    every = Kind("")
    for row in (row for said in reports for row in said["faults"]):
        waits = row["waits"] if "waits" in row else {row["median"], row["longest"]} - {None}
        for kind in (kinds.setdefault(row["name"], Kind(row["says"])), every):
            kind.struck += row["struck"]
            kind.survived += row["survived"]
            kind.waits += waits
    for name, kind in kinds.items():
        yield name, kind.says, *kind.figures()
    if kinds:
        yield "alle", "", *every.figures()


def _tenths(seconds: float | None) -> str | None:
    return None if seconds is None else f"{seconds:.1f}".replace(".", ",")
