"""Tables for spreadsheets: CSV that German programs open as it is, and in which no cell becomes a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

MARK = "\ufeff"
"""Tells spreadsheets that the file is UTF-8."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""First characters (also in their full width) that a spreadsheet takes for the beginning of a formula."""


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return head and rows, parted by semicolons; a cell that could be a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for row in (head, *rows):
        writer.writerow([_safe(str(cell)) for cell in row])
    return (MARK + out.getvalue()).encode()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell
