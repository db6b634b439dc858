"""What the verbs share that give places: the lock on a date, and letting the waiting list move up."""

from datetime import datetime

from landespreis.refusal import Refused
from portal.actions import notices
from portal.models import Event, Registration

COUNTED_ON = (
    "Es gibt Anmeldungen, und wer angemeldet ist, erführe nichts davon. Sagen Sie den Termin ab; dann erfahren es alle."
)
GONE = "Diesen Termin gibt es nicht mehr."


def locked(pk: int) -> Event:
    """Return the date as it stands, held until the transaction ends: whoever changes its places waits here.

    On SQLite the transaction itself keeps others out. Raises Refused for a date that is gone.
    """
    event = Event.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if event is None:
        raise Refused(GONE)
    return event


def fill(event: Event, *, now: datetime, fresh: Registration | None = None) -> None:
    """Give free places of a locked date to those who wait, the first who confirmed first, and owe them their mail.

    `fresh` has confirmed in this moment: the mail says so, also when it has to wait. Nothing moves once the date has
    begun or is cancelled.
    """
    if event.cancelled_at or event.starts_at <= now:
        return
    taken = event.registrations.seated().count()
    waiting = event.registrations.waiting()
    rising = list(waiting if event.capacity is None else waiting[: max(event.capacity - taken, 0)])
    for registration in rising:
        registration.status, registration.seated_at = Registration.Status.CONFIRMED, now
    Registration.objects.bulk_update(rising, ["status", "seated_at"])
    notices.moved_up(event, [registration for registration in rising if registration != fresh])
    if fresh and fresh in rising:
        notices.seated(event, rising[rising.index(fresh)])
    elif fresh:
        notices.waiting(event, fresh)


def require_shown(event: Event, now: datetime) -> None:
    """Raise Refused when a date that is ahead would be public no more while somebody comes or waits."""
    if event.is_public(now) or event.cancelled_at or event.ends_at <= now:
        return
    if Registration.objects.told().filter(event=event.pk).exists():
        raise Refused(COUNTED_ON)


def require_capacity(event: Event) -> None:
    """Raise Refused when a date has fewer places than are taken."""
    if event.capacity is None:
        return
    taken = Registration.objects.seated().filter(event=event.pk).count()
    if event.capacity < taken:
        said = "Ein Platz ist" if taken == 1 else f"{taken} Plätze sind"
        raise Refused(f"{said} schon vergeben. Tragen Sie mindestens so viele ein oder melden Sie erst Personen ab.")
