"""Verbs of the Session: open it, note who attends, revise a sheet in it, look early."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from jury import permissions, progress, standings
from jury.actions import gate
from jury.models import Assessment, Attendance, Juror, JuryEvent, Score, Session
from jury.sight import Sight
from jury.workflow import Act
from landespreis import clock, wording
from landespreis.refusal import NotAllowed, Refused
from submissions.models import Category, Criterion, Submission

UNCHECKED = "In der Kategorie ist noch nicht alles geprüft"


class NotReady(Refused):
    """The quorum of the category does not stand; `lacking` holds the entries that still need sheets."""

    def __init__(self, lacking: Sequence[progress.Line], message: str) -> None:
        super().__init__(message, title="Es fehlen noch Bewertungen")
        self.lacking = tuple(lacking)


@dataclass(frozen=True)
class Points:
    """What a juror gives an entry: points and reasons by the key of the criterion, and the overall comment."""

    points: Mapping[str, int | None]
    comments: Mapping[str, str]
    comment: str = ""


@transaction.atomic
def open(category: Category, *, by: User, present: Sequence[Juror]) -> Session:  # noqa: A001 (read as `sessions.open`)
    """Open the Session of `category`: from now on the panel sees all final sheets, and blind scoring is over.

    Precondition: every admitted entry has the round's quorum of valid final sheets, or as many as there are seats that
    are not recused from it. One that all seats are recused from waits for nothing: it stays without a rank, and the
    Geschäftsstelle notes in the minutes how it was dealt with. Nothing of the category waits for its formal check.
    Notes who is present. Journals. Raises NotAllowed, NotReady, Refused.
    """
    gate.require_office(by)
    room = gate.enter(category, Act.OPEN)
    grid = progress.of(room.category)
    if not grid.lines:
        raise Refused(
            "In dieser Kategorie ist keine Einreichung zugelassen. Ohne Einreichung gibt es hier weder Sitzung noch "
            "Preis."
        )
    require_quorum(grid)
    require_checked(room)
    session = Session.objects.create(category=room.category, opened_at=room.now, opened_by=by)
    names = _attend(session, present)
    gate.record(room.round, JuryEvent.Verb.OPENED, at=room.now, by=by, category=room.category, present=names)
    return session


@transaction.atomic
def set_attendance(session: Session, *, by: User, present: Sequence[Juror]) -> Session:
    """Note who takes part in the Session, in place of what was noted before. Journals. Raises NotAllowed, Refused."""
    gate.require_office(by)
    room = gate.enter(session.category, Act.ATTEND)
    assert room.session
    names = _attend(room.session, present)
    gate.record(room.round, JuryEvent.Verb.ATTENDANCE, at=room.now, by=by, category=room.category, present=names)
    gate.touch(room.session)
    return room.session


@transaction.atomic
def revise(entry: Submission, *, by: User, given: Points, reason: str, seen: int) -> Assessment:
    """Change the final sheet of the seat in the open Session, or hand one in that was missing, with a reason.

    `seen` is the revision of the sheet the person had before them, 0 where there was none: a second window never
    overwrites the first unseen. A decision that was confirmed on the points as they were loses its confirmations.
    Journals both states. Raises NotAllowed, Refused; nothing is saved then.
    """
    assert entry.submitted_category
    room = gate.enter(entry.submitted_category, Act.REVISE)
    sight = gate.sight_of(by)
    fresh = _readable(sight, entry)
    reason = _required(reason)
    criteria = list(Criterion.objects.filter(round=room.round))
    _require_complete(criteria, given)
    sheet = Assessment.objects.standing().filter(seat=sight.seat, submission=fresh).first()
    if (sheet.revision if sheet else 0) != seen:
        raise Refused(
            "Diese Bewertung wurde inzwischen in einem anderen Fenster gespeichert. Laden Sie die Seite neu und "
            "prüfen Sie, was gilt."
        )
    before = _told(sheet)
    sheet = _write(sheet, fresh, sight.juror, given, criteria, room.now)
    gate.record(
        room.round, JuryEvent.Verb.REVISED, at=room.now, by=by, juror=sight.juror, category=room.category, entry=fresh,
        reason=reason, before=before, after=_told(sheet),
    )  # fmt: skip
    assert room.session
    gate.unsettle(room.session)
    gate.touch(room.session)
    return sheet


@transaction.atomic
def look(category: Category, *, by: User) -> standings.Board:
    """Return the points of an undecided category to the Administration; that it looked stands in the journal.

    Raises NotAllowed.
    """
    if not permissions.may_see_points_early(by):
        raise NotAllowed("Punkte sieht vor dem Beschluss nur die Jury.")
    gate.record(category.round, JuryEvent.Verb.LOOKED, at=clock.now(), by=by, category=category)
    return standings.whole(category)


def require_quorum(grid: progress.Grid) -> None:
    """Raise NotReady unless every entry has the sheets it needs."""
    if grid.lacking:
        missing = ", ".join(f"{line.entry.label} ({line.sheets} von {line.needed})" for line in grid.lacking)
        waiting = ", ".join(seat.short_name for seat in grid.waiting_for(grid.lacking))
        raise NotReady(
            grid.lacking,
            f"Zu wenige abgeschlossene Bewertungen haben: {missing}. Offen sind Bewertungen von: {waiting}.",
        )


def require_checked(room: gate.Room) -> None:
    """Raise Refused while an entry of the category may still come in: once it is decided, none can be admitted."""
    rows = Submission.objects.select_related("round")
    if found := list(rows.unchecked().filter(submitted_category=room.category).order_by("number")):
        raise Refused(
            f"Über {wording.listed([row.label for row in found])} ist formal noch nicht entschieden. Nach dem "
            "Beschluss der Jury geht das nicht mehr; entscheiden Sie deshalb zuerst dort.",
            title=UNCHECKED,
        )
    coming = rows.exclude(status=Submission.Status.SUBMITTED).filter(category=room.category)
    if last := coming.filter(extended_until__gt=room.now).order_by("extended_until").last():
        raise Refused(
            "In dieser Kategorie kann noch jemand einreichen: Eine verlängerte Frist endet "
            f"{wording.deadline(last.deadline)}.",
            title=UNCHECKED,
        )


def _attend(session: Session, present: Sequence[Juror]) -> list[str]:
    jurors = list(Juror.objects.confirmed().filter(seat__round=session.category.round, pk__in=[j.pk for j in present]))
    if not jurors:
        raise Refused("Bitte kreuzen Sie an, wer an der Sitzung teilnimmt.")
    if len(jurors) < len({juror.pk for juror in present}):
        raise Refused("An der Sitzung nehmen nur Mitglieder teil, die zugesagt haben und im Amt sind.")
    Attendance.objects.filter(session=session).exclude(juror__in=jurors).delete()
    known = set(Attendance.objects.filter(session=session).values_list("juror", flat=True))
    Attendance.objects.bulk_create(Attendance(session=session, juror=j) for j in jurors if j.pk not in known)
    return [juror.name for juror in jurors]


def _readable(sight: Sight, entry: Submission) -> Submission:
    fresh = sight.readable().select_related("round", "current").filter(pk=entry.pk).first()
    if fresh is None:
        raise Refused("Diese Einreichung können Sie nicht bewerten. Laden Sie die Seite der Sitzung neu.")
    return fresh


def _required(reason: str) -> str:
    if not reason.strip():
        raise Refused("Bitte nennen Sie den Grund der Änderung.")
    return reason.strip()


def _require_complete(criteria: Sequence[Criterion], given: Points) -> None:
    round = criteria[0].round
    keys = {criterion.key for criterion in criteria}
    values = [given.points.get(key) for key in keys]
    if given.points.keys() - keys or any(type(value) is not int for value in values):
        raise Refused("Bitte geben Sie zu jedem Kriterium ganze Punkte.")
    if not all(round.scale_min <= value <= round.scale_max for value in values if value is not None):
        raise Refused(f"Die Skala geht von {round.scale_min} bis {round.scale_max} Punkten.")


def _told(sheet: Assessment | None) -> dict[str, object] | None:
    """Return a sheet as the journal keeps it."""
    if sheet is None:
        return None
    scores = sheet.scores.values_list("criterion__key", "points", "comment")
    return {
        "status": sheet.status,
        "comment": sheet.comment,
        "scores": {key: {"points": points, "comment": comment} for key, points, comment in scores},
    }


def _write(
    sheet: Assessment | None,
    entry: Submission,
    juror: Juror,
    given: Points,
    criteria: Sequence[Criterion],
    now: datetime,
) -> Assessment:
    assert entry.current
    sheet = sheet or Assessment(seat=juror.seat, submission=entry, version=entry.current)
    sheet.juror = juror
    sheet.status = Assessment.Status.FINAL
    sheet.comment = given.comment.strip()
    sheet.revision += 1
    sheet.saved_at = sheet.finalised_at = now
    sheet.first_finalised_at = sheet.first_finalised_at or now
    sheet.save()
    for criterion in criteria:
        values = {"points": given.points[criterion.key], "comment": given.comments.get(criterion.key, "").strip()}
        Score.objects.update_or_create(assessment=sheet, criterion=criterion, defaults=values)
    return sheet
