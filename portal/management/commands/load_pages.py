"""`manage.py load_pages`: the pages of every footer as placeholders; what staff have saved stays as it is."""

import tomllib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.actions import pages

SHIPPED = Path(settings.BASE_DIR) / "data" / "pages.toml"


class Command(BaseCommand):
    help = "Legt Impressum, Datenschutz und die anderen Pflichtseiten als Platzhalter an; Bearbeitetes bleibt."

    def handle(self, *args: Any, **options: Any) -> None:
        rows = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["pages"]
        written = [row["slug"] for row in rows if pages.load(**row | {"body": row["body"].strip()})]
        self.stdout.write(f"Seiten: {len(rows)}, davon neu geschrieben: {len(written)}.")
