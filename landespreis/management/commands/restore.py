"""`manage.py restore FILE`: put a backup in the place of what is there."""

import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from landespreis.backup import archive, databases, sealing
from landespreis.refusal import Unavailable

AGE = b"age-encryption.org/"


class Command(BaseCommand):
    help = "Spielt eine Sicherung ein. Prüft sie vorher ganz; eine Datenbank mit Konten ersetzt sie nur auf Wunsch."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--key", type=Path, help="Datei mit dem geheimen Schlüssel von age")
        parser.add_argument("--replace", action="store_true", help="ersetzt, was in der Datenbank steht")
        parser.add_argument("--check", action="store_true", help="prüft nur, ob die Sicherung heil ist")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with tempfile.TemporaryDirectory() as folder:
                self._restore(Path(folder), options)
        except (archive.Damaged, sealing.BadKey, databases.DatabaseFailed, Unavailable, OSError) as error:
            raise CommandError(str(error)) from error

    def _restore(self, folder: Path, options: dict[str, Any]) -> None:
        manifest = self._unpacked(folder, options)
        self.stdout.write(f"Die Sicherung vom {manifest.made_at} ist heil: {len(manifest.files)} Dateien.")
        if options["check"]:
            return
        if manifest.vendor != connection.vendor:
            raise CommandError(f"Die Sicherung stammt aus {manifest.vendor}, hier läuft {connection.vendor}.")
        if databases.holds_data() and not options["replace"]:
            raise CommandError("In dieser Datenbank gibt es Konten. Mit --replace wird alles darin ersetzt.")
        archive.put_back(manifest, folder)  # first: a database that names files which are not there is worse
        databases.restore(folder / archive.DATABASE)
        if wrong := archive.differences(manifest):
            raise CommandError(f"{len(wrong)} Dateien sind nicht, wie sie waren, zum Beispiel {wrong[0]}.")
        self.stdout.write("Eingespielt und verglichen. Weiter mit: manage.py migrate")

    def _unpacked(self, folder: Path, options: dict[str, Any]) -> archive.Manifest:
        with options["file"].open("rb") as source:
            encrypted = source.read(len(AGE)) == AGE
            source.seek(0)
            if not encrypted:
                return archive.unpack(source, folder)
            if options["key"] is None:
                raise CommandError("Die Sicherung ist verschlüsselt. Nennen Sie den Schlüssel mit --key.")
            return self._decrypted(source, folder, options["key"])

    def _decrypted(self, source: IO[bytes], folder: Path, key: Path) -> archive.Manifest:
        with tempfile.TemporaryFile() as plain:
            sealing.opened(source, sealing.identity(key), plain)
            plain.seek(0)
            return archive.unpack(plain, folder)
