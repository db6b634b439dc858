"""What a rehearsal came to, for a ministry to read (Markdown, German) and for machines (JSON)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from math import ceil
from statistics import median
from typing import Any

from rehearsal.ledger import Answer, Outage
from rehearsal.story import Outcome

MINUTE = timedelta(minutes=1)
SUBMIT = "/pruefen/"
TOLD = {
    "signed_up": "Personen angemeldet",
    "uploaded": "Dateien hochgeladen",
    "submitted": "Einreichungen angenommen (jede Fassung)",
    "too_late": "Versuche nach der Frist abgelehnt",
    "refused": "Schritte mit Begründung abgelehnt",
    "withdrawn": "Einreichungen zurückgezogen",
    "issued": "Ausgaben des Newsletters versendet",
    "asked": "Anfragen über das Kontaktformular gestellt",
    "written": "Nachrichten an Gruppen versendet",
    "segregated": "Aussonderungen vollzogen",
    "recused": "Befangenheiten erklärt",
    "scored": "Bewertungen abgegeben",
    "opened": "Sitzungen eröffnet",
    "decided": "Kategorien entschieden",
    "published": "Preisträger veröffentlicht",
    "subscribed": "Newsletter abonniert",
    "unsubscribed": "Newsletter abbestellt",
}
"""What the ledger calls it, and how the report says it."""
FAULTS = ("Störung", "", "getroffen", "überstanden", "Erholung im Mittel (s)", "längste (s)")


def figures(outcome: Outcome) -> dict[str, Any]:
    """Return everything that the report says, as JSON has it."""
    stage, ledger = outcome.stage, outcome.stage.ledger
    told = Counter(line.what for line in ledger.lines)
    return {
        "passed": outcome.code == 0,
        "failure": outcome.failure,
        "seed": stage.cast.seed,
        "municipalities": len(stage.cast.towns),
        "digest": stage.cast.digest,
        "seconds": {name: round(seconds, 1) for name, seconds in stage.progress.seconds.items()},
        "told": {what: told[what] for what in [*TOLD, *sorted(set(told) - set(TOLD))] if told[what]},
        "letters": len(stage.installation.mail.letters),
        "answers": len(ledger.answers),
        "invariants": [vars(finding) for finding in outcome.findings],
        "lost": sum(finding.lost for finding in outcome.findings),
        "faults": _faults(outcome),
        "rush": _rush(ledger.answers),
        "errors": _errors(ledger.answers, ledger.outages),
        "memory": outcome.memory,
    }


def markdown(outcome: Outcome) -> str:
    said = figures(outcome)
    return "\n".join(
        [
            *_head(said),
            *table("Was gespielt wurde", ("", "Anzahl"), [
                *((TOLD.get(what, what), count) for what, count in said["told"].items()),
                ("Mails zugestellt", said["letters"]), ("Antworten des Portals", said["answers"]),
            ]),
            *table("Dauer", ("Akt", "Sekunden"), said["seconds"].items()),
            *table("Was gelten muss", ("", "Aussage", "Befund"), (
                ("✓" if row["holds"] else "✗", row["invariant"], row["says"]) for row in said["invariants"]
            )),
            *table("Störungen", FAULTS, (
                (row["name"], row["says"], row["struck"], row["survived"], row["median"], row["longest"])
                for row in said["faults"]
            )),
            *([_loss(said), ""] if said["faults"] else []),
            *table("Einreichen im Ansturm", ("", ""), said["rush"].items()),
            *table("Fehlerseiten (5xx) und ausgebliebene Antworten", ("währenddessen ausgefallen", "5xx", "keine"), (
                (row["during"], row["errors"], row["unanswered"]) for row in said["errors"]
            )),
            *table("Arbeitsspeicher (MiB)", ("nach dem Akt", "Web", "Worker"), (
                (name, taken["web"], taken["worker"]) for name, taken in said["memory"].items()
            )),
        ]
    )  # fmt: skip


def _head(said: dict[str, Any]) -> list[str]:
    broken = sum(not row["holds"] for row in said["invariants"])
    result = "bestanden: Alles, was gelten muss, galt."
    if said["failure"]:
        result = f"abgebrochen: {said['failure']}"
    elif broken:
        result = f"nicht bestanden: {broken} von {len(said['invariants'])} Aussagen gelten nicht."
    return [
        "# Generalprobe des Landespreises",
        "",
        f"**Ergebnis: {result}**",
        "",
        f"{said['municipalities']} Kommunen, Startzahl {said['seed']}, Prüfsumme der Geschichte `{said['digest']}`.",
        "Gleiche Startzahl, gleiche Zahl der Kommunen und gleiche Fassung des Portals erzählen dieselbe Geschichte.",
        "",
    ]


def _loss(said: dict[str, Any]) -> str:
    lost = [row["invariant"] for row in said["invariants"] if row["lost"]]
    if not lost:
        return "Verloren ging dabei nichts von dem, was das Portal bestätigt hatte."
    return f"**Verloren gingen dabei {said['lost']} bestätigte Dinge** ({', '.join(lost)})."


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return the lines of a heading and a table; without rows there is neither."""
    lines = [f"| {' | '.join(_cell(value) for value in row)} |" for row in rows]
    if not lines:
        return []
    return [f"## {title}", "", f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *lines, ""]


def _cell(value: object) -> str:
    return "–" if value is None else str(value).replace("|", "\\|").replace("\n", " ")


def _faults(outcome: Outcome) -> list[dict[str, Any]]:
    """Return a row per kind: how often it struck, after how many all was well again, and how many seconds later."""
    rows = []
    for fault in outcome.faults:
        struck = [outage for outage in outcome.stage.ledger.outages if outage.fault == fault.name]
        waits = [(outage.well - outage.until).total_seconds() for outage in struck if outage.well and outage.until]
        rows.append({
            "name": fault.name, "component": fault.component, "says": fault.says, "struck": len(struck),
            "survived": len(waits), "waits": [round(wait, 1) for wait in waits],
            "median": round(median(waits), 1) if waits else None,
            "longest": round(max(waits), 1) if waits else None,
        })  # fmt: skip
    return rows


def _rush(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return how many submits the portal took in its busiest minute, and how long one took in milliseconds."""
    taken = sorted(
        (
            answer
            for answer in answers
            if answer.method == "POST" and answer.path.endswith(SUBMIT) and answer.status == 302
        ),
        key=lambda answer: answer.ended,
    )
    if not taken:
        return {}
    busiest = max(sum(first.ended <= one.ended < first.ended + MINUTE for one in taken) for first in taken)
    spent = sorted((answer.ended - answer.began).total_seconds() * 1000 for answer in taken)
    return {
        "Antworten auf „Einreichen“": len(taken),
        "davon in der vollsten Minute": busiest,
        **{f"p{share} (ms)": round(spent[ceil(len(spent) * share / 100) - 1]) for share in (50, 95, 99)},
        "längste (ms)": round(spent[-1]),
    }


def _errors(answers: Iterable[Answer], outages: Sequence[Outage]) -> list[dict[str, Any]]:
    counts: dict[str, Counter[bool]] = defaultdict(Counter)
    for answer in answers:
        if answer.status == 0 or answer.status >= 500:
            during = sorted({outage.component for outage in outages if _meets(answer, outage)})
            counts[", ".join(during) or "nichts"][answer.status == 0] += 1
    return [
        {"during": during, "errors": count[False], "unanswered": count[True]}
        for during, count in sorted(counts.items())
    ]


def _meets(answer: Answer, outage: Outage) -> bool:
    over = outage.well or outage.until
    return outage.since <= answer.ended and (over is None or answer.began <= over)
