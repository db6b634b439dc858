"""`manage.py backup FILE`: database and private files of one moment in one archive."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from landespreis import journal
from landespreis.backup import archive, sealing
from landespreis.backup.databases import DatabaseFailed
from landespreis.refusal import Unavailable


class Command(BaseCommand):
    help = "Sichert Datenbank und Dateien in ein Archiv, verschlüsselt für die Schlüssel in BACKUP_KEYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="Archiv, das es noch nicht gibt")

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["file"]
        partial = target.with_name(f"{target.name}.teil")
        if target.exists():
            raise CommandError(f"{target} gibt es schon. Eine Sicherung ersetzt nie eine andere.")
        try:
            keys = sealing.recipients(settings.BACKUP_KEYS)
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                manifest = sealing.sealed(archive.write, out, keys) if keys else archive.write(out)
                out.flush()
                os.fsync(out.fileno())
            partial.rename(target)
        except (sealing.BadKey, DatabaseFailed, Unavailable, OSError) as error:
            partial.unlink(missing_ok=True)
            raise CommandError(str(error)) from error
        counts = {"files": len(manifest.files), "missing": len(manifest.missing)}
        journal.note(journal.Verb.BACKED_UP, by=None, about=target.name, sealed=bool(keys), **counts)
        closed = "verschlüsselt" if keys else "nicht verschlüsselt"
        self.stdout.write(f"{target}: {len(manifest.files)} Dateien und die Datenbank, {closed}.")
        if manifest.missing:
            names = ", ".join(manifest.missing[:5])
            raise CommandError(f"{len(manifest.missing)} Dateien fehlen schon in der Ablage, zum Beispiel {names}.")
