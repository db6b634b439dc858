"""What the jury holds about an entry and how long: sheets, declarations and letters go, the decision stays.

Decision, attendance, minutes and certificate stay: they are the record of what was decided. Minutes and certificate
go into the package for the archive, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from statistics import fmean, pstdev
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from jury.models import Assessment, Clearance, Decision, JuryEvent, Letter, Paper, Recusal, Score
from landespreis.records.parts import Document, Kind, Lot, Scope, Subject, along, known, stored, stored_chunks
from submissions.models import Category, Submission
from submissions.retention import handed_in, rounds

ENTRIES = ("entries", "sheets")
KEPT: Mapping[str, str] = {
    "jury.Decision.winner": "der Beschluss bleibt, er nennt den Beitrag mit seinem Titel",
}


def lots(kind: str, subjects: Sequence[str], before: datetime) -> Sequence[Lot]:
    """Return what the jury wrote about entries; the dossiers of their categories hold their text and go with them."""
    if kind not in ENTRIES:
        return []
    entries = Submission.objects.filter(pk__in=subjects)

    def own(key: str, label: str, model: type[Model], *, is_kept: bool = False) -> Lot:
        rows = model._default_manager.filter(submission__in=entries)
        return Lot(key, label, rows, along("submission"), is_kept=is_kept)

    scores = Score.objects.filter(assessment__submission__in=entries)
    return [
        Lot("scores", "Punkte", scores, along("assessment__submission")),
        own("sheets", "Bewertungen", Assessment),
        own("clearances", "Erklärungen „nicht befangen“", Clearance),
        own("recusals", "Befangenheiten", Recusal),
        own("jury-events", "Zeilen im Verlauf der Jury", JuryEvent, is_kept=True),
        _dossiers(entries),
        *([own("letters", "Briefe", Letter)] if kind == "entries" else []),
    ]


def documents(kind: str, subject: str) -> Iterator[Document]:
    """Yield sheets, declarations, journal, letter and certificate of an entry."""
    if kind not in ENTRIES:
        return
    entry = UUID(subject)
    sheets = Assessment.objects.filter(submission=entry).select_related("seat", "juror", "version")
    rows = sheets.prefetch_related("scores__criterion").order_by("seat__position", "pk")
    if rows:
        yield Document("bewertungen.json", "Bewertungen", [_sheet(row) for row in rows])
    recusals = Recusal.objects.filter(submission=entry).select_related("juror__seat").order_by("at")
    if recusals:
        yield Document("befangenheiten.json", "Befangenheiten", [_recusal(row) for row in recusals])
    events = JuryEvent.objects.filter(submission=entry).select_related("by", "seat").order_by("at", "pk")
    if events:
        yield Document("verlauf-der-jury.json", "Verlauf der Jury", [_line(row) for row in events])
    for letter in Letter.objects.filter(submission=entry) if kind == "entries" else ():
        told = {"kind": letter.get_kind_display(), "subject": letter.subject, "text": letter.text}
        yield Document("brief.json", letter.get_kind_display(), told | {"released_at": letter.released_at})
    for paper in Paper.objects.filter(submission=entry, rendered_at__isnull=False):
        yield Document(paper.filename, "Urkunde", stored_chunks(paper.file.name))


def shared(kind: str, scope: str) -> Iterator[Document]:
    """Yield decision and minutes of each category of the round."""
    if kind not in ENTRIES:
        return
    decisions = Decision.objects.filter(session__category__round__key=scope, locked_at__isnull=False)
    rows = decisions.select_related("session__category", "winner__round", "laudatio").order_by("session__category")
    if rows:
        yield Document("beschluesse.json", "Beschlüsse", [_decision(row) for row in rows])
    minutes = Paper.objects.filter(category__round__key=scope, kind=Paper.Kind.MINUTES, rendered_at__isnull=False)
    for paper in minutes.select_related("category").order_by("category__position"):
        yield Document(paper.filename, str(paper), stored_chunks(paper.file.name))


def figures(kind: str, subjects: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """Return per category how many sheets there were, and mean and spread of all points given."""
    if kind not in ENTRIES:
        return {}
    entries = [UUID(subject) for subject in subjects]
    final = Assessment.objects.final().filter(submission__in=entries)
    found: dict[str, dict[str, Any]] = {}
    for category in Category.objects.filter(entries__in=entries).distinct().order_by("pk"):
        sheets = final.filter(submission__submitted_category=category)
        scores = Score.objects.filter(assessment__in=sheets, points__isnull=False)
        points = [given for given in scores.order_by("pk").values_list("points", flat=True) if given is not None]
        found[category.name] = {
            "assessments": sheets.count(),
            "mean": round(fmean(points), 3) if points else None,
            "spread": round(pstdev(points), 3) if points else None,
        }
    return found


def _dossiers(entries: "QuerySet[Submission]") -> Lot:
    categories = {str(pk): category for pk, category in entries.values_list("pk", "submitted_category")}
    papers = Paper.objects.filter(kind=Paper.Kind.DOSSIER, category__in=set(categories.values()) - {None})
    holding = [(key, paper.pk) for paper in papers for key in paper.entries if categories.get(key) == paper.category_id]
    rows = Paper.objects.filter(pk__in={pk for _, pk in holding}).select_related("category")
    return Lot("dossiers", "Dossiers", rows, known(holding), files=lambda row: stored(row.filename, row.file, row.size))


def _sheet(row: Assessment) -> dict[str, Any]:
    return {
        "seat": row.seat.institution,
        "juror": row.juror.name,
        "version": row.version.number,
        "status": row.status,
        "finalised_at": _iso(row.finalised_at),
        "comment": row.comment,
        "scores": [
            {"criterion": score.criterion.key, "points": score.points, "comment": score.comment}
            for score in row.scores.all()
        ],
    }


def _recusal(row: Recusal) -> dict[str, Any]:
    return {
        "seat": row.juror.seat.institution,
        "juror": row.juror.name,
        "reason": row.get_reason_display(),
        "text": row.text,
        "at": _iso(row.at),
        "taken_back_at": _iso(row.taken_back_at),
        "taken_back_reason": row.taken_back_reason,
    }


def _line(event: JuryEvent) -> dict[str, Any]:
    return {
        "at": _iso(event.at),
        "verb": event.verb,
        "what": event.get_verb_display(),
        "by": str(event.by) if event.by else "Portal",
        "seat": event.seat.institution if event.seat else None,
        "detail": event.detail,
    }


def _decision(row: Decision) -> dict[str, Any]:
    return {
        "category": row.session.category.name,
        "winner": row.winner.label if row.winner else None,
        "title": row.winner.submitted_title if row.winner else None,
        "votes": [row.votes_for, row.votes_against, row.votes_abstained],
        "reasons": row.reasons,
        "laudatio": row.laudatio.institution if row.laudatio else None,
        "locked_at": _iso(row.locked_at),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _judged(scope: Scope, before: datetime) -> Iterator[Subject]:
    """Yield the entries of a round about which the jury still holds something."""
    written = Q(pk__in=Assessment.objects.values("submission")) | Q(pk__in=Recusal.objects.values("submission"))
    judged = set(Submission.objects.filter(written, round__key=scope.key).values_list("pk", flat=True))
    return (subject for subject in handed_in(scope) if subject.key in {str(pk) for pk in judged})


KINDS = (
    Kind(
        "sheets", "Bewertungen der Jury",
        "Bewertungsbögen, Erklärungen und Befangenheiten mit dem Verlauf der Jury, und die Dossiers. Beschlüsse und "
        "Niederschriften bleiben.",
        "nach Ende der Sperrfrist der Runde", 36, True, lambda: rounds("embargo_until"), _judged,
    ),
)  # fmt: skip
