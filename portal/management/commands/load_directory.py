"""`manage.py load_directory`: the categories and topics of the directory; what staff have changed stays as it is."""

import tomllib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.actions import sorting

SHIPPED = Path(settings.BASE_DIR) / "data" / "directory.toml"


class Command(BaseCommand):
    help = "Legt Kategorien und Themen des Projektverzeichnisses an; Bearbeitetes bleibt."

    def handle(self, *args: Any, **options: Any) -> None:
        data = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
        categories, topics = sorting.load(data["categories"], data["topics"])
        self.stdout.write(f"Neu im Verzeichnis: {categories} Kategorien, {topics} Themen.")
