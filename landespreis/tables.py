"""Tables for other programs: CSV, XLSX and JSON, written row by row, in which no cell becomes a formula."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from tempfile import TemporaryFile
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell

from landespreis import wording
from landespreis.clock import BERLIN

MARK = "\ufeff"
"""Tells spreadsheets that a file is UTF-8."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""First characters (also in their full width) that a spreadsheet takes for the beginning of a formula."""
LONGEST_CELL = 32_767
"""Characters that a cell of an XLSX file holds."""

Cell = str | int | float | bool | date | datetime | None
Row = Sequence[Any]
"""Of cells: text, numbers, days, moments, yes or no, or nothing."""


def csv_lines(head: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """Yield a table with semicolons, each line as soon as its row is there; German spreadsheets open it as it is."""
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    yield MARK + writer.writerow(head)
    for row in rows:
        yield writer.writerow([_words(cell) for cell in row])


def json_lines(head: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """Yield a list of objects, one a line; nothing in it is escaped but what JSON demands."""
    yield "["
    for number, row in enumerate(rows):
        values = {key: _plain(cell) for key, cell in zip(head, row, strict=True)}
        yield f"{',' if number else ''}\n{json.dumps(values, ensure_ascii=False)}"
    yield "\n]\n"


def xlsx(head: Sequence[str], rows: Iterable[Row], *, title: str) -> IO[bytes]:
    """Return an open file with one sheet called `title`; rows go to the disk, not to memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.append(list(head))
    for row in rows:
        sheet.append([_cell(sheet, cell) for cell in row])
    file = TemporaryFile()  # noqa: SIM115 - whoever asked closes it
    book.save(file)
    file.seek(0)
    return file


def defused(text: str) -> str:
    """Return `text` with an apostrophe before it where a spreadsheet would calculate instead of show it."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def _words(cell: Cell) -> str:
    if isinstance(cell, str):
        return defused(cell.replace("\0", ""))
    if isinstance(cell, bool):
        return str(cell).lower()
    return "" if cell is None else str(_plain(cell))


def _plain(cell: Cell) -> str | int | float | bool | None:
    return wording.iso(cell) if isinstance(cell, date) else cell


def _cell(sheet: Any, cell: Cell) -> Any:
    """Return a cell whose type is ours, never guessed from the text."""
    if isinstance(cell, datetime):
        return cell.astimezone(BERLIN).replace(tzinfo=None)
    if not isinstance(cell, str):
        return cell
    made = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub(" ", defused(cell))[:LONGEST_CELL])
    made.data_type = "s"
    return made
