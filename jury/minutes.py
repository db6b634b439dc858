"""The Niederschrift of a Session: what stands in it, as a draft page and as the PDF that is kept."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.conf import settings

from jury import scoring, standings
from jury.models import Assessment, Decision, Juror, JuryEvent, Recusal, Session
from jury.sight import Sight
from jury.standings import Board, Row
from landespreis import pdf, wording
from submissions.models import Category, Criterion, Submission

VOID = "nicht gewertet, befangen"
SHOWN = {
    JuryEvent.Verb.OPENED,
    JuryEvent.Verb.ATTENDANCE,
    JuryEvent.Verb.RECUSED,
    JuryEvent.Verb.RECUSAL_TAKEN_BACK,
    JuryEvent.Verb.RECORDED,
    JuryEvent.Verb.CHAIR_CONFIRMED,
    JuryEvent.Verb.OFFICE_CONFIRMED,
    JuryEvent.Verb.LOCKED,
}
"""What of the journal since the opening makes up the course of the Session; revisions have a table of their own."""


@dataclass(frozen=True)
class Judgement:
    """What a seat gave an entry: points in the order of the criteria and their mean, or in `word` why there are none.

    A sheet that a recusal made void keeps its points here and has a word too.
    """

    seat: str
    juror: str
    points: tuple[str, ...]
    mean: str
    word: str


@dataclass(frozen=True)
class Judged:
    """An entry with all that was given to it."""

    label: str
    title: str
    lead: str
    version: str
    sha256: str
    rank: str
    figures: str
    tie: str
    judgements: tuple[Judgement, ...]


def may_read(sight: Sight, category: Category) -> bool:
    """Whether this juror may see everything of the category: its Session is open, no recusal, all declared about."""
    entries = sight.entries(category)
    return (
        category.pk in sight.opened
        and not sight.recusals_in(category)
        and not entries.exclude(pk__in=sight.cleared).exists()
    )


def context(session: Session, at: datetime) -> dict[str, Any]:
    """Return everything the minutes say at `at`, in ready German words.

    Before the decision is locked it is a draft: points of void sheets are left out then, because nobody but the kept
    record tells them.
    """
    category = session.category
    decision = _decision(session)
    locked = decision is not None and decision.locked_at is not None
    board = standings.whole(category)
    events = _events(session)
    return {
        "draft": not locked,
        "category": category,
        "round": category.round,
        "session": session,
        "decision": decision,
        "at": at,
        "demo": settings.DEMO,
        "members": list(_members(session, decision, board)),
        "recusals": list(_recusals(category)),
        "criteria": [(row.position, row.title, _weight(row)) for row in board.criteria],
        "scale": f"{category.round.scale_min} bis {category.round.scale_max}",
        "ranking": [_ranked(row, board) for row in board.rows],
        "entries": list(_judged(board, locked=locked)),
        "firmness": firmness(board),
        "gone": list(_gone(category)),
        "revisions": [_revision(event, board.criteria) for event in events if event.verb == JuryEvent.Verb.REVISED],
        "course": [_line(event) for event in events if event.verb in SHOWN],
    }


def render(session: Session, at: datetime) -> bytes:
    """Return the minutes as PDF, dated with the lock."""
    said = context(session, at)
    decision = said["decision"]
    return pdf.render(
        "jury/paper/minutes.html",
        said,
        stylesheet="css/papers.css",
        title=f"Niederschrift {session.category.short_name}",
        created=decision.locked_at if decision and decision.locked_at else at,
    )


def decimal(value: Fraction | Decimal | None) -> str:
    """Return a figure in German, or a dash where there is none."""
    return "–" if value is None else wording.decimal(value)


def firmness(board: Board) -> str:
    """Return in sentences how firm the first place is."""
    found = board.firmness
    if not any(row.standing.rank for row in board.rows):
        return "Keine Einreichung ist gereiht."
    if found.leader is None:
        names = wording.listed([f"„{row.entry.submitted_title}“" for row in board.leaders])
        return f"Der erste Platz ist geteilt: {names} sind bis zum Median gleich."
    first = f"„{board.row(found.leader).entry.submitted_title}“"
    margin = f" Zum nächsten Mittel sind es {decimal(found.margin)} Punkte." if found.margin is not None else ""
    if found.firm:
        return f"Fest: {first} läge auch ohne die Punkte eines beliebigen einzelnen Sitzes vorn.{margin}"
    turns = " ".join(_turned(board, board.seat(seat).short_name, others) for seat, others in found.turned_by.items())
    return f"Knapp: {first} liegt vorn.{margin} {turns}"


def _turned(board: Board, seat: str, others: Sequence[object]) -> str:
    names = wording.listed([f"„{board.row(entry).entry.submitted_title}“" for entry in others])
    if not others:
        return f"Ohne die Punkte des Sitzes {seat} wäre keine Einreichung gereiht."
    return f"Ohne die Punkte des Sitzes {seat} {'läge' if len(others) == 1 else 'lägen gemeinsam'} {names} vorn."


def _decision(session: Session) -> Decision | None:
    related = ("winner__round", "winner__submitted_lead", "laudatio", "recorded_by__seat", "chair__seat", "office")
    return Decision.objects.filter(session=session).select_related(*related).first()


def _members(session: Session, decision: Decision | None, board: Board) -> Iterator[tuple[str, str, str]]:
    """Yield institution, person and whether they were there, by seat."""
    present = {row.juror_id: row.juror for row in session.attendances.select_related("juror__seat")}
    serving = {juror.seat_id: juror for juror in Juror.objects.serving().filter(seat__in=board.seats)}
    presiding = decision.recorded_by_id if decision else None
    for seat in board.seats:
        there = [juror for juror in present.values() if juror.seat_id == seat.pk]
        for juror in there:
            yield seat.institution, juror.name, "anwesend, Vorsitz" if juror.pk == presiding else "anwesend"
        if not there:
            holder = serving.get(seat.pk)
            yield seat.institution, holder.name if holder else "nicht besetzt", "nicht anwesend"


def _recusals(category: Category) -> Iterator[dict[str, Any]]:
    rows = Recusal.objects.filter(submission__submitted_category=category).select_related(
        "juror__seat", "submission__round", "taken_back_by"
    )
    for row in rows.order_by("submission__number", "juror__seat__position", "at"):
        back = ""
        if row.taken_back_at and row.taken_back_by:
            back = f"Aufgehoben am {wording.moment(row.taken_back_at)} durch {row.taken_back_by.name}: "
            back += row.taken_back_reason
        yield {
            "label": row.submission.label,
            "juror": row.juror.name,
            "seat": row.juror.seat.short_name,
            "reason": row.get_reason_display(),
            "text": row.text,
            "at": row.at,
            "taken_back": back,
        }


def _ranked(row: Row, board: Board) -> dict[str, str]:
    standing = row.standing
    return {
        "rank": str(standing.rank) if standing.rank else "–",
        "label": row.entry.label,
        "title": row.entry.submitted_title,
        "lead": str(row.entry.submitted_lead),
        "mean": decimal(standing.mean),
        "n": str(standing.n),
        "range": f"{decimal(standing.low)} – {decimal(standing.high)}" if standing.n else "–",
        "median": decimal(standing.median),
        "deviation": decimal(standing.deviation),
        "tie": tie(standing, board.criteria),
    }


def tie(standing: scoring.Standing, criteria: Sequence[Criterion]) -> str:
    """Return how a tie was resolved, or nothing where there was none."""
    if not standing.tied:
        return ""
    if standing.decided_by == scoring.VOTE:
        return "Punktgleich bis zum Median; darüber beschließt die Jury."
    if standing.decided_by == scoring.MEDIAN:
        return "Punktgleich; der Median entscheidet."
    title = next(row.title for row in criteria if row.key == standing.decided_by)
    return f"Punktgleich; das höhere Mittel bei „{title}“ entscheidet."


def _judged(board: Board, *, locked: bool) -> Iterator[Judged]:
    entries = {row.entry.pk: row for row in board.rows}
    sheets = _sheets(list(entries))
    rows = Submission.objects.filter(pk__in=entries).values_list("pk", "current__number", "current__sha256")
    versions = {pk: (number, sha256) for pk, number, sha256 in rows}
    for pk, row in entries.items():
        said = _ranked(row, board)
        figures = (
            f"Mittel {said['mean']}, {said['n']} gültige Bewertung{'' if row.standing.n == 1 else 'en'}"
            if row.standing.n
            else "ohne gültige Bewertung"
        )
        yield Judged(
            label=row.entry.label,
            title=row.entry.submitted_title,
            lead=said["lead"],
            version=f"Version {versions[pk][0]}",
            sha256=versions[pk][1],
            rank=f"Rang {row.standing.rank}" if row.standing.rank else "nicht gereiht",
            figures=figures,
            tie=said["tie"],
            judgements=tuple(_judgements(row, board, sheets[pk], locked=locked)),
        )


def _sheets(entries: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Assessment]]:
    """Return the final and void sheets of each entry, with their points."""
    rows = Assessment.objects.filter(submission__in=entries).exclude(status=Assessment.Status.DRAFT)
    found: dict[uuid.UUID, list[Assessment]] = defaultdict(list)
    for row in rows.select_related("juror").prefetch_related("scores").order_by("seat__position", "pk"):
        found[row.submission_id].append(row)
    return found


def _judgements(row: Row, board: Board, sheets: Sequence[Assessment], *, locked: bool) -> Iterator[Judgement]:
    """Yield what each seat gave; a seat that judged anew after a void sheet has two lines."""
    nothing = ("–",) * len(board.criteria)
    for cell in row.cells:
        own = [sheet for sheet in sheets if sheet.seat_id == cell.seat.pk]
        for sheet in own:
            void = sheet.status == Assessment.Status.VOID
            given = {score.criterion_id: score.points for score in sheet.scores.all()}
            points = tuple("–" if given.get(one.pk) is None else str(given[one.pk]) for one in board.criteria)
            yield Judgement(
                seat=cell.seat.short_name,
                juror=sheet.juror.name,
                points=points if locked or not void else nothing,
                mean="–" if void else decimal(cell.mean),
                word=VOID if void else "",
            )
        if not own:
            yield Judgement(cell.seat.short_name, "", nothing, "–", cell.word)


def _gone(category: Category) -> Iterator[str]:
    """Yield entries that were scored and take part no more."""
    scored = Assessment.objects.filter(submission__submitted_category=category).values("submission")
    rows = Submission.objects.filter(pk__in=scored).exclude(
        status=Submission.Status.SUBMITTED, formal_check=Submission.Check.ADMITTED
    )
    for row in rows.select_related("round").order_by("number"):
        said = row.get_status_display() if row.status == Submission.Status.WITHDRAWN else row.get_formal_check_display()
        yield f"{row.label} {row.submitted_title} ({said})"


def _events(session: Session) -> list[JuryEvent]:
    rows = JuryEvent.objects.filter(category=session.category, at__gte=session.opened_at)
    return list(rows.select_related("by", "seat", "submission__round").order_by("at", "pk"))


def _line(event: JuryEvent) -> dict[str, Any]:
    who = " ".join(part for part in (event.by.name if event.by else "das Portal", _of(event)) if part)
    about = f" ({event.submission.label})" if event.submission else ""
    return {"at": event.at, "who": who, "what": f"{event.get_verb_display()}{about}"}


def _of(event: JuryEvent) -> str:
    return f"({event.seat.short_name})" if event.seat else ""


def _revision(event: JuryEvent, criteria: Sequence[Criterion]) -> dict[str, Any]:
    detail: Mapping[str, Any] = event.detail
    before, after = (_points(detail.get(side)) for side in ("before", "after"))
    return {
        **_line(event),
        "label": event.submission.label if event.submission else "",
        "changes": [
            f"{row.title}: {before.get(row.key, 'keine Punkte')} → {after.get(row.key, 'keine Punkte')}"
            for row in criteria
            if before.get(row.key) != after.get(row.key)
        ]
        or ["nur Begründung"],
        "reason": detail.get("reason", ""),
    }


def _points(told: Mapping[str, Any] | None) -> dict[str, int]:
    """Return the points by criterion of a sheet as the journal tells it; of none where there was no sheet."""
    scores: Mapping[str, Any] = (told or {}).get("scores", {})
    return {key: score["points"] for key, score in scores.items() if score["points"] is not None}


def _weight(criterion: Criterion) -> str:
    return f"{criterion.weight.normalize():f}".replace(".", ",")
