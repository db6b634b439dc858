"""Verbs on dates: save one."""

from django.db import transaction

from landespreis import clock, wording
from portal.actions import addresses, indexing, texts
from portal.models import Event

RESERVED = {"kalender"}
"""Addresses below /termine/ that are no dates."""


@transaction.atomic
def save(event: Event) -> Event:
    """Store a date with its text sanitised; without an address it gets one from its title and day.

    The address it had before leads to it from then on. Raises Unreadable, and Refused for an address that is taken.
    """
    event.body_html = texts.html(event.body)
    before = addresses.settle(event, f"{event.title} {wording.day(event.starts_at)}", RESERVED)
    event.changed_at = clock.now()
    event.save()
    addresses.remember(event, before)
    indexing.index(event)
    return event
