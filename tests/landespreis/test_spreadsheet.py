"""Tables for spreadsheet programs."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from landespreis import spreadsheet


@pytest.mark.parametrize(("value", "shown"), [
    (None, ""), ("", ""), (True, "true"), (False, "false"), (-5, "-5"), (Decimal("1.5"), "1.5"),
    (date(2026, 2, 9), "2026-02-09"), (datetime(2026, 2, 9, 23, 0, tzinfo=UTC), "2026-02-10T00:00+01:00"),
    ("Soest", "Soest"), ("a-b", "a-b"), ("x\0y", "xy"),
])  # fmt: skip
def test_cell_tells_a_value(value: object, shown: str) -> None:
    assert spreadsheet.cell(value) == shown


@pytest.mark.parametrize("text", [
    '=HYPERLINK("https://x.example")', "+49 2921", "-1+1", "@SUM(A1)", "\t=1", "\r\n=1", "  =1", "\0=1", "＝1", "＠x",
])  # fmt: skip
def test_cell_is_no_formula(text: str) -> None:
    shown = spreadsheet.cell(text)

    assert shown.startswith("'")
    assert shown[1:] == text.replace("\0", "").strip()


def test_lines_are_read_back_as_they_were() -> None:
    rows = [['Straße; "Weg"', "zwei\nZeilen"], ["é😀", ""]]

    content = b"".join(spreadsheet.lines(["eins", "zwei"], rows))

    assert content.startswith(b"\xef\xbb\xbfeins;zwei\r\n")
    read = list(csv.reader(content.decode("utf-8-sig").splitlines(keepends=True), delimiter=";"))
    assert read == [["eins", "zwei"], *rows]
