"""What is owed to readers: deliveries of issues of the newsletter that are on their way."""

from collections.abc import Iterator

from django.db.models import Count, Min, Q

from landespreis.owed import SLOW, Kind, Owed, by_machine
from portal.models import Delivery, Newsletter

NEWSLETTER = Kind(
    "newsletter", "Ausgabe des Newsletters", "Ausgaben des Newsletters", "admin:portal_newsletter_changelist",
    "portal.view_newsletter", late=SLOW,
)  # fmt: skip
Status = Delivery.Status


def owed() -> Iterator[Owed]:
    """An issue that somebody has paused owes nothing; what came back or stayed uncertain is told by its own page."""
    waiting = Q(status__in=(Status.OWED, Status.HANDING), newsletter__status=Newsletter.Status.SENDING)
    failed = Q(status=Status.FAILED)
    counted = Delivery.objects.filter(waiting | failed).aggregate(
        number=Count("pk", filter=waiting),
        since=Min("newsletter__released_at", filter=waiting),
        failed=Count("pk", filter=failed),
    )
    yield Owed(NEWSLETTER, counted["number"], by_machine(counted["since"]), counted["failed"])
