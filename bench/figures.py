"""What a measurement hands back: figures, each beside what was wanted."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """A line of the table. `good` is None where nothing was wanted; `rule` marks what no slow machine excuses."""

    name: str
    value: str
    wanted: str = ""
    good: bool | None = None
    rule: bool = False

    @property
    def verdict(self) -> str:
        return {None: "", True: "ok", False: "MISSED"}[self.good]


def at_least(name: str, value: float, bound: float) -> Figure:
    return Figure(name, f"{value:.2f}", f"≥ {bound:g}", value >= bound)


def at_most(name: str, value: float, bound: float) -> Figure:
    return Figure(name, f"{value:.2f}", f"≤ {bound:g}", value <= bound)


def holds(name: str, well: bool, value: str, wanted: str) -> Figure:
    """A rule of the portal: `well`, or the run has failed."""
    return Figure(name, value, wanted, well, rule=True)


def save(figures: Iterable[Figure], file: Path) -> None:
    file.write_text(json.dumps([asdict(figure) for figure in figures]), encoding="utf-8")


def load(file: Path) -> list[Figure]:
    return [Figure(**row) for row in json.loads(file.read_text(encoding="utf-8"))]


def table(parts: dict[str, list[Figure]]) -> str:
    """Return all figures as a table in Markdown."""
    rows = [("", "measured", "wanted", "")]
    for part, figures in parts.items():
        rows.extend((f"{part}: {figure.name}", figure.value, figure.wanted, figure.verdict) for figure in figures)
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
