"""Tables as files: from bytes to rows of text, and back, with nothing in a cell that a spreadsheet would run."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from tablib import Dataset

from landespreis import inspection, wording
from landespreis.refusal import Refused
from landespreis.tables import FORMULA, MARK

MOST_ROWS = 500
"""Rows per file that is brought in: each is stored within the one request."""
MOST_COLUMNS = 100
"""Many more than a project has: a file of a million names would become a million times its rows."""
MOST_UNPACKED = 40_000_000
"""Bytes that an XLSX may take when unpacked."""
LONGEST_CELL = 100_000
SHIELD = "'"
SEPARATORS = ";,\t"
CURE = "Angenommen werden CSV (UTF-8), XLSX und JSON."


class Form(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"

    @property
    def mimetype(self) -> str:
        return {
            "csv": "text/csv; charset=utf-8",
            "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "json": "application/json",
        }[self.value]


class Unusable(Refused):
    """The file is no table that can be brought in; the message says what to do."""

    status = 422


@dataclass
class Table:
    """Rows below their header, and for each the number that a person sees beside it."""

    data: Dataset
    numbers: list[int]


def write(data: Dataset, form: Form) -> bytes:
    """Return the table as a file; spreadsheets get no cell that they would run."""
    if form is Form.JSON:
        return str(data.export("json")).encode()
    shielded = Dataset(*([_shielded(cell) for cell in row] for row in data), headers=data.headers)
    if form is Form.CSV:
        return f"{MARK}{shielded.export('csv', delimiter=';')}".encode()
    content: bytes = shielded.export("xlsx")
    return content


def read(content: bytes) -> Table:
    """Return the rows of a file, judged by what it holds and not by its name. Raises Unusable."""
    if not content.strip():
        raise Unusable(f"Die Datei ist leer. {CURE}")
    kind = inspection.recognise(content)
    if kind in {"xlsx", "zip"}:
        rows, first = _spreadsheet(content), 2
    elif kind != "text":
        raise Unusable(f"Diese Datei ist keine Tabelle, die das Portal lesen kann. {CURE}")
    elif content.removeprefix(MARK.encode()).lstrip()[:1] in {b"[", b"{"}:
        rows, first = _json(content), 1
    else:
        rows, first = _csv(content), 2
    return _table(rows, first)


def _table(rows: Iterator[Sequence[str]], first: int) -> Table:
    header = [name.strip().lower() for name in next(rows, [])]
    while header and not header[-1]:
        header.pop()
    if "" in header or len(set(header)) < len(header) or not header:
        raise Unusable("In der ersten Zeile braucht jede Spalte einen eigenen Namen. Lassen Sie keinen leer.")
    if len(header) > MOST_COLUMNS:
        raise Unusable(f"Die Datei hat mehr als {MOST_COLUMNS} Spalten. Behalten Sie nur, was zu Projekten gehört.")
    table = Table(Dataset(headers=header), [])
    for number, row in enumerate(rows, start=first):
        cells = [*row, *[""] * (len(header) - len(row))]
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(header) :]):
            raise Unusable(f"Zeile {number} hat mehr Felder als die erste Zeile. Ergänzen Sie dort die Namen.")
        if len(table.numbers) == MOST_ROWS:
            raise Unusable(
                f"Die Datei hat mehr als {wording.number(MOST_ROWS)} Zeilen. Teilen Sie sie, und spielen Sie die Teile "
                "nacheinander ein."
            )
        table.data.append(cells[: len(header)])
        table.numbers.append(number)
    if not table.numbers:
        raise Unusable("Unter der ersten Zeile steht nichts. Schreiben Sie jedes Projekt in eine eigene Zeile.")
    return table


def _csv(content: bytes) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unusable("Die Datei ist nicht in UTF-8 gespeichert. Wählen Sie beim Speichern „CSV UTF-8“.") from error
    head = text.lstrip().partition("\n")[0]
    separator = max(SEPARATORS, key=head.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            yield [_unshielded(_checked(cell)) for cell in row]
    except csv.Error as error:
        raise Unusable(
            f"Die Datei lässt sich nicht als CSV lesen: Ein Anführungszeichen steht falsch oder fehlt. {CURE}"
        ) from error


def _json(content: bytes) -> Iterator[list[str]]:
    try:
        rows = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unusable(f"Die Datei beginnt wie JSON, lässt sich aber nicht so lesen. {CURE}") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unusable("Die JSON-Datei muss eine Liste von Projekten sein, jedes mit den Spalten als Namen.")
    header = list(dict.fromkeys(str(name) for row in rows for name in row))[: MOST_COLUMNS + 1]
    yield header
    for row in rows:
        yield [_checked(_plain(row.get(name))) for name in header]


def _spreadsheet(content: bytes) -> Iterator[list[str]]:
    formulas: list[str] = []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            too_large = sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED
        if too_large:
            raise Unusable("Die Tabelle ist zu groß. Teilen Sie sie, und spielen Sie die Teile nacheinander ein.")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        sheet = book.worksheets[0]
        for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
            formulas += [
                f"Zeile {number}, Spalte {place}" for place, cell in enumerate(row, 1) if cell.data_type == "f"
            ]
            yield [_unshielded(_checked(_plain(cell.value))) for cell in row]
            if number > MOST_ROWS + 1:
                break
    except Refused:
        raise
    except Exception as error:  # a library that reads what strangers made raises anything
        raise Unusable(f"Die Datei lässt sich nicht als XLSX lesen. Speichern Sie sie neu. {CURE}") from error
    if formulas:
        places = "; ".join(formulas[:5])
        raise Unusable(f"Die Tabelle enthält Formeln ({places}). Ersetzen Sie sie durch ihre Werte.")


def _plain(value: Any) -> str:
    """Return what a cell holds as text: dates in ISO form, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict | list):
        raise Unusable("Eine Angabe der JSON-Datei ist selbst eine Liste. Trennen Sie mehrere Werte mit |.")
    return str(value)


def _checked(cell: str) -> str:
    if len(cell) > LONGEST_CELL:
        raise Unusable("Ein Feld der Datei ist länger als jeder Text eines Projekts. Prüfen Sie die Anführungszeichen.")
    return cell


def _shielded(cell: Any) -> str:
    text: str = ILLEGAL_CHARACTERS_RE.sub("", str(cell))
    return SHIELD + text if text.startswith((*FORMULA, SHIELD)) else text


def _unshielded(cell: str) -> str:
    return cell[1:] if cell.startswith(SHIELD) and cell[1:].startswith((*FORMULA, SHIELD)) else cell
