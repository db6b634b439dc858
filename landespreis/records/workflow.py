"""When a run may take which step, and when a period is over: pure, no database."""

from calendar import monthrange
from datetime import date, datetime
from enum import StrEnum

from landespreis.clock import BERLIN
from landespreis.models import RetentionRun
from landespreis.refusal import Refused

Status = RetentionRun.Status
ARCHIVE_MONTHS = 6
"""How long the Landesarchiv may take; assumption after § 4 ArchivG NRW, as the period of a rule of its own is not."""


class Step(StrEnum):
    PACK = "das Paket erstellen"
    OFFER = "das Angebot an das Landesarchiv festhalten"
    ANSWER = "die Antwort des Landesarchivs festhalten"
    RELEASE = "freigeben"
    DISCARD = "verwerfen"


STEPS = {
    True: {
        Step.PACK: {Status.PROPOSED},
        Step.OFFER: {Status.PACKED},
        Step.ANSWER: {Status.OFFERED},
        Step.RELEASE: {Status.ANSWERED},
        Step.DISCARD: {Status.PROPOSED, Status.PACKED, Status.OFFERED, Status.ANSWERED},
    },
    False: {Step.RELEASE: {Status.PROPOSED}, Step.DISCARD: {Status.PROPOSED}},
}
"""Whether it is offered to the Landesarchiv → step → states in which it is possible."""


def may(run: RetentionRun, step: Step) -> bool:
    """Whether the run is where that step is possible. A released one that is archived may be discarded until it begins:
    where its package is lost it never does, and would stand there for ever.
    """
    waits = run.is_archived and run.status == Status.RELEASED and not run.started_at
    return (step == Step.DISCARD and waits) or run.status in STEPS[run.is_archived].get(step, set())


def require(run: RetentionRun, step: Step) -> None:
    """Raise Refused unless the run is where that step is possible."""
    if not may(run, step):
        state = Status(run.status).label
        raise Refused(f"„{run}“ ist {state}: In diesem Stand lässt sich der Schritt „{step}“ nicht gehen.")


def later(moment: datetime, months: int) -> datetime:
    """Return the same local time so many months later, or earlier; the last of a shorter month."""
    local = moment.astimezone(BERLIN)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    return local.replace(year=year, month=month + 1, day=min(local.day, monthrange(year, month + 1)[1]))


def silent_from(offered: date) -> date:
    """Return from which day on the silence of the Landesarchiv counts as its answer."""
    year, month = divmod(offered.year * 12 + offered.month - 1 + ARCHIVE_MONTHS, 12)
    return offered.replace(year=year, month=month + 1, day=min(offered.day, monthrange(year, month + 1)[1]))
