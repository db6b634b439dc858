"""What the pages of the admin show of runs: what goes, what stays, in words and numbers."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landespreis import wording
from landespreis.models import RetentionFigures, RetentionItem, RetentionRun
from landespreis.records import parts
from landespreis.records.parts import BYTES, FILES
from landespreis.records.runs import Part

FIGURES = {
    "entries": "Beiträge",
    "accounts": "Konten",
    "by_status": "Stand",
    "by_check": "formale Prüfung",
    "municipalities": "beteiligte Kommunen",
    "partners": "Partner je Beitrag",
    "versions": "Versionen",
    "assessments": "Bewertungen",
    "mean": "Mittel der Punkte",
    "spread": "Streuung der Punkte",
}
STATES = {
    "draft": "Entwurf", "submitted": "eingereicht", "withdrawn": "zurückgezogen", "open": "ungeprüft",
    "admitted": "zugelassen", "excluded": "ausgeschlossen", "returned": "zurückgegeben",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A subject as a row: `what` in numbers, `files` by name, `note` why it stays or what stood in the way."""

    pk: int | None
    label: str
    about: str
    what: str
    files: Sequence[str]
    state: str
    note: str
    may_hold: bool = False


def of_preview(found: Iterable[Part]) -> list[Line]:
    return [
        Line(
            None, part.subject.label, _about(part.subject.label, part.subject.about),
            words(parts.counts(part.lots)), files(part.lots),
            RetentionItem.State.HELD.label if part.held else "geht", part.held,
        )
        for part in found
    ]  # fmt: skip


def of_run(run: RetentionRun) -> list[Line]:
    return [
        Line(
            item.pk, item.label, _about(item.label, item.about), words(item.counts), files(item.lots),
            item.get_state_display(), item.error,
            item.state == RetentionItem.State.PENDING and run.status not in {"done", "discarded"},
        )
        for item in run.items.all()
    ]  # fmt: skip


def _about(label: str, about: str) -> str:
    return "" if about in label else about


def words(counts: Mapping[str, int]) -> str:
    """Return «3 Versionen · 2 Dateien (1,2 MB)»; labels are plural, so the number stands behind them."""
    rows = [f"{label}: {wording.number(number)}" for label, number in counts.items() if label not in {FILES, BYTES}]
    if counts.get(FILES):
        rows.append(f"abgelegte Dateien: {counts[FILES]} ({wording.filesize(counts[BYTES])})")
    return " · ".join(rows)


def files(lots: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"{file['name']} ({wording.filesize(file['size'])})" for lot in lots for file in lot["files"]]


def added(counted: Iterable[Mapping[str, int]]) -> dict[str, int]:
    whole: Counter[str] = Counter()
    for counts in counted:
        whole.update(counts)
    return dict(whole)


def sums(counted: Iterable[Mapping[str, int]]) -> list[tuple[str, str]]:
    """Return what goes altogether, label by label."""
    whole = added(counted)
    rows = [(label, wording.number(number)) for label, number in whole.items() if label not in {FILES, BYTES}]
    if whole.get(FILES):
        rows.append(("abgelegte Dateien", f"{wording.number(whole[FILES])} ({wording.filesize(whole[BYTES])})"))
    return rows


def statistics(rows: Iterable[RetentionFigures]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(str(row), [(FIGURES.get(key, key), said(value)) for key, value in row.figures.items()]) for row in rows]


def said(value: Any) -> str:
    """Return a figure in words."""
    match value:
        case None:
            return "–"
        case dict() if "least" in value:
            return f"zusammen {value['sum']}, von {value['least']} bis {value['most']}"
        case dict():
            return ", ".join(f"{STATES.get(key, key)}: {number}" for key, number in value.items()) or "–"
        case list():
            return f"{len(value)} (AGS {', '.join(map(str, value))})" if value else "0"
        case float():
            return str(value).replace(".", ",")
        case _:
            return str(value)
