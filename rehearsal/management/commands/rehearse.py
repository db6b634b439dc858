"""`manage.py rehearse`: a whole award on real processes of its own, with a report of what held."""

import json
import logging
import os
import shutil
import signal
import sys
import tempfile
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rehearsal import installation, report, story, summary
from rehearsal.faults import kinds
from rehearsal.machines import family
from rehearsal.progress import Progress
from rehearsal.servers import Missing

NOT_PLAYED, INTERRUPTED = 2, 130


class Command(BaseCommand):
    help = "Spielt einen ganzen Landespreis auf eigenen Prozessen durch und prüft, was dabei gelten muss."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--municipalities", type=int, default=427, help="wie viele Kommunen teilnehmen")
        parser.add_argument("--seed", type=int, default=1, help="gleiche Zahl, gleiche Geschichte")
        parser.add_argument(
            "--faults", nargs="?", const="alle", default="", metavar="NAMEN",
            help="Störungen: alle, oder die mit diesen Namen: " + ", ".join(fault.name for fault in kinds.ALL),
        )  # fmt: skip
        parser.add_argument(
            "--only-rush", nargs="?", const=12, default=0, type=float, metavar="ZAHL",
            help="misst nur den Ansturm: alle reichen zuletzt ein, so viele in der Sekunde",
        )  # fmt: skip
        parser.add_argument(
            "--storage", choices=(installation.FOLDER, installation.S3), default=installation.FOLDER,
            help="wo die Dateien liegen: in einem Ordner oder in einer eigenen Ablage, die S3 spricht",
        )  # fmt: skip
        parser.add_argument("--web", type=int, default=2, help="Prozesse von gunicorn")
        parser.add_argument(
            "--report", type=Path, help="Datei für den Bericht (Markdown); daneben entsteht einer als JSON"
        )
        parser.add_argument("--folder", type=Path, help="Ordner, der danach stehen bleibt")
        parser.add_argument(
            "--summarise", type=Path, nargs="+", metavar="ORT",
            help="spielt nichts, sondern fasst Berichte als JSON zusammen: Dateien oder Ordner voller solcher",
        )  # fmt: skip
        parser.add_argument("--keep", action="store_true", help="lässt den Ordner mit allen Protokollen stehen")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["summarise"]:
            self._summarise(options["summarise"], options["report"])
            return
        try:
            faults = kinds.chosen(options["faults"], options["storage"])
        except LookupError as error:
            raise CommandError(error.args[0]) from error
        if installation.MARK not in os.environ:
            _begin_anew(options["folder"], options["web"], options["storage"])
        folder = Path(os.environ[installation.MARK])
        try:
            outcome = _rehearsed(folder, options, faults)
        except Missing as error:
            why = f"Für die Generalprobe fehlt {error}. bin/setup dev richtet ein, was sie braucht."
            raise CommandError(why, returncode=NOT_PLAYED) from error
        except CalledProcessError as error:
            why = f"PostgreSQL ließ sich in {folder} nicht anlegen: {error.stderr.decode(errors='replace').strip()}"
            raise CommandError(why, returncode=NOT_PLAYED) from error
        self._tell(outcome, options["report"])
        if outcome.code or options["keep"] or options["folder"]:
            self.stderr.write(f"Protokolle und Daten stehen in {folder}.")
        else:
            shutil.rmtree(folder)
        sys.stdout.flush()
        os._exit(outcome.code)  # who still waits for an answer that nobody gives any more is not waited for

    def _summarise(self, places: list[Path], file: Path | None) -> None:
        try:
            text = summary.markdown(summary.read(places))
        except summary.NoReport as error:
            raise CommandError(str(error)) from error
        if file:
            file.write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text)

    def _tell(self, outcome: story.Outcome, file: Path | None) -> None:
        text = report.markdown(outcome)
        if file is None:
            self.stdout.write(text)
            return
        file.write_text(text, encoding="utf-8")
        said = json.dumps(report.figures(outcome), ensure_ascii=False, indent=2, default=str)
        file.with_suffix(".json").write_text(said, encoding="utf-8")
        self.stdout.write(text.partition("##")[0])


def _rehearsed(folder: Path, options: dict[str, Any], faults: Any) -> story.Outcome:
    """Play it; whoever interrupts it leaves no process behind."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for name in ("mail.log", "landespreis", "celery", "kombu"):
        logging.getLogger(name).setLevel(logging.ERROR)  # what the portal's own processes say stands in their logs
    try:
        return story.rehearse(
            folder,
            seed=options["seed"],
            municipalities=options["municipalities"],
            progress=Progress(),
            faults=faults,
            per_second=options["only_rush"],
        )
    except KeyboardInterrupt:
        for pid in family(os.getpid())[1:]:  # one that was just being started is in nobody's list yet
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        sys.stderr.write(f"\nAbgebrochen. Protokolle und Daten stehen in {folder}.\n")
        sys.stderr.flush()
        os._exit(INTERRUPTED)


def _begin_anew(folder: Path | None, web_processes: int, storage: str) -> None:
    """Start this command again, with an environment that knows the rehearsal's own servers only."""
    folder = folder or Path(tempfile.mkdtemp(prefix="generalprobe-"))
    environment = installation.plan(folder.resolve(), web_processes=web_processes, storage=storage)
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)  # noqa: S606 - itself
