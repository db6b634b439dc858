"""`manage.py load_municipalities [FILE]`: fills or refreshes the register; repeating it changes nothing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction

from accounts import register
from accounts.models import Municipality
from accounts.register_files import BadFile, Entry, read

SHIPPED = settings.BASE_DIR / "data" / "kommunen_nrw.csv"
FIELDS = ["ags", "name", "label", "kind", "district_ags", "region", "latitude", "longitude", "sort_key"]


class Command(BaseCommand):
    help = "Lädt das Verzeichnis der Kommunen: die mitgelieferte Tabelle oder eine amtliche Datei GV100AD."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=SHIPPED, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            entries = read(options["file"])
            with transaction.atomic():
                self.stdout.write(_load(entries))
        except BadFile as error:
            raise CommandError(str(error)) from error
        except IntegrityError as error:
            raise CommandError(f"Zwei Zeilen tragen denselben Namen oder AGS: {error}.") from error
        register.forget_options()


def _load(entries: list[Entry]) -> str:
    rows = list(Municipality.objects.all())
    by_key = {row.ags or row.name: row for row in rows}
    points = {row.ags: (row.latitude, row.longitude) for row in rows}
    added, changed, pointless = [], [], []
    for entry in entries:
        old = by_key.get(entry.ags or entry.name)
        point = entry.point or points.get(entry.ags) or points.get(f"{entry.district_ags}000")
        if point is None:
            pointless.append(entry.name)
            continue
        row = _row(entry, point)
        if old is None:
            added.append(row)
        elif any(getattr(old, field) != getattr(row, field) for field in FIELDS):
            row.pk = old.pk
            changed.append(row)
    Municipality.objects.bulk_create(added)
    Municipality.objects.bulk_update(changed, FIELDS)
    gone = set(by_key) - {entry.ags or entry.name for entry in entries} - {row.name for row in rows if not row.ags}
    return _report(len(added), len(changed), len(entries) - len(added) - len(changed), sorted(gone), pointless)


def _row(entry: Entry, point: tuple[float, float]) -> Municipality:
    return Municipality(
        ags=entry.ags,
        name=entry.name,
        label=register.label(entry.name, entry.kind),
        kind=entry.kind,
        district_ags=entry.district_ags,
        region=entry.region,
        latitude=point[0],
        longitude=point[1],
        sort_key=register.sort_key(entry.name),
    )


def _report(added: int, changed: int, same: int, gone: list[str], pointless: list[str]) -> str:
    lines = [f"Kommunen: {added} neu, {changed} geändert, {same - len(pointless)} unverändert."]
    if gone:
        lines.append(f"Nicht mehr in der Datei, bleiben aber im Verzeichnis: {', '.join(gone)}.")
    if pointless:
        lines.append(f"Ohne Lage, deshalb nicht aufgenommen: {', '.join(pointless)}.")
    return "\n".join(lines)
