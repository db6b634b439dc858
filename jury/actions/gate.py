"""What every verb of the jury begins and ends with: lock the category, check the stage, write the journal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from accounts.models import User
from jury import permissions, sight, workflow
from jury.models import Decision, Juror, JuryEvent, Seat, Session
from landespreis import clock
from landespreis.refusal import NotAllowed
from submissions.models import Category, Round, Submission


@dataclass(frozen=True)
class Room:
    """A locked category: its Session if there is one, its stage, and the moment read after the lock."""

    category: Category
    session: Session | None
    stage: workflow.Stage
    now: datetime

    @property
    def round(self) -> Round:
        return self.category.round


def enter(category: Category, act: workflow.Act) -> Room:
    """Lock `category` until the transaction ends, and make sure that its stage allows `act`.

    All verbs on a category take this lock first, so a sheet that is being saved and a Session that opens never meet
    half-way. The row is locked in a statement of its own and read afterwards. Raises Refused.
    """
    Category.objects.select_for_update(no_key=True).values_list("pk").get(pk=category.pk)
    fresh = Category.objects.select_related("round").get(pk=category.pk)
    session = Session.objects.filter(category=fresh).first()
    now = clock.now()
    stage = workflow.stage(fresh.round, opened=session is not None, decided=fresh.decided_at is not None, now=now)
    workflow.require(stage, act)
    return Room(fresh, session, stage, now)


def require_office(user: User) -> None:
    """Raise NotAllowed unless `user` may run the jury's business."""
    if not permissions.may_run(user):
        raise NotAllowed("Das entscheidet die Geschäftsstelle.")


def sight_of(user: User) -> sight.Sight:
    """Return what `user` may see, read now; raises NotAllowed for somebody who fills no seat or has not accepted."""
    seen = sight.of(user)
    if seen is None or seen.juror.notice_accepted_at is None:
        raise NotAllowed("Dafür brauchen Sie einen Sitz in der Jury und müssen die Hinweise angenommen haben.")
    return seen


def touch(session: Session) -> None:
    """Let every open page of the Session notice that something changed."""
    Session.objects.filter(pk=session.pk).update(revision=F("revision") + 1)


def unsettle(session: Session) -> None:
    """Take the confirmations away from a recorded decision whose ground has changed; a locked one never changes."""
    confirmed = Decision.objects.filter(session=session, locked_at__isnull=True).exclude(
        chair__isnull=True, office__isnull=True
    )
    confirmed.update(revision=F("revision") + 1, chair=None, chair_at=None, office=None, office_at=None)


def record(
    round: Round,
    verb: JuryEvent.Verb,
    *,
    at: datetime,
    by: User | None,
    juror: Juror | None = None,
    category: Category | None = None,
    entry: Submission | None = None,
    **detail: Any,
) -> JuryEvent:
    """Write a line of the jury's journal."""
    seat: Seat | None = juror.seat if juror else None
    return JuryEvent.objects.create(
        round=round, at=at, by=by, verb=verb, seat=seat, category=category, submission=entry, detail=detail
    )


def record_each(
    verb: JuryEvent.Verb, told: Iterable[tuple[Submission, Mapping[str, Any]]], *, at: datetime, by: User
) -> None:
    """Write a line of the jury's journal about each entry, with what it tells, in one statement."""
    JuryEvent.objects.bulk_create(
        JuryEvent(
            round=entry.round, at=at, by=by, verb=verb, category=entry.submitted_category, submission=entry,
            detail=dict(detail),
        )
        for entry, detail in told
    )  # fmt: skip
