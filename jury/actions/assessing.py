"""Verbs of a juror on an entry: state no bias, declare one, save a sheet, finalise it, reopen it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from jury.actions import gate, papers
from jury.models import Assessment, Clearance, JuryEvent, Recusal, Score
from jury.sight import Sight
from jury.workflow import Act
from landespreis import queue, wording
from landespreis.refusal import NotAllowed, Refused
from submissions.models import Category, Criterion, Submission

Points = Mapping[str, int | None]
"""Points by the key of their criterion; None or no key: none given."""
Comments = Mapping[str, str]

Status = Assessment.Status


class Stale(Refused):
    """The sheet was saved elsewhere after the page was opened; nothing was written, the sender decides."""

    def __init__(self, sheet: Assessment, now: datetime) -> None:
        super().__init__(
            f"Diese Bewertung wurde {wording.recently(sheet.saved_at, now)} in einem anderen Fenster oder auf einem "
            "anderen Gerät gespeichert. Gespeichert ist jener Stand; was Sie hier eingetragen haben, steht noch im "
            "Bogen.",
            title="Diese Bewertung gibt es in zwei Fassungen",
        )
        self.sheet = sheet


class Closed(Refused):
    """The sheet is final: it must be reopened before it can change; nothing was written."""

    def __init__(self, sheet: Assessment) -> None:
        super().__init__(
            "Sie haben diese Bewertung inzwischen abgeschlossen, vielleicht in einem anderen Fenster. Gespeichert ist "
            "die abgeschlossene Fassung. Wollen Sie sie ändern, öffnen Sie sie wieder.",
            title="Die Bewertung ist schon abgeschlossen",
        )
        self.sheet = sheet


class Incomplete(Refused):
    """Points are missing, so the sheet stayed a draft; everything sent is saved."""

    status = 422

    def __init__(self, sheet: Assessment, missing: list[Criterion]) -> None:
        names = " und ".join(f"„{criterion.title}“" for criterion in missing)
        super().__init__(
            f"Zum Abschließen fehlen noch Punkte für {names}. Alles andere ist als Entwurf gespeichert.",
            title="Es fehlen noch Punkte",
        )
        self.sheet = sheet
        self.missing = missing


class Sent(NamedTuple):
    """A sheet as somebody sent it, checked."""

    points: dict[int, int | None]
    """By the primary key of the criterion, as `comments`."""
    comments: dict[int, str]
    comment: str


@dataclass(frozen=True)
class Desk:
    """Where a verb writes: the locked category, the juror's sight, the entry as it is now, and the seat's sheet."""

    room: gate.Room
    sight: Sight
    entry: Submission
    sheet: Assessment | None

    @property
    def now(self) -> datetime:
        return self.room.now


# Bias ------------------------------------------------------------------------------------------------
@transaction.atomic
def clear(entry: Submission, *, by: User) -> Clearance:
    """State that `by` is not biased about `entry`, which opens its texts and files to this person.

    Stating it twice is stating it once. Journals. Raises Refused, and NotAllowed for somebody who works on the entry.
    """
    desk = _sit(entry, by, Act.CLEAR)
    if _works_on(by, desk.entry):
        raise NotAllowed(
            "Sie wirken selbst an dieser Einreichung mit. Damit sind Sie befangen; bitte erklären Sie es hier.",
            title="Das können Sie hier nicht erklären",
        )
    stated, is_new = Clearance.objects.get_or_create(
        juror=desk.sight.juror, submission=desk.entry, defaults={"at": desk.now}
    )
    if is_new:
        _record(desk, JuryEvent.Verb.CLEARED, by)
    return stated


@transaction.atomic
def recuse(entry: Submission, *, by: User, reason: str, text: str) -> Recusal:
    """Declare a bias of `by` about `entry`. From now on they see nothing of it.

    The seat's sheet stops counting and is kept, unseen, for the minutes, and so does one that `by` gave from another
    seat before; an open Session notices, and a decision that was confirmed on these points must be confirmed anew.
    Declaring it twice is declaring it once. Journals. Raises Refused for an unknown reason or without an explanation.
    """
    room = gate.enter(_category(entry), Act.RECUSE)
    sight = gate.sight_of(by)
    declared = Recusal.objects.standing().filter(juror__user=by, submission=entry).first()
    if declared:
        return declared
    desk = _desk(room, sight, entry)
    if reason not in Recusal.Reason.values:
        raise Refused("Diesen Grund gibt es nicht. Wählen Sie einen der angebotenen.")
    if not text.strip():
        raise Refused("Bitte erläutern Sie Ihre Befangenheit in ein oder zwei Sätzen.")
    recusal = Recusal.objects.create(
        juror=sight.juror, submission=desk.entry, reason=reason, text=_checked(text.strip(), 1000), at=desk.now
    )
    biased = Assessment.objects.standing().filter(Q(seat=sight.seat) | Q(juror__user=by), submission=desk.entry)
    voided = biased.update(status=Status.VOID) > 0
    _record(desk, JuryEvent.Verb.RECUSED, by, reason=reason, voided=voided)
    if room.session:
        if voided:
            gate.unsettle(room.session)
        gate.touch(room.session)
    queue.nudge(papers.FORGET_HIDDEN)
    return recusal


# The sheet -------------------------------------------------------------------------------------------
@transaction.atomic
def save(entry: Submission, *, by: User, points: Points, comments: Comments, comment: str, revision: int) -> Assessment:
    """Save the sheet of the seat as a draft, whatever is still missing.

    `revision` is the one the page was opened with (0: there was no sheet). Saving the same again changes nothing.
    Raises Refused for points that are not whole or outside the scale, for unknown criteria and unreadable or overlong
    texts; Stale and Closed when the sheet changed since. Drafts leave no line in the journal.
    """
    desk = _sit(entry, by, Act.SCORE, readable=True)
    return _write(desk, _sent(desk.entry, points, comments, comment), revision)


def finalise(
    entry: Submission, *, by: User, points: Points, comments: Comments, comment: str, revision: int
) -> Assessment:
    """Save the sheet and let it count: from the Session on the others see it.

    As `save`, and raises Incomplete, which stays written as a draft. Finalising the same twice is doing it once.
    Journals with the points.
    """
    with transaction.atomic():
        desk = _sit(entry, by, Act.SCORE, readable=True)
        sent = _sent(desk.entry, points, comments, comment)
        sheet = _write(desk, sent, revision)
        missing = [row for row in desk.entry.round.criteria.all() if sent.points[row.pk] is None]
        if not missing and sheet.status != Status.FINAL:
            sheet.status = Status.FINAL
            sheet.finalised_at = desk.now
            sheet.first_finalised_at = sheet.first_finalised_at or desk.now
            sheet.save(update_fields=["status", "finalised_at", "first_finalised_at"])
            _record(desk, JuryEvent.Verb.FINALISED, by, points=dict(points))
    if missing:
        raise Incomplete(sheet, missing)
    return sheet


@transaction.atomic
def reopen(entry: Submission, *, by: User) -> Assessment:
    """Make the seat's final sheet a draft again; it does not count until it is finalised anew.

    Reopening a draft changes nothing. Journals. Raises Refused when there is no sheet, or the Session is open.
    """
    desk = _sit(entry, by, Act.SCORE, readable=True)
    sheet = desk.sheet
    if sheet is None:
        raise Refused("Zu dieser Einreichung gibt es von Ihrem Sitz noch keine Bewertung.")
    if sheet.status == Status.DRAFT:
        return sheet
    sheet.status, sheet.finalised_at = Status.DRAFT, None
    sheet.juror, sheet.saved_at, sheet.revision = desk.sight.juror, desk.now, sheet.revision + 1
    sheet.save(update_fields=["status", "finalised_at", "juror", "saved_at", "revision"])
    _record(desk, JuryEvent.Verb.REOPENED, by)
    return sheet


# Guards ----------------------------------------------------------------------------------------------
def _sit(entry: Submission, by: User, act: Act, *, readable: bool = False) -> Desk:
    """Lock the category and find what the verb works with. Raises Refused when the entry is none of theirs."""
    room = gate.enter(_category(entry), act)
    sight = gate.sight_of(by)
    desk = _desk(room, sight, entry)
    if readable and not sight.may_read(desk.entry):
        raise NotAllowed("Erklären Sie zuerst, ob Sie bei dieser Einreichung befangen sind.", title="Erklärung fehlt")
    return desk


def _desk(room: gate.Room, sight: Sight, entry: Submission) -> Desk:
    rows = sight.entries(room.category).select_related("round", "current")
    found = rows.prefetch_related("editors", "round__criteria").filter(pk=entry.pk).first()
    if found is None:
        raise NotAllowed(
            "Diese Einreichung steht Ihnen nicht mehr zur Bewertung. Gespeichert ist, was Sie bis dahin gespeichert "
            "haben.",
            title="Nicht gespeichert",
        )
    sheet = Assessment.objects.standing().filter(seat=sight.seat, submission=found).first()
    return Desk(room, sight, found, sheet)


def _category(entry: Submission) -> Category:
    if entry.submitted_category is None:
        raise NotAllowed("Diese Einreichung ist noch nicht eingereicht.")
    return entry.submitted_category


def _works_on(user: User, entry: Submission) -> bool:
    return entry.owner_id == user.pk or any(editor.user_id == user.pk for editor in entry.editors.all())


def _sent(entry: Submission, points: Points, comments: Comments, comment: str) -> Sent:
    """Return what was sent, by criterion; raises Refused for what no sheet can hold."""
    round, criteria = entry.round, {row.key: row for row in entry.round.criteria.all()}
    if not {*points, *comments} <= criteria.keys():
        raise Refused("Die Kriterien dieser Runde haben sich geändert. Bitte laden Sie die Seite neu.")
    whole = range(round.scale_min, round.scale_max + 1)
    if any(given is not None and (type(given) is not int or given not in whole) for given in points.values()):
        raise Refused(f"Vergeben Sie ganze Punkte von {round.scale_min} bis {round.scale_max}.")
    return Sent(
        {row.pk: points.get(key) for key, row in criteria.items()},
        {row.pk: _checked(comments.get(key, ""), 2000) for key, row in criteria.items()},
        _checked(comment, 3000),
    )


def _checked(text: str, most: int) -> str:
    if len(text) > most:
        raise Refused(f"Kürzen Sie den Text um {wording.number(len(text) - most)} Zeichen.")
    if "\x00" in text:
        raise Refused("Der Text enthält ein Zeichen, das sich nicht speichern lässt.")
    return text


# Writing ---------------------------------------------------------------------------------------------
def _write(desk: Desk, sent: Sent, revision: int) -> Assessment:
    """Write the sheet unless it holds the same already; raises Closed or Stale when it is not the one that was seen."""
    sheet = desk.sheet
    if sheet and _held(sheet) == sent:
        return sheet
    if sheet and sheet.status == Status.FINAL:
        raise Closed(sheet)
    if sheet and sheet.revision != revision:
        raise Stale(sheet, desk.now)
    sheet = sheet or Assessment(seat=desk.sight.seat, submission=desk.entry)
    assert desk.entry.current
    sheet.juror, sheet.version, sheet.saved_at = desk.sight.juror, desk.entry.current, desk.now
    sheet.comment, sheet.revision = sent.comment, sheet.revision + 1
    sheet.save()
    Score.objects.bulk_create(
        [
            Score(assessment=sheet, criterion_id=key, points=given, comment=sent.comments[key])
            for key, given in sent.points.items()
        ],
        update_conflicts=True,
        unique_fields=["assessment", "criterion"],
        update_fields=["points", "comment"],
    )
    return sheet


def _held(sheet: Assessment) -> Sent:
    rows = list(sheet.scores.all())
    return Sent({r.criterion_id: r.points for r in rows}, {r.criterion_id: r.comment for r in rows}, sheet.comment)


def _record(desk: Desk, verb: JuryEvent.Verb, by: User, **detail: object) -> None:
    gate.record(
        desk.room.round,
        verb,
        at=desk.now,
        by=by,
        juror=desk.sight.juror,
        category=desk.room.category,
        entry=desk.entry,
        **detail,
    )
