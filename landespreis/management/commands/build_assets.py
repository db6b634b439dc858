"""`manage.py build_assets`: cut others' fonts and styles down to what the portal shows; before `collectstatic`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from landespreis import assets, wording

PARTS = {"fonts": assets.build_fonts, "styles": assets.build_styles}


class Command(BaseCommand):
    help = "Schneidet Schriften und KERN-Stile auf das zu, was die Seiten zeigen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", choices=list(PARTS), help="Nur diesen Teil.")

    def handle(self, *args: Any, **options: Any) -> None:
        for part in [options["only"]] if options["only"] else PARTS:
            for name, size in PARTS[part]().items():
                self.stdout.write(f"{name}: {wording.filesize(size)}")
