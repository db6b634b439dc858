"""How far a juror is: every entry with the state of the own sheet, counted per category."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from jury import workflow
from jury.models import Assessment, Score
from jury.sight import Sight
from jury.workflow import Stage
from submissions.models import Category

Status = Assessment.Status


@dataclass(frozen=True)
class Line:
    """An entry in a list. `status` is that of the seat's sheet, empty without one."""

    pk: uuid.UUID
    label: str
    title: str
    lead: str
    status: str
    cleared: bool
    note: str
    """How far a draft is: «2 von 3 Kriterien»."""

    @property
    def kind(self) -> str:
        """The sign of the state."""
        return {Status.FINAL.value: "done", Status.DRAFT.value: "begun"}.get(self.status, "empty")

    @property
    def word(self) -> str:
        said = {Status.FINAL.value: "abgeschlossen", Status.DRAFT.value: "Entwurf"}.get(self.status, "offen")
        rest = self.note if self.cleared else "Erklärung zur Befangenheit nötig"
        return ", ".join(filter(None, [said, rest]))

    @property
    def is_done(self) -> bool:
        """Final, and by somebody who may answer for it: a successor declares first, also for a final sheet."""
        return self.status == Status.FINAL and self.cleared


@dataclass(frozen=True)
class Tally:
    """A category with its entries in the order of their numbers; `recused` is all that is told of the recused ones."""

    category: Category
    stage: Stage
    lines: Sequence[Line]
    recused: int

    @property
    def total(self) -> int:
        return len(self.lines)

    @property
    def final(self) -> int:
        return self._count(Status.FINAL)

    @property
    def drafts(self) -> int:
        return self._count(Status.DRAFT)

    @property
    def open(self) -> int:
        return self.total - self.final - self.drafts

    @property
    def is_scoring(self) -> bool:
        return self.stage == Stage.SCORING

    @property
    def is_open(self) -> bool:
        """Whether its Session is open."""
        return self.stage == Stage.SESSION

    @property
    def is_decided(self) -> bool:
        return self.stage == Stage.DECIDED

    @property
    def is_empty(self) -> bool:
        return not self.lines and not self.recused

    @property
    def undeclared(self) -> int:
        return sum(not line.cleared for line in self.lines)

    @property
    def said(self) -> str:
        """«5 von 12 abgeschlossen · 2 Entwürfe · 5 offen · 1 befangen»."""
        if self.is_empty:
            return "keine zugelassene Einreichung"
        parts = [
            f"{self.final} von {self.total} abgeschlossen" if self.total else "",
            f"{self.drafts} {'Entwurf' if self.drafts == 1 else 'Entwürfe'}" if self.drafts else "",
            f"{self.open} offen" if self.open else "",
            f"{self.recused} befangen" if self.recused else "",
        ]
        return " · ".join(filter(None, parts))

    @property
    def bar(self) -> list[tuple[str, str, str]]:
        """Class, start and width of each part of the bar, in percent."""
        all_of_them = (self.total + self.recused) or 1
        parts, start = [], 0.0
        for name, count in (("done", self.final), ("draft", self.drafts), ("recused", self.recused)):
            width = 100 * count / all_of_them
            if count:
                parts.append((name, f"{start:.2f}", f"{width:.2f}"))
            start += width
        return parts

    def next(self) -> Line | None:
        """Return what to do next here: the first draft, else the first open one."""
        if not self.is_scoring:
            return None
        drafts = (line for line in self.lines if line.status == Status.DRAFT)
        return next(drafts, None) or next((line for line in self.lines if not line.is_done), None)

    def _count(self, status: str) -> int:
        return sum(line.status == status for line in self.lines)


def tallies(sight: Sight) -> list[Tally]:
    """Return every category of the round with what this juror may know of it, in four queries."""
    grouped: dict[int, list[Line]] = {}
    for category, line in _lines(sight):
        grouped.setdefault(category, []).append(line)
    return [_tally(sight, row, grouped.get(row.pk, [])) for row in sight.round.categories.all()]


def tally(sight: Sight, category: Category) -> Tally:
    """Return one category, in three queries."""
    return _tally(sight, category, [line for _, line in _lines(sight, category)])


def stage_of(sight: Sight, category: Category) -> Stage:
    return workflow.stage(
        sight.round,
        opened=category.pk in sight.opened,
        decided=category.decided_at is not None,
        now=sight.now,
    )


def next_of(found: Sequence[Tally]) -> tuple[Tally, Line] | None:
    """Return what to do next of all: a draft wherever it is, else the first open entry."""
    ways = [(row, line) for row in found if (line := row.next())]
    drafts = [way for way in ways if way[1].status == Status.DRAFT]
    return next(iter(drafts or ways), None)


def _tally(sight: Sight, category: Category, lines: list[Line]) -> Tally:
    return Tally(category, stage_of(sight, category), lines, sight.recusals_in(category))


def _lines(sight: Sight, category: Category | None = None) -> list[tuple[int, Line]]:
    states, given = sight.own_states(category), _given(sight, category)
    criteria, prefix = sight.round.criteria.count(), sight.round.number_prefix
    rows = sight.entries(category).values_list(
        "submitted_category_id", "pk", "number", "submitted_title", "submitted_lead__label"
    )
    return [
        (
            key,
            Line(
                pk=pk,
                label=f"{prefix}-{number:04d}",
                title=title,
                lead=lead,
                status=states.get(pk, ""),
                cleared=pk in sight.cleared,
                note=f"{given.get(pk, 0)} von {criteria} Kriterien" if states.get(pk) == Status.DRAFT else "",
            ),
        )
        for key, pk, number, title, lead in rows
    ]


def _given(sight: Sight, category: Category | None) -> dict[uuid.UUID, int]:
    """Return for how many criteria each own draft has points."""
    drafts = sight.sheets(category).filter(seat=sight.seat, status=Status.DRAFT)
    rows = Score.objects.filter(assessment__in=drafts, points__isnull=False).order_by()
    return dict(rows.values_list("assessment__submission").annotate(Count("pk")))
