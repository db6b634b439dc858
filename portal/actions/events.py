"""Verbs on dates: save one, move it, cancel it, remove one that nobody has registered for."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from landespreis import clock, journal, wording
from landespreis.refusal import Refused
from portal import seating
from portal.actions import addresses, indexing, notices, seats, texts
from portal.models import Download, Event

RESERVED = {"kalender", "anmeldung"}
"""Addresses below /termine/ that are no dates."""
OWN = ("key", "sequence", "moved_from", "cancelled_at", "notice")
"""What only the verbs below write: a form that stood open does not bring back what was there before."""
IN_CALENDARS = ("title", "starts_at", "ends_at", "is_online", "place", "joining_link")
"""What an entry in somebody's calendar shows; a change of it is a new sequence."""


@transaction.atomic
def save(event: Event, *, downloads: Iterable[Download] | None = None) -> Event:
    """Store a date with its text sanitised; without an address it gets one from its title and day.

    The address it had before leads to it from then on. Where a published date changes in what calendars show, its
    sequence grows and those who have a place get the new calendar file. More places let the waiting list move up.
    `downloads` replace those that were there, None leaves them. Raises Unreadable, and Refused for an address that is
    taken, for fewer places than are taken, and for taking it off the public pages while somebody counts on it.
    """
    event.body_html = texts.html(event.body)
    now = clock.now()
    stored = seats.locked(event.pk) if event.pk else None
    if stored:
        for name in OWN:
            setattr(event, name, getattr(stored, name))
        seats.require_capacity(event)
        seats.require_shown(event, now)
    is_changed = stored is not None and stored.is_public(now) and _differs(stored, event)
    event.sequence += is_changed
    before = addresses.settle(event, f"{event.title} {wording.day(event.starts_at)}", RESERVED)
    event.changed_at = now
    event.save()
    addresses.remember(event, before)
    if downloads is not None:
        event.downloads.set(downloads)
    indexing.index(event)
    if is_changed and not event.cancelled_at and now < event.ends_at:
        notices.changed(event)
    seats.fill(event, now=now)
    return event


@transaction.atomic
def move(
    event: Event,
    *,
    starts_at: datetime,
    ends_at: datetime,
    registration_until: datetime | None = None,
    notice: str = "",
    by: User | None,
) -> Event:
    """Let a published date take place at another time, and tell everybody who comes or waits, once.

    It remembers when it was to be at first. Those who come are reminded of the new time; whoever learns of it later
    than the reminder would come is not reminded again. Journals; `by` None is the portal itself. Raises Refused for a
    date that is no plan any more, and for a time that is none or the one it has.
    """
    now = clock.now()
    event = seats.locked(event.pk)
    _require_planned(event, now)
    if event.starts_at <= now:
        raise Refused("Der Termin hat schon begonnen und lässt sich nicht mehr verlegen.")
    if (starts_at, ends_at) == (event.starts_at, event.ends_at):
        raise Refused("Der Termin liegt schon in dieser Zeit. Alle Angemeldeten wissen Bescheid.")
    if starts_at <= now:
        raise Refused("Der neue Beginn liegt in der Vergangenheit. Wählen Sie einen späteren.")
    if ends_at <= starts_at:
        raise Refused("Das Ende muss nach dem Beginn liegen.")
    before, first = event.starts_at, event.moved_from or event.starts_at
    event.moved_from = None if first == starts_at else first
    event.starts_at, event.ends_at, event.registration_until = starts_at, ends_at, registration_until
    _tell_changed(event, notice, now)
    is_late = seating.reminder_at(starts_at) <= now
    event.registrations.seated().update(reminded_at=now if is_late else None)
    notices.moved(event, before=before)
    _note(journal.Verb.EVENT_MOVED, event, by, before=before.isoformat(), after=starts_at.isoformat())
    return event


@transaction.atomic
def cancel(event: Event, *, notice: str, by: User | None) -> Event:
    """Call a published date off, and tell everybody who comes or waits, once. Journals.

    Raises Refused for one that is cancelled, over, or was never announced.
    """
    now = clock.now()
    event = seats.locked(event.pk)
    _require_planned(event, now)
    event.cancelled_at = now
    _tell_changed(event, notice, now)
    notices.cancelled(event)
    _note(journal.Verb.EVENT_CANCELLED, event, by)
    return event


@transaction.atomic
def remove(event: Event) -> None:
    """Delete a date. Raises Refused while somebody is registered for it: they would never hear of it."""
    event = seats.locked(event.pk)
    if event.registrations.exists():
        raise Refused("Zu diesem Termin gibt es Anmeldungen. Löschen lässt er sich nicht; sagen Sie ihn ab.")
    event.delete()


def _note(verb: journal.Verb, event: Event, by: User | None, **detail: str) -> None:
    journal.note(verb, by=by, about=event.title, event=event.pk, **detail)


def _differs(stored: Event, event: Event) -> bool:
    return any(getattr(stored, name) != getattr(event, name) for name in IN_CALENDARS)


def _require_planned(event: Event, now: datetime) -> None:
    if event.cancelled_at:
        raise Refused("Der Termin ist schon abgesagt. Alle Angemeldeten wissen Bescheid.")
    if event.ends_at <= now:
        raise Refused("Der Termin ist vorbei.")
    if not event.is_public(now):
        raise Refused("Der Termin ist noch nicht veröffentlicht. Ändern oder löschen Sie ihn einfach.")


def _tell_changed(event: Event, notice: str, now: datetime) -> None:
    event.notice = notice
    event.sequence += 1
    event.changed_at = now
    event.save()
    indexing.index(event)
