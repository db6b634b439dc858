"""Reading the register from files: the shipped table, and the official Gemeindeverzeichnis GV100AD."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from accounts.models import Municipality

Kind = Municipality.Kind

_TABLE_KINDS = {kind.label: kind for kind in Kind}
_TABLE_COLUMNS = {"ags", "name", "art", "kreis_ags", "regierungsbezirk", "lat", "lon"}
_OFFICIAL_KINDS = {
    "60": Kind.COMMUNE,
    "61": Kind.INDEPENDENT,
    "62": Kind.INDEPENDENT,
    "63": Kind.TOWN,
    "64": Kind.COMMUNE,
    "67": Kind.TOWN,
}
_OFFICIAL_DISTRICTS = {"43", "44", "45"}
_REGIONS = {"1": "Düsseldorf", "3": "Köln", "5": "Münster", "7": "Detmold", "9": "Arnsberg"}


class BadFile(ValueError):
    """The file is neither of the two formats; `str()` says in German what is wrong with it."""


@dataclass(frozen=True)
class Entry:
    """One row of a file; the official file knows no coordinates."""

    ags: str | None
    name: str
    kind: Kind
    district_ags: str
    region: str
    point: tuple[float, float] | None


def read(file: Path) -> list[Entry]:
    """Return the rows of `file`, recognised by its content. Raises BadFile."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise BadFile(f"{file.name} lässt sich nicht lesen: {error.strerror}.") from error
    text = _decode(raw)
    entries = list(_official(text) if re.match(r"\d{10}", text) else _table(text))
    if not entries:
        raise BadFile(f"{file.name} enthält keine Kommune aus Nordrhein-Westfalen.")
    return entries


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")  # editions before 2020


def _table(text: str) -> Iterator[Entry]:
    """Read comma-separated rows with the header of data/kommunen_nrw.csv."""
    rows = csv.DictReader(io.StringIO(text))
    if missing := _TABLE_COLUMNS - set(rows.fieldnames or ()):
        raise BadFile(
            f"Die Datei ist weder GV100AD noch eine Tabelle des Verzeichnisses: Es fehlt {', '.join(sorted(missing))}."
        )
    for row in rows:
        try:
            yield Entry(
                ags=_checked_ags(row["ags"]) if row["ags"] else None,
                name=row["name"],
                kind=_TABLE_KINDS[row["art"]],
                district_ags=row["kreis_ags"],
                region=row["regierungsbezirk"].replace("|", ", "),
                point=(float(row["lat"]), float(row["lon"])),
            )
        except (KeyError, ValueError, TypeError) as error:
            raise BadFile(f"Zeile {rows.line_num} ist nicht lesbar: {error}.") from error


def _checked_ags(text: str) -> str:
    if not re.fullmatch(r"\d{8}", text):
        raise ValueError(f"„{text}“ ist kein AGS aus acht Ziffern")
    return text


def _official(text: str) -> Iterator[Entry]:
    """Read fixed-width records of GV100AD: 40 = Kreis, 60 = Gemeinde; Land 05 only.

    Columns (from 1): record type 1–2, edition 3–10, Land 11–12, Regierungsbezirk 13, Kreis 14–15, Gemeinde 16–18,
    name 23–72, kind 123–124.
    """
    for line in text.splitlines():
        record, land, kind = line[0:2], line[10:12], line[122:124]
        if land != "05" or record not in {"40", "60"}:
            continue
        district, name = line[10:15], line[22:72].strip()
        region = _REGIONS.get(line[12], "")
        if not name or not region or not re.fullmatch(r"\d{5}", district):
            raise BadFile(f"Dieser Satz aus GV100AD ist nicht lesbar: {line[:60].strip()} …")
        if record == "40" and kind in _OFFICIAL_DISTRICTS:
            yield Entry(f"{district}000", _district_name(name), Kind.DISTRICT, district, region, None)
        elif record == "60" and kind in _OFFICIAL_KINDS:
            yield Entry(_checked_ags(line[10:18]), name, _OFFICIAL_KINDS[kind], district, region, None)


def _district_name(name: str) -> str:
    """«Soest» → «Kreis Soest», while «Rhein-Kreis Neuss» and «Städteregion Aachen» already say what they are."""
    bare = name.partition(",")[0]
    return bare if re.search(r"kreis|region", bare, flags=re.IGNORECASE) else f"Kreis {bare}"
