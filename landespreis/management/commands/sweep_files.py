"""`manage.py sweep_files`: files that no row names, and rows that lack theirs; `--delete` removes the former."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from landespreis import sweeping, wording
from landespreis.refusal import Refused

SHOWN = 20


class Command(BaseCommand):
    help = "Sucht in der Ablage Dateien, die zu keiner Zeile der Datenbank gehören, und Zeilen, deren Datei fehlt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--delete", action="store_true", help="löscht die Dateien ohne Zeile, sonst nur nennen")
        parser.add_argument(
            "--most", type=int, default=0, metavar="ZAHL",
            help="löscht bis zu so viele auch dann, wenn es verdächtig viele sind; sehen Sie vorher nach, welche",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = sweeping.sweep(most=options["most"]) if options["delete"] else sweeping.look()
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(
            f"{wording.number(found.lying)} Dateien, davon {wording.number(len(found.unnamed))} ohne Zeile. "
            f"Jünger als {settings.ORPHAN_HOURS:g} Stunden und darum noch geduldet: {wording.number(found.young)}."
        )
        if options["delete"]:
            self.stdout.write(f"Gelöscht: {wording.number(found.removed)}.")
        else:
            self._list("Ohne Zeile", found.unnamed)
        self._list("Nicht vom Portal, bleibt liegen", found.foreign)
        self._list("Zeile ohne Datei", found.missing)
        if found.missing:
            raise CommandError(
                f"{wording.number(len(found.missing))} Dateien fehlen in der Ablage. Holen Sie sie aus einer Sicherung."
            )
        if found.is_suspicious and not options["delete"]:
            raise CommandError("Das sind verdächtig viele ohne Zeile. Gehören Ablage und Datenbank zusammen?")

    def _list(self, title: str, names: list[str]) -> None:
        for name in names[:SHOWN]:
            self.stdout.write(f"{title}: {name}")
        if len(names) > SHOWN:
            self.stdout.write(f"{title}: … und {wording.number(len(names) - SHOWN)} weitere")
