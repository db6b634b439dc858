"""What the verbs owe to those who register for a date: one mail per occasion, with the calendar file where it helps."""

from collections.abc import Iterable
from datetime import datetime

from landespreis import mail, wording
from landespreis.clock import BERLIN
from portal import calendars
from portal.models import Event, Registration

FILE = "termin.ics"
Status = Registration.Status


def confirm(event: Event, registration: Registration) -> None:
    """Ask whether the address is theirs. Nothing in it was typed by whoever registered."""
    _owe("event_confirm", event, registration)


def known(event: Event, registration: Registration) -> None:
    """Tell somebody who registers again that they are registered already."""
    _owe("event_known", event, registration)


def seated(event: Event, registration: Registration) -> None:
    """Tell somebody who has just confirmed that they have a place."""
    _tell("event_registered", event, [registration])


def moved_up(event: Event, registrations: Iterable[Registration]) -> None:
    """Tell those who waited that they have a place now."""
    _tell("event_moved_up", event, registrations)


def waiting(event: Event, registration: Registration) -> None:
    _owe("event_waiting", event, registration)


def withdrawn(event: Event, registration: Registration, *, had_place: bool) -> None:
    _owe("event_withdrawn", event, registration, had_place=had_place)


def reminder(event: Event, registration: Registration, *, now: datetime) -> None:
    """Say that it is tomorrow, or today where the beat comes late."""
    today = now.astimezone(BERLIN).date() == event.starts_at.astimezone(BERLIN).date()
    _owe("event_reminder", event, registration, day="Heute" if today else "Morgen")


def changed(event: Event) -> None:
    """Tell those who have a place what a date is like now; whoever waits learns it with the place."""
    _tell("event_changed", event, event.registrations.seated())


def moved(event: Event, *, before: datetime) -> None:
    """Tell everybody who comes or waits the new time; they know the one `before`."""
    is_same_day = wording.day(before) == wording.day(event.starts_at)
    _tell("event_moved", event, event.registrations.told(), is_same_day=is_same_day)


def cancelled(event: Event) -> None:
    """Tell everybody who comes or waits that they need not come."""
    _tell("event_cancelled", event, event.registrations.told())


def _tell(template: str, event: Event, registrations: Iterable[Registration], **more: object) -> None:
    """Owe a mail to each, in as many queries as to one.

    Those who have a place get the calendar file, which is kept once for all of them.
    """
    people = list(registrations)
    if not people:
        return
    words = mail.said_each(template, [_context(event, person) | more for person in people])
    letters = zip((person.email for person in people), words, strict=True)
    rows = mail.owe_all(letters, about=people)
    seated = [row for row, person in zip(rows, people, strict=True) if person.status == Status.CONFIRMED]
    if seated:
        link = "" if event.cancelled_at else event.joining_link
        file = mail.keep(mail.Attached(FILE, calendars.single(event, joining_link=link), calendars.mimetype(event)))
        mail.attach((row, file) for row in seated)


def _owe(template: str, event: Event, registration: Registration, **more: object) -> None:
    mail.owe(template, registration.email, _context(event, registration) | more, about=registration)


def _context(event: Event, registration: Registration) -> dict[str, object]:
    has_place = registration.status == Status.CONFIRMED
    return {
        "event": event,
        "registration": registration,
        "has_place": has_place,
        "joining_link": event.joining_link if has_place and not event.cancelled_at else "",
        "event_path": event.get_absolute_url(),
        "path": registration.get_absolute_url(),
    }
