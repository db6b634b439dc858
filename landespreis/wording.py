"""How moments, spans and sizes are said in German: pure functions, used by templates, mails and PDFs alike."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from landespreis.clock import BERLIN

WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni",
    "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip
COUNTS = (
    "null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf",
)  # fmt: skip
HOURS_MATTER_BELOW = timedelta(days=14)
"""A span of two weeks and more is told in days only."""

BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iOS",
    "iPad": "iOS",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}
"""Marks in what browsers say of themselves → names; most name others as well, so the first that fits counts."""


def deadline(instant: datetime) -> str:
    """Return weekday, date, clock time and zone of an aware instant; midnight is 24:00 of the day before.

    "Montag, 9. Februar 2026, 24:00 Uhr (MEZ)"
    """
    local = instant.astimezone(BERLIN)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{weekday(local.date() - timedelta(days=1))}, 24:00 Uhr ({_zone(local)})"
    return opening(local)


def opening(instant: datetime) -> str:
    """Return weekday, date, clock time and zone of an aware instant at which something begins.

    "Montag, 1. Dezember 2025, 00:00 Uhr (MEZ)"
    """
    local = instant.astimezone(BERLIN)
    return f"{weekday(local)}, {clocktime(local)} Uhr ({_zone(local)})"


def moment(instant: datetime) -> str:
    """Return an aware instant to the second: "Dienstag, 3. Februar 2026, 16:08:27 Uhr (MEZ)"."""
    local = instant.astimezone(BERLIN)
    return f"{weekday(local)}, {local:%H:%M:%S} Uhr ({_zone(local)})"


def span(begins: datetime, ends: datetime) -> str:
    """Return weekday, date, both clock times and the zone of something that lasts; both days where they differ.

    "Donnerstag, 4. Dezember 2025, 10:00–11:00 Uhr (MEZ)"
    """
    if _as_day(begins) != _as_day(ends):
        return f"{opening(begins)} bis {opening(ends)}"
    return f"{weekday(begins)}, {hours(begins, ends)}"


def hours(begins: datetime, ends: datetime) -> str:
    """Return both clock times of a day: "10:00–11:00 Uhr (MEZ)"."""
    return f"{clocktime(begins)}–{clocktime(ends)} Uhr ({_zone(begins.astimezone(BERLIN))})"


def moment_short(instant: datetime) -> str:
    """Return an aware instant to the minute, without weekday and zone: "3. Februar 2026, 16:08 Uhr"."""
    return f"{day(instant)}, {clocktime(instant)} Uhr"


def day(value: date) -> str:
    """Return "3. Februar 2026"; an aware datetime counts as its day in Berlin."""
    local = _as_day(value)
    return f"{local.day}. {MONTHS[local.month - 1]} {local.year}"


def month(value: date) -> str:
    """Return "Februar 2026"; an aware datetime counts as its day in Berlin."""
    local = _as_day(value)
    return f"{MONTHS[local.month - 1]} {local.year}"


def weekday(value: date) -> str:
    """Return "Montag, 9. Februar 2026"; an aware datetime counts as its day in Berlin."""
    return f"{WEEKDAYS[_as_day(value).weekday()]}, {day(value)}"


def clocktime(instant: datetime) -> str:
    """Return "14:32" for an aware instant."""
    return f"{instant.astimezone(BERLIN):%H:%M}"


def recently(instant: datetime, now: datetime) -> str:
    """Return how one speaks of a past instant at `now`: "heute um 14:32 Uhr", "gestern um 09:05 Uhr", else the day."""
    days = (_as_day(now) - _as_day(instant)).days
    said = {0: "heute", 1: "gestern"}.get(days, f"am {day(instant)}")
    return f"{said} um {clocktime(instant)} Uhr"


def iso(value: date) -> str:
    """Return what belongs into `<time datetime="…">`: Berlin time with its offset, to the minute or second."""
    if not isinstance(value, datetime):
        return value.isoformat()
    local = value.astimezone(BERLIN)
    return local.isoformat(timespec="seconds" if local.second else "minutes")


def remaining(span: timedelta) -> str:
    """Return how long something still lasts, in its two largest units; empty when it is over.

    "69 Tage" · "13 Tage, 9 Stunden" · "2 Stunden, 5 Minuten" · "12 Minuten" · "weniger als eine Minute"
    """
    if span <= timedelta():
        return ""
    hours, minutes = divmod(span.seconds // 60, 60)
    if span >= HOURS_MATTER_BELOW:
        parts = [_count(span.days, "Tag", "Tage")]
    elif span.days:
        parts = [_count(span.days, "Tag", "Tage"), _count(hours, "Stunde", "Stunden")]
    else:
        parts = [_count(hours, "Stunde", "Stunden"), _count(minutes, "Minute", "Minuten")]
    return ", ".join(part for part in parts if part) or "weniger als eine Minute"


def stretch(span: timedelta) -> str:
    """Return the same as it stands behind «in» and «seit»: "69 Tagen" · "weniger als einer Minute"."""
    return remaining(span).replace("Tage", "Tagen").replace("eine Minute", "einer Minute")


def filesize(size: int) -> str:
    """Return bytes in decimal units: "812 Bytes", "412 kB", "1,8 MB", "10 MB"."""
    if size < 1000:
        return f"{size} Bytes"
    if size < 999_500:
        return f"{round(size / 1000)} kB"
    return f"{size / 1_000_000:.1f}".removesuffix(".0").replace(".", ",") + " MB"


def counted(value: int) -> str:
    """Return a small count as a word, from thirteen on as a number: "sechs", "13"."""
    return COUNTS[value] if 0 <= value < len(COUNTS) else number(value)


def number(value: int) -> str:
    """Return a whole number with German thousands: "3.148"."""
    return f"{value:,}".replace(",", ".")


def device(agent: str) -> str:
    """Return what a browser says of itself as people would: "Firefox unter Windows"."""
    browser = next((name for mark, name in BROWSERS.items() if mark in agent), "Unbekannter Browser")
    system = next((name for mark, name in SYSTEMS.items() if mark in agent), "")
    return f"{browser} unter {system}" if system else browser


def decimal(value: Fraction | Decimal, places: int = 2) -> str:
    """Return an exact number with that many decimal places, at least one, halves to the even digit: "8,27"."""
    scaled = round(Fraction(value) * 10**places)
    whole, rest = divmod(abs(scaled), 10**places)
    return f"{'-' if scaled < 0 else ''}{number(whole)},{rest:0{places}d}"


def listed(words: Sequence[str], last: str = "und") -> str:
    """Return words as one reads them out: "A", "A und B", "A, B und C"; with `last` "oder": "A, B oder C"."""
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _as_day(value: date) -> date:
    return value.astimezone(BERLIN).date() if isinstance(value, datetime) else value


def _zone(local: datetime) -> str:
    return "MESZ" if local.dst() else "MEZ"


def _count(value: int, one: str, many: str) -> str:
    return f"{value} {one if value == 1 else many}" if value else ""
