"""`manage.py note_bounces`: notes on subscribers which mails came back; docs/newsletter.md tells how to run it."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal import bounces
from portal.actions import subscribing

FOLDERS = ("new", "cur")
"""Where a Maildir keeps its mails."""


class Command(BaseCommand):
    help = "Liest zurückgekommene Newsletter von der Standardeingabe, aus Dateien oder Maildirs und notiert sie."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths", nargs="*", type=Path, metavar="DATEI", help="Mail oder Maildir; ohne: Standardeingabe"
        )
        parser.add_argument("--delete", action="store_true", help="gelesene Dateien löschen, die Rückläufer waren")

    def handle(self, *args: Any, paths: list[Path], delete: bool, **options: Any) -> None:
        read = noted = 0
        for content, file in _mails(paths):
            read += 1
            bounce = bounces.read(content)
            if bounce is None:
                continue
            noted += bool(
                subscribing.note_bounce(
                    bounce.key, hard=bounce.hard, newsletter=bounce.newsletter, said=f"Rückläufer: {bounce.said}"
                )
            )
            if delete and file:
                file.unlink(missing_ok=True)
        self.stdout.write(f"{read} Mails gelesen, {noted} Rückläufer erkannt.")


def _mails(paths: list[Path]) -> Iterator[tuple[bytes, Path | None]]:
    """Yield each mail with the file it is in. Raises CommandError for a path that cannot be read."""
    if not paths:
        yield sys.stdin.buffer.read(bounces.LONGEST), None
    for path in paths:
        for file in _files(path):
            try:
                with file.open("rb") as opened:
                    content = opened.read(bounces.LONGEST)
            except FileNotFoundError as error:
                if file is path:
                    raise CommandError(f"{path} gibt es nicht.") from error
                continue  # somebody else has moved it within the Maildir
            yield content, file


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    folders = [path / name for name in FOLDERS if (path / name).is_dir()] or [path]
    return sorted(file for folder in folders for file in folder.iterdir() if file.is_file())
