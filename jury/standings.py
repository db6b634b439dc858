"""The ranking of a category as rows for pages and papers: what one juror may see of it, or the whole."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from jury import progress, scoring
from jury.models import Assessment, Seat
from jury.models.assessments import AssessmentQuerySet
from jury.sight import Sight
from submissions.models import Category, Criterion, Submission
from submissions.models.entry import SubmissionQuerySet

RECUSED, MISSING = "befangen", "keine Bewertung"
Sheets = dict[uuid.UUID, dict[int, dict[str, int]]]
"""Points by entry, seat and criterion."""


@dataclass(frozen=True)
class Cell:
    """What a seat gave an entry: its weighted mean, or in `word` why there is none."""

    seat: Seat
    mean: Fraction | None
    word: str


@dataclass(frozen=True)
class Row:
    """An entry with its standing; `cells` has one for each seat, in their order."""

    entry: Submission
    standing: scoring.Standing
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Board:
    """A category ranked, the first first, the unranked last.

    Standings and firmness name entries by their `pk` and seats by theirs; `row` finds the entry again.
    """

    category: Category
    seats: tuple[Seat, ...]
    criteria: tuple[Criterion, ...]
    rows: tuple[Row, ...]
    firmness: scoring.Firmness
    valid: int
    """How many sheets count."""

    def row(self, entry: object) -> Row:
        """Return the row of an entry by its pk; raises KeyError."""
        for row in self.rows:
            if row.entry.pk == entry:
                return row
        raise KeyError(entry)

    def seat(self, pk: object) -> Seat:
        """Return a seat by its pk; raises KeyError."""
        for seat in self.seats:
            if seat.pk == pk:
                return seat
        raise KeyError(pk)

    @property
    def leaders(self) -> tuple[Row, ...]:
        """The rows that share first place; one, unless the tie chain parts them no further."""
        return tuple(row for row in self.rows if row.standing.rank == 1)


def of(sight: Sight, category: Category) -> Board:
    """Return the ranking over what this juror may see: no entry they are recused from or have not declared about."""
    return _board(category, sight.readable(category), sight.sheets(category).final())


def whole(category: Category) -> Board:
    """Return the ranking over everything that counts; for minutes, for locking, and for the office afterwards."""
    entries: SubmissionQuerySet = Submission.objects.admitted().filter(submitted_category=category).order_by("number")
    sheets: AssessmentQuerySet = Assessment.objects.filter(submission__in=entries).final()
    return _board(category, entries, sheets)


def _board(category: Category, entries: SubmissionQuerySet, sheets: AssessmentQuerySet) -> Board:
    round = category.round
    seats = tuple(Seat.objects.filter(round=round))
    criteria = tuple(Criterion.objects.filter(round=round))
    found = {entry.pk: entry for entry in entries.select_related("submitted_lead")}
    for entry in found.values():
        entry.round = round
    points = _points(sheets)
    ballots = {
        pk: [scoring.Ballot(seat, given) for seat, given in points[pk].items()] if pk in points else [] for pk in found
    }
    scheme = [scoring.Criterion(row.key, row.weight, row.tie_break) for row in criteria]
    recused = progress.recused_pairs(round)
    rows = tuple(
        Row(found[pk], standing, tuple(_cells(pk, standing, seats, recused)))
        for pk, standing in ((_pk(standing), standing) for standing in scoring.rank(ballots, scheme))
    )
    return Board(
        category=category,
        seats=seats,
        criteria=criteria,
        rows=rows,
        firmness=scoring.firmness(ballots, scheme),
        valid=sum(row.standing.n for row in rows),
    )


def _points(sheets: AssessmentQuerySet) -> Sheets:
    points: Sheets = defaultdict(lambda: defaultdict(dict))
    columns = ("submission", "seat", "scores__criterion__key", "scores__points")
    for entry, seat, criterion, given in sheets.order_by("seat__position").values_list(*columns):
        points[entry][seat][criterion] = given
    return points


def _pk(standing: scoring.Standing) -> uuid.UUID:
    assert isinstance(standing.entry, uuid.UUID)
    return standing.entry


def _cells(
    entry: uuid.UUID, standing: scoring.Standing, seats: Iterable[Seat], recused: frozenset[tuple[int, uuid.UUID]]
) -> Iterable[Cell]:
    for seat in seats:
        mean = standing.totals.get(seat.pk)
        word = "" if mean is not None else RECUSED if (seat.pk, entry) in recused else MISSING
        yield Cell(seat, mean, word)
