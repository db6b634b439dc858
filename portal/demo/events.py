"""Dates of the demo, all invented: past and coming in every phase, one moved, one cancelled, one full."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from post_office.models import Attachment, Email

from landespreis import clock
from portal import slugs
from portal.actions import events, registrations
from portal.models import Download, Event

SHIPPED = Path(settings.BASE_DIR) / "data" / "demo_events.toml"
FACTS = (
    "title", "kind", "starts_at", "ends_at", "is_online", "place", "registration", "capacity", "registration_until",
)  # fmt: skip
PLANNED = timedelta(days=2)
"""How long before it is announced a date is entered; the next one to be announced is always there already."""
PAUSE, EACH = timedelta(hours=5), timedelta(hours=7, minutes=13)
"""How long after the announcement the first person registers, and then one after the other."""
MAILS_KEPT = timedelta(days=14)
"""Older mails to invented people would only push those out of sight that somebody looks for."""


def fill(until: datetime) -> None:
    """Fill the dates that are announced at `until` or come next, and who has registered by then."""
    data = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    before = Email.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    rows = sorted(data["events"], key=lambda row: row["announced"])
    ahead = min((row["announced"] for row in rows if row["announced"] > until), default=None)
    for row in rows:
        if row["announced"] <= until or row["announced"] == ahead:
            _date(row, data["people"], until)
    _tidy(before, until)


def _date(row: dict[str, Any], people: list[dict[str, str]], until: datetime) -> None:
    clock.set_now(min(row["announced"] - PLANNED, until))
    event = events.save(
        Event(
            **{name: row[name] for name in FACTS if name in row},
            lead=row["lead"],
            body=row["body"].strip(),
            joining_link=f"https://konferenz.example/{slugs.slug(row['title'], most=30)}" if _is_online(row) else "",
            published_at=row["announced"],
        ),
        downloads=Download.objects.filter(occasion=row["downloads"]) if "downloads" in row else None,
    )
    first = row.get("from", 0)
    for place, person in enumerate(people[first : first + row.get("people", 0)]):
        at = row["announced"] + PAUSE + place * EACH
        if at < min(until, event.registration_ends_at):
            _register(event, person, at)
    _change(event, row, until)


def _is_online(row: dict[str, Any]) -> bool:
    return bool(row.get("is_online", True)) and row.get("registration") != "einladung"


def _register(event: Event, person: dict[str, str], at: datetime) -> None:
    """Register somebody who opens the mail some minutes later."""
    clock.set_now(at)
    email = f"{slugs.slug(person['name']).replace('-', '.')}@{slugs.slug(person['organisation'])}.example"
    registrations.register(event, {"question": "", **person, "email": email})
    clock.set_now(at + timedelta(minutes=4))
    registrations.confirm(event.registrations.get(email=email))


def _change(event: Event, row: dict[str, Any], until: datetime) -> None:
    if "move" in row and row["move"]["at"] <= until:
        told = dict(row["move"])
        clock.set_now(told.pop("at"))
        events.move(event, by=None, **told)
    if "cancel" in row and row["cancel"]["at"] <= until:
        clock.set_now(row["cancel"]["at"])
        events.cancel(event, by=None, notice=row["cancel"]["notice"])


def _tidy(before: int, until: datetime) -> None:
    """Leave of the mails written here only those of the last days."""
    rows = Email.objects.filter(pk__gt=before).order_by("pk")
    old = [mail.pk for mail in rows if clock.told(mail.created) < until - MAILS_KEPT]
    Email.objects.filter(pk__in=old).delete()
    Attachment.objects.filter(emails=None).delete()
