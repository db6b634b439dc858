"""Dates as calendar files (RFC 5545): what calendars subscribe to, and what goes with the mails of those who come.

The files say PUBLISH, not REQUEST: a request makes mail programs offer "accept" and "decline", whose answers would
reach a mailbox instead of the registration. Changes keep the UID and raise SEQUENCE, so that opening the new file
replaces the old entry. Times are in UTC, which every calendar shows in its own zone and no zone table can spoil.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import icalendar
from django.conf import settings

from portal.models import Event

PUBLISH, CANCEL = "PUBLISH", "CANCEL"
MIMETYPE = "text/calendar"
PRODUCT = "-//Landespreis//Termine//DE"
NAME = "Termine zum Landespreis für innovative interkommunale Zusammenarbeit"
ASK_AGAIN = timedelta(hours=6)
"""How often a calendar that subscribes should look for changes."""


def subscription(events: Iterable[Event]) -> bytes:
    """Return all `events` as one calendar, without any joining link."""
    calendar = _calendar()
    calendar.add("name", NAME)
    calendar.add("x-wr-calname", NAME)
    calendar.add("x-wr-timezone", "Europe/Berlin")
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", icalendar.vDuration(ASK_AGAIN))
    for event in events:
        calendar.add_component(_entry(event, ""))
    return _bytes(calendar)


def single(event: Event, *, joining_link: str = "") -> bytes:
    """Return one date; `joining_link` only for somebody who has a place."""
    calendar = _calendar()
    calendar.add("method", CANCEL if event.cancelled_at else PUBLISH)
    calendar.add_component(_entry(event, joining_link))
    return _bytes(calendar)


def mimetype(event: Event) -> str:
    """Return the type of the file with the method in it, as mail programs ask for."""
    return f"{MIMETYPE}; method={CANCEL if event.cancelled_at else PUBLISH}"


def uid(event: Event) -> str:
    return f"{event.key}@{urlsplit(settings.BASE_URL).hostname}"


def _bytes(calendar: icalendar.Calendar) -> bytes:
    content: bytes = calendar.to_ical()
    return content


def _calendar() -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _entry(event: Event, joining_link: str) -> icalendar.Event:
    page = f"{settings.BASE_URL}{event.get_absolute_url()}"
    entry = icalendar.Event()
    entry.add("uid", uid(event))
    entry.add("summary", event.title)
    entry.add("dtstart", _instant(event.starts_at))
    entry.add("dtend", _instant(event.ends_at))
    entry.add("dtstamp", _instant(event.changed_at))
    entry.add("last-modified", _instant(event.changed_at))
    entry.add("sequence", event.sequence)
    entry.add("status", "CANCELLED" if event.cancelled_at else "CONFIRMED")
    entry.add("url", page)
    entry.add("location", _location(event, joining_link))
    entry.add("description", _description(event, joining_link, page))
    organizer = icalendar.vCalAddress(f"mailto:{settings.CONTACT_EMAIL}")
    organizer.params["cn"] = icalendar.vText("Geschäftsstelle Landespreis")
    entry.add("organizer", organizer)
    return entry


def _location(event: Event, joining_link: str) -> str:
    return joining_link if joining_link and not event.place else event.where


def _description(event: Event, joining_link: str, page: str) -> str:
    parts = [
        f"Hinweis: {event.notice}" if event.notice else "",
        " ".join(event.lead.split()),
        f"Zugang: {joining_link}" if joining_link else "",
        page,
    ]
    return "\n\n".join(part for part in parts if part)


def _instant(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
