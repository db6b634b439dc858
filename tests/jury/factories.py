"""Seats, jurors, admitted entries and sheets for tests, all invented; written as rows, past the verbs."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from accounts.models import User
from jury.models import Assessment, Clearance, Juror, Recusal, Score, Seat, Session
from landespreis import clock
from submissions.models import Category, Round, Submission
from tests.accounts.factories import StaffFactory, UserFactory
from tests.submissions import factories

SEATS = ("landesbeauftragter", "staedtetag", "landkreistag", "gemeindebund", "bank")


def seats(round: Round) -> list[Seat]:
    """Return the five seats of a round, the first of them the chair."""
    return [
        Seat.objects.create(
            round=round,
            key=key,
            institution=f"Institution {key}",
            short_name=key.capitalize(),
            position=position,
            is_chair=position == 1,
        )
        for position, key in enumerate(SEATS, start=1)
    ]


def juror(seat: Seat, *, accepted: bool = True, **fields: Any) -> Juror:
    """Return a person with a second factor on `seat` who confirmed, and accepted the notice unless told otherwise."""
    user: User = UserFactory(totp=True, **fields)
    now = clock.now()
    return Juror.objects.create(
        seat=seat,
        user=user,
        name=user.name,
        email=user.email,
        since=date(2026, 1, 15),
        invited_at=now,
        confirmed_at=now,
        notice_accepted_at=now if accepted else None,
    )


def panel(round: Round) -> list[Juror]:
    """Return five jurors on the five seats of `round`."""
    return [juror(seat) for seat in seats(round)]


def admitted(round: Round, category: str = "krisen", **fields: Any) -> Submission:
    """Return an entry of that category, submitted while the round was open and admitted; set the clock afterwards."""
    fields = {"category": round.categories.get(key=category)} | fields
    entry = factories.submitted(round, **fields)
    entry.formal_check = Submission.Check.ADMITTED
    entry.save(update_fields=["formal_check"])
    return entry


def clear(juror: Juror, *entries: Submission) -> None:
    """Let `juror` have stated not to be biased."""
    Clearance.objects.bulk_create(Clearance(juror=juror, submission=entry, at=clock.now()) for entry in entries)


def recuse(juror: Juror, entry: Submission) -> Recusal:
    return Recusal.objects.create(
        juror=juror, submission=entry, reason=Recusal.Reason.OFFICE, text="Ratsmandat", at=clock.now()
    )


def sheet(
    juror: Juror, entry: Submission, points: Mapping[str, int | None] | int, status: str = Assessment.Status.FINAL
) -> Assessment:
    """Return the sheet of `juror` for `entry`, cleared before; `points` by criterion key, or the same for all."""
    Clearance.objects.get_or_create(juror=juror, submission=entry, defaults={"at": clock.now()})
    now = clock.now() if status == Assessment.Status.FINAL else None
    row = Assessment.objects.create(
        seat=juror.seat,
        juror=juror,
        submission=entry,
        version=entry.current,
        status=status,
        saved_at=clock.now(),
        finalised_at=now,
        first_finalised_at=now,
    )
    for criterion in entry.round.criteria.all():
        given = points if isinstance(points, int) else points.get(criterion.key)
        Score.objects.create(assessment=row, criterion=criterion, points=given)
    return row


def open_session(category: Category, by: User | None = None) -> Session:
    return Session.objects.create(category=category, opened_at=clock.now(), opened_by=by or StaffFactory())


def scoring_time(round: Round) -> Any:
    """Return a moment at which the jury scores."""
    assert round.scoring_opens_at
    return round.scoring_opens_at + timedelta(days=3)
