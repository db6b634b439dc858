"""The picture of a round's course: every moment is a step, nothing leaves the frame, names do not lie on each other."""

import re
from datetime import datetime, timedelta

import pytest

from submissions import chart
from tests.conftest import CLOSES, OPENS

DAY = timedelta(days=1)


def came(moments: list[datetime]) -> list[chart.Came]:
    return [chart.Came(moment, moment.date(), 1) for moment in moments]


def drawn(created: int, submitted: int, until: datetime = CLOSES) -> str:
    begun = came([OPENS + number * timedelta(hours=1) for number in range(created)])
    lines = [chart.Line("angelegt", "created", begun), chart.Line("eingereicht", "submitted", begun[:submitted])]
    return chart.svg(lines, start=OPENS, end=CLOSES, until=until)


def test_svg_has_a_step_for_every_moment() -> None:
    first = re.search(r'lp-plot__line--created" d="([^"]*)"', drawn(7, 3))

    assert first
    assert first[1].count("V") == 7


def test_svg_goes_up_by_all_that_came_in_an_hour() -> None:
    hours = [chart.Came(OPENS, OPENS.date(), 2), chart.Came(OPENS + DAY, OPENS.date() + DAY, 3)]

    svg = chart.svg([chart.Line("angelegt", "created", hours)], start=OPENS, end=CLOSES, until=CLOSES)

    heights = re.findall(r"V([\d.]+)", re.search(r'lp-plot__line--created" d="([^"]*)"', svg)[1])  # type: ignore[index]
    assert heights == ["166.0", "16.0"]  # 2 and 5 of 5
    assert "5 angelegt" in svg


@pytest.mark.parametrize(("highest", "top"), [
    (0, 5), (1, 5), (20, 20), (21, 30), (75, 80), (79, 80), (450, 600), (9_999, 10_000),
])  # fmt: skip
def test_svg_has_room_for_the_highest_number_and_few_lines(highest: int, top: int) -> None:
    svg = drawn(highest, 0)

    levels = [int(text) for text in re.findall(r'text-anchor="end">(\d+)<', svg)]
    assert levels[-1] == top
    assert 2 <= len(levels) <= chart.GRIDS + 2


@pytest.mark.parametrize("submitted", [0, 39, 40])
def test_svg_keeps_names_apart(submitted: int) -> None:
    heights = [float(y) for y in re.findall(r'lp-plot__name" x="[\d.]+" y="([\d.]+)"', drawn(40, submitted))]

    assert len(heights) == 2
    assert heights[1] - heights[0] >= chart.NEAR


def test_svg_keeps_what_lies_outside_within_the_frame() -> None:
    moments = [OPENS - DAY, CLOSES + DAY]
    svg = chart.svg([chart.Line("angelegt", "created", came(moments))], start=OPENS, end=CLOSES, until=CLOSES)

    numbers = [float(x) for x in re.findall(r"H([\d.]+)", svg)]
    assert min(numbers) >= chart.LEFT
    assert max(numbers) <= chart.RIGHT


def test_svg_says_in_words_what_it_shows() -> None:
    assert "Bis zum 1. Dezember 2025: 4 angelegt und 2 eingereicht." in drawn(4, 2, until=OPENS + DAY / 2)
