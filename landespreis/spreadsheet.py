"""Tables for spreadsheet programs: CSV as Excel in German opens it, and cells that no program takes for a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from landespreis import wording

BOM = "\ufeff"
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What a cell begins with that spreadsheet programs compute, also in the wide forms that they read alike."""


class _Line:
    """What the writer writes into: the last line."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text = text


def lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Yield a table line by line: UTF-8 with BOM, semicolons, every text as `cell` makes it."""
    line = _Line()
    writer = csv.writer(line, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    yield (BOM + line.text).encode()
    for row in rows:
        writer.writerow([cell(value) for value in row])
        yield line.text.encode()


def cell(value: object) -> str:
    """Return a value as text: «true», ISO dates in Berlin time, nothing for None, an apostrophe before a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return wording.iso(value)
    if isinstance(value, int):
        return str(value)
    text = str(value).replace("\0", "").strip()
    return f"'{text}" if text.startswith(FORMULA) else text
