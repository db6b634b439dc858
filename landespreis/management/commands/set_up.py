"""`manage.py set_up`: everything an installation needs, at first and after every upgrade, and what is still missing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from landespreis import setting_up


class Command(BaseCommand):
    help = (
        "Richtet das Portal ein oder bringt es auf den Stand dieser Fassung: Datenbank, Kommunen, Runde, Jurysitze, "
        "Rollen, Seiten, Verzeichnis. Darf wiederholt und zugleich laufen; was Menschen geändert haben, bleibt."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--admin", default=settings.ADMIN_EMAIL, metavar="ADRESSE", help="erste Administration")
        parser.add_argument(
            "--static", type=Path, metavar="ORDNER", help="Ordner, aus dem der Proxy statische Dateien nimmt"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with setting_up.alone():
            for said in setting_up.steps(options["admin"], options["static"]):
                self.stdout.write(said)
        missing = [*setting_up.gaps(), *setting_up.advice()]
        self.stdout.write("Noch offen:" if missing else "Es fehlt nichts.")
        for gap in missing:
            self.stdout.write(f"- {gap}")
