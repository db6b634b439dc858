"""`manage.py verify_journal`: whether the journals are unchanged; exit code 1, and what differs, where they are not."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from landespreis import chaining, clock, wording
from landespreis.verifying import KINDS, Finding, Report, verify


def noted(text: str) -> tuple[date, str]:
    """Read `2026-02-09=64 hexadecimal digits`."""
    day, _, sha256 = text.partition("=")
    try:
        found = date.fromisoformat(day)
    except ValueError:
        found = None
    if found is None or len(sha256) != 64:
        raise ArgumentTypeError("Schreiben Sie Tag und Prüfsumme so: 2026-02-09=64 hexadezimale Ziffern.")
    return found, sha256.lower()


class Command(BaseCommand):
    help = "Prüft, ob der Verlauf seit seiner Verkettung unverändert ist."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="für Programme")
        parser.add_argument(
            "--expect",
            action="append",
            default=[],
            type=noted,
            metavar="TAG=PRÜFSUMME",
            help="eine Prüfsumme, die anderswo notiert ist; auch mehrmals",
        )

    def handle(self, *args: Any, expect: Sequence[tuple[date, str]], **options: Any) -> None:
        report = verify(dict(expect))
        if options["json"]:
            self.stdout.write(json.dumps(_facts(report), ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_sentences(report)))
        if report.wrong:
            raise CommandError(_verdict(report), returncode=1)
        if report.last and not options["json"]:
            self.stdout.write("Unverändert.")


def _sentences(report: Report) -> list[str]:
    """Return what was looked at."""
    if not (report.first and report.last):
        return ["Noch ist kein Tag verkettet."]
    span = f"{wording.day(report.first.day)} bis {wording.day(report.last.day)}"
    lines = [
        f"Verkettet: {wording.number(report.chained)} Zeilen an {wording.number(report.days)} Tagen, {span}.",
        f"Noch nicht verkettet: {wording.number(report.waiting)} Zeilen der Tage danach.",
        f"Als Löschung vermerkt: {wording.number(report.purged)} Zeilen in {wording.number(report.purges)} Löschungen.",
        f"Prüfsumme vom {wording.day(report.last.day)}, zum Notieren:",
        f"{report.last.day}={report.last.sha256}",
    ]
    if chaining.standing(clock.now()).behind:
        lines.append("Achtung: Die nächtliche Verkettung ist im Rückstand. Laufen worker und beat?")
    return lines


def _verdict(report: Report) -> str:
    first, *others = (_sentence(finding) for finding in report.findings)
    number = "1 Abweichung" if report.wrong == 1 else f"{wording.number(report.wrong)} Abweichungen"
    lines = [f"Verändert: {number}. Die erste:", first]
    if others:
        lines += ["Weitere:", *others]
    if report.wrong > len(report.findings):
        lines.append("…")
    return "\n".join(lines)


def _sentence(finding: Finding) -> str:
    what = KINDS[finding.kind]
    if not finding.table:
        return f"{wording.day(finding.day)}: {what}."
    if not finding.row:
        return f"Tabelle {finding.table} {what}."
    return f"{wording.day(finding.day)}: Zeile {finding.row} in {finding.table} {what}."


def _facts(report: Report) -> dict[str, Any]:
    return {
        "unchanged": not report.wrong,
        "first_day": str(report.first.day) if report.first else None,
        "last_day": str(report.last.day) if report.last else None,
        "last_sha256": report.last.sha256 if report.last else None,
        "days": report.days,
        "chained_lines": report.chained,
        "waiting_lines": report.waiting,
        "purged_lines": report.purged,
        "purges": report.purges,
        "behind": chaining.standing(clock.now()).behind,
        "wrong": report.wrong,
        "findings": [
            {
                "day": str(finding.day) if finding.day != date.max else None,
                "table": finding.table or None,
                "row": finding.row or None,
                "kind": finding.kind,
            }
            for finding in report.findings
        ],
    }
