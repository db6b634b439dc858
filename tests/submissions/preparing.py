"""A round in preparation for tests: copied from the shipped one, and one that lacks nothing."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from jury.models import Seat
from landespreis.clock import BERLIN
from portal.models import Page
from submissions.actions import rounds
from submissions.models import Round
from tests.accounts.factories import StaffFactory

LATER = datetime(2026, 6, 1, 9, tzinfo=BERLIN)
"""The shipped round is over: its winners are public."""
NAMED = {"name": "3. Landespreis für morgen", "key": "lp3", "number_prefix": "IKZ-2028"}
DATES = {
    "opens_at": datetime(2027, 12, 1, tzinfo=BERLIN),
    "closes_at": datetime(2028, 2, 10, tzinfo=BERLIN),
    "ceremony_on": date(2028, 4, 12),
    "embargo_until": datetime(2028, 4, 12, 12, tzinfo=BERLIN),
}


def office() -> User:
    user: User = StaffFactory(superuser=True)
    return user


def copied(round: Round, **dates: Any) -> Round:
    """Return the next round with some dates."""
    new = rounds.copy(round, by=office(), **NAMED)
    Round.objects.filter(pk=new.pk).update(**dates)
    return Round.objects.get(pk=new.pk)


def complete(round: Round) -> Round:
    """Return the next round, which lacks nothing."""
    Seat.objects.get_or_create(
        round=round,
        key="vorsitz",
        position=26,
        defaults={"institution": "Land", "short_name": "Land", "is_chair": True},
    )
    for slug in ("impressum", "datenschutz"):
        Page.objects.create(slug=slug, title=slug.title(), body="Text", changed_at=timezone.now())
    new = copied(round, **DATES)
    Round.objects.filter(pk=new.pk).update(quorum=1)
    return Round.objects.get(pk=new.pk)


def opened(round: Round) -> Round:
    """Return an announced second round whose window is `DATES`."""
    return copied(round, announced_at=timezone.now(), **DATES)
