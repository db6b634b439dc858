"""What the admin's pages about Sessions show: states, counts and what comes next; never a point."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from jury import presiding, progress, workflow
from jury.actions import deciding
from jury.models import Attendance, Decision, Juror, Seat, Session
from jury.progress import Grid, State, Summary
from jury.workflow import Stage
from landespreis import wording
from submissions.models import Category, Round

ORDER = (State.FINAL, State.DRAFT, State.OPEN, State.RECUSED)


class Tally(NamedTuple):
    """How far a seat is in a category: in words («12 abgeschlossen, 1 Entwurf»), and final sheets of those it owes."""

    seat: Seat
    text: str
    done: bool
    final: int
    due: int

    @property
    def share(self) -> str:
        """«12 von 13», or that there is nothing to judge."""
        return f"{self.final} von {self.due}" if self.due else "–"


@dataclass(frozen=True)
class CategoryLine:
    """A category in the overview: its stage in words, and whether something waits for the Geschäftsstelle."""

    category: Category
    entries: int
    tallies: tuple[Tally, ...]
    state: str
    sign: str
    """Which sign stands before it: empty, begun, running, done, error."""
    due: bool


@dataclass(frozen=True)
class Overview:
    seats: tuple[Seat, ...]
    lines: tuple[CategoryLine, ...]


@dataclass(frozen=True)
class Detail:
    """A category with everything that staff may know of it."""

    grid: Grid
    stage: Stage
    line: CategoryLine
    session: Session | None
    present: tuple[Juror, ...]
    decision: Decision | None
    chair_stands: bool
    leader: str
    missing: str
    """Why the Session cannot be opened yet; empty when it can."""

    @property
    def category(self) -> Category:
        return self.grid.category

    @property
    def rows(self) -> list[tuple[progress.Line, list[tuple[str, str]]]]:
        """The entries, each with the name and the state of every seat."""
        names = [seat.short_name for seat in self.grid.seats]
        return [
            (line, [(name, state.value) for name, state in zip(names, line.states, strict=True)])
            for line in self.grid.lines
        ]

    @property
    def may_open(self) -> bool:
        return self.stage is Stage.SCORING

    @property
    def may_attend(self) -> bool:
        return self.stage is Stage.SESSION

    @property
    def may_confirm(self) -> bool:
        return self.stage is Stage.SESSION and self.decision is not None and self.decision.office_id is None


def overview(round: Round, now: datetime) -> Overview:
    """Return every category of `round`; the number of queries does not grow with categories or entries."""
    summaries = progress.summaries(round)
    opened = {session.category_id: session for session in Session.objects.filter(category__round=round)}
    decisions = {row.session_id: row for row in Decision.objects.filter(session__category__round=round)}
    lines = []
    for summary in summaries:
        session = opened.get(summary.category.pk)
        lines.append(_line(summary, session, decisions.get(session.pk) if session else None, now))
    return Overview(summaries[0].seats if summaries else (), tuple(lines))


def detail(category: Category, now: datetime) -> Detail:
    """Return what staff may know of `category`."""
    grid = progress.of(category)
    session = Session.objects.filter(category=category).select_related("opened_by", "category__round").first()
    rows = Decision.objects.filter(session__category=category)
    decision = rows.select_related("winner__round", "laudatio", "recorded_by__seat", "chair", "office").first()
    bench = presiding.of(category)
    attending = Attendance.objects.filter(session__category=category).select_related("juror__seat")
    leader = bench.presiding(decision.winner if decision else None)
    return Detail(
        grid=grid,
        stage=_stage(category, session, now),
        line=_line(grid.summary, session, decision, now),
        session=session,
        present=tuple(row.juror for row in attending),
        decision=decision,
        chair_stands=bool(decision and deciding.chair_stands(decision, bench)),
        leader=str(leader) if leader else "",
        missing=_missing(grid),
    )


def _stage(category: Category, session: Session | None, now: datetime) -> Stage:
    decided = category.decided_at is not None
    return workflow.stage(category.round, opened=session is not None, decided=decided, now=now)


def _line(summary: Summary, session: Session | None, decision: Decision | None, now: datetime) -> CategoryLine:
    stage = _stage(summary.category, session, now)
    state, sign, due = _state(summary, stage, decision)
    tallies = tuple(_tally(seat, summary.counts[seat.pk]) for seat in summary.seats)
    return CategoryLine(summary.category, summary.entries, tallies, state, sign, due)


def _state(summary: Summary, stage: Stage, decision: Decision | None) -> tuple[str, str, bool]:
    if stage is Stage.DECIDED:
        return "entschieden, gesperrt", "done", False
    if stage is Stage.SESSION and decision is None:
        return "Sitzung eröffnet, noch kein Beschluss", "running", False
    if stage is Stage.SESSION and decision and decision.office_id is None:
        return "Beschluss festgehalten, bitte bestätigen", "error", True
    if stage is Stage.SESSION:
        return "Beschluss bestätigt, der Vorsitz fehlt noch", "running", False
    if not summary.entries:
        return "keine zugelassene Einreichung", "empty", False
    if stage is Stage.WAITING:
        return "Bewertung hat noch nicht begonnen", "empty", False
    if summary.lacking:
        missing = "fehlt 1 Bewertung" if summary.lacking == 1 else f"fehlen {summary.lacking} Bewertungen"
        return f"Bewertung läuft, bis zum Quorum {missing}", "begun", False
    return "Quorum erreicht, Sitzung kann eröffnet werden", "error", True


def _tally(seat: Seat, counts: Counter[State]) -> Tally:
    told = [f"{counts[state]} {state.value}" for state in ORDER if counts[state]]
    waiting = counts[State.OPEN] + counts[State.DRAFT]
    return Tally(seat, ", ".join(told) or "–", not waiting, counts[State.FINAL], counts[State.FINAL] + waiting)


def _missing(grid: Grid) -> str:
    if not grid.lines:
        return "In dieser Kategorie ist keine Einreichung zugelassen. Ohne Einreichung gibt es keine Sitzung."
    if not grid.lacking:
        return ""
    waiting = [_named(grid, seat) for seat in grid.waiting_for(grid.lacking)]
    return f"Es fehlen noch Bewertungen zum Quorum. Nachreichen können sie: {wording.listed(waiting)}."


def _named(grid: Grid, seat: Seat) -> str:
    juror = grid.holders.get(seat.pk)
    return f"{seat.short_name} ({juror.name if juror else 'nicht besetzt'})"
