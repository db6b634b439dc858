"""Tables for other programs: what goes in comes out, and nothing in them is calculated."""

import csv
import io
import json
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook

from landespreis import tables

HEAD = ("text", "number", "yes", "day", "moment", "nothing")
MOMENT = datetime(2026, 2, 9, 22, 59, 59, tzinfo=UTC)
ROW: tables.Row = ('Größe; "Maß"\nzweite Zeile', 7, True, date(2026, 4, 15), MOMENT, None)
FORMULAS = ["=1+1", "+49 211 1", "-2", "@SUM(A1)", "\t=1", "  =1", "\r=1", "\uff1d1", '=HYPERLINK("http://x.example")']


def parsed(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix(tables.MARK)), delimiter=";"))


def test_csv_says_that_it_is_utf8_and_keeps_words() -> None:
    text = "".join(tables.csv_lines(HEAD, [ROW]))

    assert text.startswith("\ufefftext;number;")
    assert parsed(text)[1] == [
        'Größe; "Maß"\nzweite Zeile', "7", "true", "2026-04-15", "2026-02-09T23:59:59+01:00", "",
    ]  # fmt: skip


def test_json_keeps_types() -> None:
    assert json.loads("".join(tables.json_lines(HEAD, [ROW, ROW]))) == [
        {
            "text": 'Größe; "Maß"\nzweite Zeile', "number": 7, "yes": True, "day": "2026-04-15",
            "moment": "2026-02-09T23:59:59+01:00", "nothing": None,
        }
    ] * 2  # fmt: skip


def test_json_of_nothing_is_an_empty_list() -> None:
    assert json.loads("".join(tables.json_lines(HEAD, []))) == []


def test_xlsx_keeps_types_and_shows_local_time() -> None:
    with tables.xlsx(HEAD, [ROW], title="Ein sehr langer Titel, der nicht auf das Blatt passt") as file:
        sheet = load_workbook(file).active

    assert sheet is not None
    assert [str(cell.value) for cell in sheet[2]] == [
        'Größe; "Maß"\nzweite Zeile', "7", "True", "2026-04-15 00:00:00", "2026-02-09 23:59:59", "None",
    ]  # fmt: skip
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "b", "d", "d", "n"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_becomes_a_formula(formula: str) -> None:
    with tables.xlsx(("text",), [(formula,)], title="Blatt") as file:
        sheet = load_workbook(file).active

    assert sheet is not None
    assert (sheet["A2"].data_type, sheet["A2"].value) == ("s", f"'{formula}")
    assert parsed("".join(tables.csv_lines(("text",), [(formula,)])))[1] == [f"'{formula}"]


@pytest.mark.parametrize("text", ["Soest", "a=b", "5974040", "ÄÖÜ", "'quoted'", ""])
def test_other_words_stay_as_they_are(text: str) -> None:
    assert tables.defused(text) == text


def test_xlsx_takes_what_its_format_forbids() -> None:
    with tables.xlsx(("text",), [("a\x00b\x1fc",), ("x" * 40_000,)], title="Blatt") as file:
        sheet = load_workbook(file).active

    assert sheet is not None
    assert sheet["A2"].value == "a b c"
    assert len(str(sheet["A3"].value)) == tables.LONGEST_CELL


def test_lines_come_one_by_one() -> None:
    asked: list[int] = []

    def rows() -> object:
        for number in range(1000):
            asked.append(number)
            yield (number,)

    lines = tables.csv_lines(("number",), rows())  # type: ignore[arg-type]
    next(lines), next(lines)

    assert asked == [0]
