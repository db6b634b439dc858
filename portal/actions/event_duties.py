"""What the clock starts for dates: reminding those who come, forgetting who never confirmed and who came long ago.

Each may run late, twice, or in two workers at once without harm.
"""

from datetime import timedelta

from django.db import transaction

from landespreis import clock, forgetting, persevering
from portal import seating
from portal.actions import notices, seats
from portal.models import Event, Registration
from portal.models.events import CONFIRMED_WITHIN

LOOK_AHEAD = timedelta(hours=25)
"""No date is reminded of earlier than this before it begins."""


def remind_all() -> int:
    """Remind everybody of the dates whose reminder is due; return how many were reminded."""
    now = clock.now()
    near = Event.objects.published(now).filter(starts_at__gt=now, starts_at__lte=now + LOOK_AHEAD)
    rows = Registration.objects.seated().filter(event__in=near.filter(cancelled_at__isnull=True), reminded_at=None)
    return persevering.each(rows.select_related("event").order_by("pk"), remind)


@transaction.atomic
def remind(registration: Registration) -> bool:
    """Owe somebody the reminder that is due; return whether it was owed now.

    Whoever got the place after the reminder was due has just had the link and is not reminded. The date is held, and
    the update counts only where nobody has reminded yet: two workers at once remind once.
    """
    now = clock.now()
    event = seats.locked(registration.event_id)
    due = seating.reminder_at(event.starts_at)
    if event.cancelled_at or not due <= now < event.starts_at:
        return False
    mine = event.registrations.seated().filter(pk=registration.pk, reminded_at=None, seated_at__lt=due)
    if not mine.update(reminded_at=now):
        return False
    notices.reminder(event, Registration.objects.get(pk=registration.pk), now=now)
    return True


def forget_unconfirmed() -> int:
    """Delete registrations whose address nobody has confirmed in time, and the mail about them; return how many."""
    before = clock.now() - CONFIRMED_WITHIN
    return forgetting.delete(Registration.objects.filter(status=Registration.Status.PENDING, created_at__lte=before))


def forget_past() -> int:
    """Delete everybody's data, also in mail, once a date has been over for its `keep_days`; return how many people."""
    now, deleted = clock.now(), 0
    for event in Event.objects.filter(ends_at__lte=now, registrations__isnull=False).distinct():
        if event.ends_at + timedelta(days=event.keep_days) <= now:
            deleted += forgetting.delete(event.registrations.all())
    return deleted
