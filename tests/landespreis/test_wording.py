"""Tests of how moments, spans and sizes are said in German."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.template import Context, Template

from landespreis import wording
from landespreis.clock import BERLIN


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        (datetime(2026, 2, 9, 23, 0, tzinfo=UTC), "Montag, 9. Februar 2026, 24:00 Uhr (MEZ)"),
        (datetime(2026, 2, 10, 0, 0, 1, tzinfo=BERLIN), "Dienstag, 10. Februar 2026, 00:00 Uhr (MEZ)"),
        (datetime(2026, 2, 9, 18, 0, tzinfo=BERLIN), "Montag, 9. Februar 2026, 18:00 Uhr (MEZ)"),
        (datetime(2026, 7, 1, 0, 0, tzinfo=BERLIN), "Dienstag, 30. Juni 2026, 24:00 Uhr (MESZ)"),
        (datetime(2026, 1, 1, 0, 0, tzinfo=BERLIN), "Mittwoch, 31. Dezember 2025, 24:00 Uhr (MEZ)"),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "Sonntag, 29. März 2026, 01:59 Uhr (MEZ)"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "Sonntag, 29. März 2026, 03:00 Uhr (MESZ)"),
    ],
)
def test_deadline_says_weekday_date_clock_and_zone(instant: datetime, said: str) -> None:
    assert wording.deadline(instant) == said


def test_opening_at_midnight_keeps_its_own_day() -> None:
    instant = datetime(2025, 12, 1, tzinfo=BERLIN)

    assert wording.opening(instant) == "Montag, 1. Dezember 2025, 00:00 Uhr (MEZ)"


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        (datetime(2026, 2, 3, 15, 8, 27, tzinfo=UTC), "Dienstag, 3. Februar 2026, 16:08:27 Uhr (MEZ)"),
        (datetime(2026, 8, 3, 15, 8, 27, tzinfo=UTC), "Montag, 3. August 2026, 17:08:27 Uhr (MESZ)"),
    ],
)
def test_moment_says_seconds_and_zone(instant: datetime, said: str) -> None:
    assert wording.moment(instant) == said


def test_days_are_counted_in_berlin() -> None:
    late_evening = datetime(2026, 2, 2, 23, 30, tzinfo=UTC)

    assert wording.day(late_evening) == "3. Februar 2026"
    assert wording.weekday(late_evening) == "Dienstag, 3. Februar 2026"
    assert wording.moment_short(late_evening) == "3. Februar 2026, 00:30 Uhr"
    assert wording.clocktime(late_evening) == "00:30"


def test_span_names_a_day_once_and_the_zone_it_has() -> None:
    winter = datetime(2025, 12, 4, 9, 0, tzinfo=UTC)
    summer = datetime(2026, 3, 29, 8, 0, tzinfo=UTC)

    assert wording.span(winter, winter.replace(hour=10)) == "Donnerstag, 4. Dezember 2025, 10:00–11:00 Uhr (MEZ)"
    assert wording.hours(summer, summer.replace(hour=9)) == "10:00–11:00 Uhr (MESZ)"
    assert wording.span(winter, winter.replace(day=5)) == (
        "Donnerstag, 4. Dezember 2025, 10:00 Uhr (MEZ) bis Freitag, 5. Dezember 2025, 10:00 Uhr (MEZ)"
    )


def test_plain_dates_are_said_as_they_are() -> None:
    assert wording.day(date(2026, 4, 15)) == "15. April 2026"
    assert wording.weekday(date(2026, 4, 15)) == "Mittwoch, 15. April 2026"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (datetime(2026, 2, 9, 23, 0, tzinfo=UTC), "2026-02-10T00:00+01:00"),
        (datetime(2026, 7, 1, 10, 0, 5, tzinfo=UTC), "2026-07-01T12:00:05+02:00"),
        (date(2026, 4, 15), "2026-04-15"),
    ],
)
def test_iso_gives_berlin_time_with_offset(value: date, said: str) -> None:
    assert wording.iso(value) == said


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(days=69, hours=14), "69 Tage"),
        (timedelta(days=14), "14 Tage"),
        (timedelta(days=13, hours=9, minutes=59), "13 Tage, 9 Stunden"),
        (timedelta(days=1, minutes=5), "1 Tag"),
        (timedelta(days=1, hours=1), "1 Tag, 1 Stunde"),
        (timedelta(hours=2, minutes=5), "2 Stunden, 5 Minuten"),
        (timedelta(hours=3), "3 Stunden"),
        (timedelta(minutes=1, seconds=59), "1 Minute"),
        (timedelta(seconds=59), "weniger als eine Minute"),
        (timedelta(), ""),
        (timedelta(seconds=-1), ""),
    ],
)
def test_remaining_says_the_two_largest_units(span: timedelta, said: str) -> None:
    assert wording.remaining(span) == said


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(0), ""),
        (timedelta(seconds=3), "weniger als einer Minute"),
        (timedelta(minutes=1), "1 Minute"),
        (timedelta(days=1, hours=2), "1 Tag, 2 Stunden"),
        (timedelta(days=2, hours=3), "2 Tagen, 3 Stunden"),
        (timedelta(days=69), "69 Tagen"),
    ],
)
def test_stretch_stands_behind_in_and_since(span: timedelta, said: str) -> None:
    assert wording.stretch(span) == said


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 Bytes"),
        (999, "999 Bytes"),
        (1000, "1 kB"),
        (412_300, "412 kB"),
        (999_499, "999 kB"),
        (999_500, "1 MB"),
        (1_800_000, "1,8 MB"),
        (10_000_000, "10 MB"),
        (200_000_000, "200 MB"),
    ],
)
def test_filesize_uses_decimal_units_and_comma(size: int, said: str) -> None:
    assert wording.filesize(size) == said


@pytest.mark.parametrize(("value", "said"), [(0, "0"), (999, "999"), (3148, "3.148"), (60_000_000, "60.000.000")])
def test_number_groups_thousands_with_points(value: int, said: str) -> None:
    assert wording.number(value) == said


@pytest.mark.parametrize(("value", "said"), [(0, "null"), (6, "sechs"), (12, "zwölf"), (13, "13"), (1300, "1.300")])
def test_counted_says_small_counts_as_words(value: int, said: str) -> None:
    assert wording.counted(value) == said


def test_filters_say_what_the_functions_say() -> None:
    template = Template("{% load wording %}{{ at|deadline }} · {{ size|filesize }} · {{ left|remaining }}")

    said = template.render(
        Context({"at": datetime(2026, 2, 10, tzinfo=BERLIN), "size": 412_000, "left": timedelta(days=2)})
    )

    assert said == "Montag, 9. Februar 2026, 24:00 Uhr (MEZ) · 412 kB · 2 Tage"


def test_filters_leave_nothing_empty() -> None:
    template = Template("{% load wording %}[{{ at|deadline }}{{ at|iso }}{{ at|number }}]")

    assert template.render(Context({"at": None})) == "[]"


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        (datetime(2026, 1, 20, 0, 0, tzinfo=BERLIN), "heute um 00:00 Uhr"),
        (datetime(2026, 1, 19, 23, 59, tzinfo=BERLIN), "gestern um 23:59 Uhr"),
        (datetime(2026, 1, 18, 9, 5, tzinfo=BERLIN), "am 18. Januar 2026 um 09:05 Uhr"),
    ],
)
def test_recently_speaks_of_today_yesterday_and_the_day(instant: datetime, said: str) -> None:
    assert wording.recently(instant, datetime(2026, 1, 20, 0, 30, tzinfo=BERLIN)) == said


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox unter Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0", "Edge unter Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1", "Safari unter iOS"),
        ("Mozilla/5.0 (Linux; Android 10; K) Chrome/142.0 Mobile Safari/537.36", "Chrome unter Android"),
        ("curl/8.5.0", "Unbekannter Browser"),
    ],
)
def test_device_is_named_as_people_would(agent: str, said: str) -> None:
    assert wording.device(agent) == said


@pytest.mark.parametrize(
    ("value", "places", "said"),
    [
        (Fraction(124, 15), 2, "8,27"),
        (Fraction(1, 8), 2, "0,12"),
        (Fraction(3, 8), 2, "0,38"),
        (Fraction(-1, 200), 2, "0,00"),
        (Fraction(-3, 2), 1, "-1,5"),
        (Fraction(2999, 1000), 2, "3,00"),
        (Fraction(10), 2, "10,00"),
        (Decimal("0.4714"), 2, "0,47"),
        (Fraction(12_345), 1, "12.345,0"),
    ],
)
def test_decimal_is_exact(value: Fraction | Decimal, places: int, said: str) -> None:
    assert wording.decimal(value, places) == said


@pytest.mark.parametrize(
    ("words", "said"), [([], ""), (["A"], "A"), (["A", "B"], "A oder B"), (["A", "B", "C"], "A, B oder C")]
)
def test_listed(words: list[str], said: str) -> None:
    assert wording.listed(words, "oder") == said
