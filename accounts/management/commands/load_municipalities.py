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
from landespreis import clock
from landespreis.clock import BERLIN

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
    gone = set(by_key) - {entry.ags or entry.name for entry in entries} - {row.name for row in rows if not row.ags}
    renamed = _make_way([by_key[key] for key in sorted(gone)], {row.name for row in [*added, *changed]})
    Municipality.objects.bulk_update(changed, FIELDS)  # first: a new one may bear a name that another gives up
    Municipality.objects.bulk_create(added)
    same = len(entries) - len(added) - len(changed)
    return _report(len(added), len(changed), same, sorted(gone), renamed, pointless)


def _make_way(gone: list[Municipality], names: set[str]) -> list[Municipality]:
    """Rename those that have left the register and whose name somebody else bears now, and return them.

    «Soest, Stadt» becomes «Soest (bis 2027), Stadt»: a municipality keeps its name, and gets a new AGS.
    """
    renamed = [row for row in gone if row.name in names]
    for row in renamed:
        bare, comma, title = row.name.partition(",")
        row.name = f"{bare} (bis {clock.now().astimezone(BERLIN).year}){comma}{title}"
        row.label, row.sort_key = register.label(row.name, row.kind), register.sort_key(row.name)
    Municipality.objects.bulk_update(renamed, ["name", "label", "sort_key"])
    return renamed


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


def _report(
    added: int, changed: int, same: int, gone: list[str], renamed: list[Municipality], pointless: list[str]
) -> str:
    lines = [f"Kommunen: {added} neu, {changed} geändert, {same - len(pointless)} unverändert."]
    if gone:
        lines.append(f"Nicht mehr in der Datei, bleiben aber im Verzeichnis: {', '.join(gone)}.")
    if renamed:
        named = "; ".join(f"{row.name} ({row.ags})" for row in renamed)
        lines.append(f"Ihren Namen trägt jetzt eine andere Kommune: {named}.")
    if pointless:
        lines.append(f"Ohne Lage, deshalb nicht aufgenommen: {', '.join(pointless)}.")
    return "\n".join(lines)
