"""Verbs on registrations: register for a date, confirm by mail, ask beforehand, withdraw.

Each holds the date's row while it runs, so that places are counted and given one after the other.
"""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower

from landespreis import clock
from landespreis.refusal import Refused
from portal import seating
from portal.actions import notices, seats
from portal.models import Event, Registration
from portal.seating import Door

Status = Registration.Status
PRESSED_TWICE = timedelta(minutes=1)
"""How long the same words again are the same press; later somebody has waited for the mail in vain and gets another."""
GONE = "Diese Anmeldung gibt es nicht mehr. Melden Sie sich noch einmal an."


@transaction.atomic
def register(event: Event, values: Mapping[str, str]) -> None:
    """Note that somebody wants to come and owe the mail that lets them confirm; it holds no place yet.

    `values` are name, email, organisation and question. For an address that is registered already the mail says that;
    for one that has not confirmed yet, what was typed last counts; pressed twice, it owes one mail. Nothing tells the
    caller which of these it was. Raises Refused when nobody can register.
    """
    now = clock.now()
    event = seats.locked(event.pk)
    found = seating.Seating.of(event, event.registrations.seated().count(), now)
    if not found.is_open:
        raise Refused(found.why, title="Anmelden geht hier nicht")
    written = dict(values) | ({} if event.asks_questions else {"question": ""})
    known = _alive(event, values["email"])
    if known is None:
        known = Registration(event=event)
    elif known.status != Status.PENDING:
        notices.known(event, known)
        return
    elif now - known.created_at < PRESSED_TWICE and all(getattr(known, name) == written[name] for name in written):
        return
    for name, value in written.items():
        setattr(known, name, value)
    known.created_at = now
    known.save()
    notices.confirm(event, known)


@transaction.atomic
def confirm(registration: Registration) -> Registration:
    """Give a place to somebody who confirms their address, or the next one on the waiting list; owe the mail.

    Whoever registered in time may confirm until the date begins. Confirming twice changes nothing. Raises Refused for
    a link that is too old, and for a date that is cancelled, has begun or was taken off the public pages.
    """
    now = clock.now()
    event, registration = _held(registration)
    if registration.status in {Status.CONFIRMED, Status.WAITING}:
        return registration
    if not registration.is_pending(now):
        raise Refused("Diese Anmeldung gilt nicht mehr. Melden Sie sich noch einmal an.")
    _require_ahead(event, "Bestätigen")
    if not event.is_public(now):
        raise Refused("Der Termin ist zurzeit nicht veröffentlicht. Bestätigen können Sie, sobald er wieder erscheint.")
    registration.status, registration.confirmed_at = Status.WAITING, now
    registration.save(update_fields=["status", "confirmed_at"])
    seats.fill(event, now=now, fresh=registration)
    registration.refresh_from_db()
    return registration


@transaction.atomic
def ask(registration: Registration, question: str) -> Registration:
    """Change the question somebody asks beforehand. Raises Refused once the date has begun."""
    event, registration = _held(registration)
    _require_ahead(event, "Fragen")
    if registration.status not in {Status.CONFIRMED, Status.WAITING} or not event.asks_questions:
        raise Refused("Zu dieser Anmeldung lässt sich keine Frage stellen.")
    registration.question = question
    registration.save(update_fields=["question"])
    return registration


@transaction.atomic
def withdraw(registration: Registration) -> Registration:
    """Take somebody off a date and owe them the mail; the next of the waiting list moves up.

    Withdrawing twice changes nothing. Raises Refused once the date has begun.
    """
    now = clock.now()
    event, registration = _held(registration)
    if registration.status == Status.CANCELLED:
        return registration
    _require_ahead(event, "Abmelden")
    before = registration.status
    registration.status, registration.cancelled_at = Status.CANCELLED, now
    registration.save(update_fields=["status", "cancelled_at"])
    if before != Status.PENDING:
        notices.withdrawn(event, registration, had_place=before == Status.CONFIRMED)
    seats.fill(event, now=now)
    return registration


def _held(registration: Registration) -> tuple[Event, Registration]:
    """Return the locked date and the registration as it stands now. Raises Refused when it was deleted meanwhile."""
    event = seats.locked(registration.event_id)
    fresh = Registration.objects.filter(pk=registration.pk).first()
    if fresh is None:
        raise Refused(GONE)
    fresh.event = event
    return event, fresh


def _alive(event: Event, email: str) -> Registration | None:
    """Return the registration of an address, as the constraint compares them."""
    rows = event.registrations.alive().annotate(folded=Lower("email"))
    return rows.filter(folded=Lower(Value(email))).first()


def _require_ahead(event: Event, what: str) -> None:
    if event.cancelled_at:
        raise Refused(seating.WHY[Door.CANCELLED])
    if event.starts_at <= clock.now():
        raise Refused(f"Der Termin hat begonnen. {what} geht nicht mehr.")
