"""The formal check in the demo: the Geschäftsstelle admits what was submitted, and excludes what breaks a condition."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from accounts.models import User
from landespreis import clock
from landespreis.clock import BERLIN
from submissions.actions import formal_check
from submissions.demo import field
from submissions.models import Round, Submission

OFFICE = "renate.vollmer@geschaeftsstelle.example"
DAYS = (12, 13, 17, 18, 19)
"""Of February 2026; the 16th is Rosenmontag."""
PER_DAY = 16
FIRST, EACH = timedelta(hours=9, minutes=12), timedelta(minutes=22, seconds=17)


def check_all(round: Round, until: datetime) -> None:
    """Decide about every submitted entry in the order of their numbers, as far as `until`."""
    office = User.objects.get(email=OFFICE)
    reasons = field.exclusions()
    submitted = round.submissions.filter(status=Submission.Status.SUBMITTED).select_related("owner").order_by("number")
    for entry, at in zip(submitted, _moments(), strict=False):
        if at > until:
            break
        clock.set_now(at)
        if reason := reasons.get(entry.owner.email):
            formal_check.exclude(entry, by=office, reason=reason)
        else:
            formal_check.admit(entry, by=office)


def _moments() -> Iterator[datetime]:
    for day in DAYS:
        for place in range(PER_DAY):
            yield datetime(2026, 2, day, tzinfo=BERLIN) + FIRST + EACH * place
