"""`manage.py rehearse`: a whole award on real processes of its own, with a report of what held."""

import os
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from rehearsal import installation, story
from rehearsal.progress import Progress


class Command(BaseCommand):
    help = "Spielt einen ganzen Landespreis auf eigenen Prozessen durch und prüft, was dabei gelten muss."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--municipalities", type=int, default=427, help="wie viele Kommunen teilnehmen")
        parser.add_argument("--seed", type=int, default=1, help="gleiche Zahl, gleiche Geschichte")
        parser.add_argument("--faults", action="store_true", help="Störungen: Prozesse enden, Dienste fallen aus")
        parser.add_argument("--web", type=int, default=2, help="Prozesse von gunicorn")
        parser.add_argument("--report", type=Path, help="Datei für den Bericht (Markdown)")
        parser.add_argument("--folder", type=Path, help="Ordner, der danach stehen bleibt")

    def handle(self, *args: Any, **options: Any) -> None:
        if installation.MARK not in os.environ:
            _begin_anew(options["folder"], options["web"])
        story.rehearse(
            Path(os.environ[installation.MARK]),
            seed=options["seed"],
            municipalities=options["municipalities"],
            progress=Progress(),
        )


def _begin_anew(folder: Path | None, web_processes: int) -> None:
    """Start this command again, with an environment that knows the rehearsal's own servers only."""
    folder = folder or Path(tempfile.mkdtemp(prefix="generalprobe-"))
    environment = installation.plan(folder.resolve(), web_processes=web_processes)
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)  # noqa: S606 - itself
