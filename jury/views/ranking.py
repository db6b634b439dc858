"""A board as pages show it: numbers in German, what parted equals, how firm first place is, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from jury import scoring
from jury.models import Seat
from jury.standings import Board, Row
from jury.views import plot
from landespreis import wording
from submissions.models import Criterion

NO_NUMBER = "–"
CLOSE = Fraction(1, 200)
"""A margin below this reads 0,00 when it is rounded."""


class Column(NamedTuple):
    """A criterion that parts equal means: a short word for the head of its column, and its title."""

    key: str
    word: str
    title: str


class Figure(NamedTuple):
    """A number in a column of its own; strong where it parted the entry from an equal."""

    word: str
    text: str
    strong: bool


class Given(NamedTuple):
    """What a seat gave: the mean, or a word."""

    text: str
    is_number: bool


@dataclass(frozen=True)
class Line:
    """A row of the ranking, ready to print."""

    number: str
    title: str
    lead: str
    position: str
    mean: str
    n: int
    range: str
    spread: str
    median: str
    deviation: str
    figures: tuple[Figure, ...]
    tied: bool
    tie: str
    given: tuple[Given, ...]


@dataclass(frozen=True)
class Ranking:
    """All that the page says about a board."""

    lines: tuple[Line, ...]
    columns: tuple[Column, ...]
    seats: tuple[Seat, ...]
    weighting: str
    chain: str
    shared: tuple[str, ...]
    """The titles of the entries that share first place, if several do."""
    firm: str
    """«fest», «knapp», «geteilt», or «offen» as long as nothing is ranked."""
    sentences: tuple[str, ...]
    wide: plot.Plot
    narrow: plot.Plot


def of(board: Board) -> Ranking:
    """Return `board` in words and numbers."""
    columns = _columns(board)
    shared = tuple(row.entry.submitted_title for row in board.leaders) if len(board.leaders) > 1 else ()
    return Ranking(
        lines=tuple(_line(row, columns) for row in board.rows),
        columns=columns,
        seats=board.seats,
        weighting=_weighting(board.criteria),
        chain=_chain(board.criteria),
        shared=shared,
        firm=_firm(board),
        sentences=tuple(_sentences(board)),
        wide=plot.wide(board),
        narrow=plot.narrow(board),
    )


def short(criterion: Criterion) -> str:
    """Return one word for a criterion, made of its key: the titles are too long for a column."""
    return criterion.key.replace("-", " ").capitalize()


# The table -------------------------------------------------------------------------------------------
def _columns(board: Board) -> tuple[Column, ...]:
    """Return the criteria of the tie chain, as deep as it was needed; the first always."""
    chain = _tie_criteria(board.criteria)
    deepest = 1
    for row in board.rows:
        keys = [criterion.key for criterion in chain]
        decided = row.standing.decided_by
        deepest = max(deepest, keys.index(decided) + 1 if decided in keys else len(keys) if decided else 1)
    return tuple(Column(criterion.key, short(criterion), criterion.title) for criterion in chain[:deepest])


def _tie_criteria(criteria: Iterable[Criterion]) -> list[Criterion]:
    return sorted((row for row in criteria if row.tie_break), key=lambda row: row.tie_break or 0)


def _line(row: Row, columns: Sequence[Column]) -> Line:
    standing, entry = row.standing, row.entry
    return Line(
        number=entry.label,
        title=entry.submitted_title,
        lead=str(entry.submitted_lead.label) if entry.submitted_lead else "",
        position=str(standing.rank) if standing.rank else NO_NUMBER,
        mean=_number(standing.mean),
        n=standing.n,
        range=f"{_number(standing.low)} – {_number(standing.high)}" if standing.n else NO_NUMBER,
        spread=_number(standing.spread),
        median=_number(standing.median),
        deviation=NO_NUMBER if standing.deviation is None else wording.decimal(standing.deviation),
        figures=tuple(
            Figure(column.word, _number(standing.by_criterion.get(column.key)), standing.decided_by == column.key)
            for column in columns
        ),
        tied=standing.tied,
        tie=_tie(standing, columns),
        given=tuple(Given(_number(cell.mean) if cell.mean is not None else cell.word, cell.mean is not None)
                    for cell in row.cells),
    )  # fmt: skip


def _number(value: Fraction | None) -> str:
    return NO_NUMBER if value is None else wording.decimal(value)


def _tie(standing: scoring.Standing, columns: Sequence[Column]) -> str:
    if standing.rank is None:
        return "noch keine gültige Bewertung"
    if not standing.tied:
        return ""
    words = {scoring.MEDIAN: "Median", scoring.VOTE: "Abstimmung", **{column.key: column.word for column in columns}}
    return f"punktgleich, {words[standing.decided_by]} entscheidet"


def _weighting(criteria: Sequence[Criterion]) -> str:
    if len({criterion.weight for criterion in criteria}) == 1:
        return f"der {wording.counted(len(criteria))} gleich gewichteten Kriterien"
    weights = [f"{short(row)} × {wording.decimal(row.weight, 3).rstrip('0').removesuffix(',')}" for row in criteria]
    return f"der gewichteten Kriterien ({', '.join(weights)})"


def _chain(criteria: Sequence[Criterion]) -> str:
    steps = [f"höheres Mittel bei „{row.title}“" for row in _tie_criteria(criteria)]
    return ", dann ".join([*steps, "höherer Median", "eine Abstimmung"])


# How firm first place is -------------------------------------------------------------------------------
def _firm(board: Board) -> str:
    if not board.leaders:
        return "offen"
    if len(board.leaders) > 1:
        return "geteilt"
    return "fest" if board.firmness.firm else "knapp"


def _sentences(board: Board) -> Iterable[str]:
    firmness, leaders = board.firmness, board.leaders
    if not leaders:
        yield "Noch zählt keine Bewertung, deshalb gibt es keine Rangfolge."
        return
    names = [_quoted(row) for row in leaders]
    if len(leaders) > 1:
        yield (
            f"{wording.listed(names)} sind in allem gleich, was bei Gleichstand entscheidet. Welche den Preis "
            "bekommt, entscheidet eine Abstimmung; ihr Ergebnis steht im Beschluss."
        )
        return
    if firmness.firm:
        yield f"Wessen Punkte man auch wegließe: {names[0]} bliebe auf dem ersten Platz."
    else:
        yield from _turns(board, names[0])
    yield from _margin(board)


def _turns(board: Board, leader: str) -> Iterable[str]:
    groups: dict[tuple[object, ...], list[str]] = {}
    for seat in board.seats:
        if seat.pk in board.firmness.turned_by:
            groups.setdefault(board.firmness.turned_by[seat.pk], []).append(f"{seat.letter} ({seat.short_name})")
    for others, seats in groups.items():
        without = f"Ließe man die Punkte von {wording.listed(seats, 'oder')} weg,"
        names = [_quoted(board.row(pk)) for pk in others]
        if not names:
            yield f"{without} gäbe es keine Rangfolge."
        elif len(names) == 1:
            yield f"{without} läge {names[0]} vorn."
        else:
            yield f"{without} teilten sich {wording.listed(names)} den ersten Platz."
    if len(board.firmness.turned_by) < len({seat for row in board.rows for seat in row.standing.totals}):
        yield f"Ohne eines der anderen Mitglieder bliebe {leader} auf dem ersten Platz."


def _margin(board: Board) -> Iterable[str]:
    margin = board.firmness.margin
    if margin is None:
        yield "Eine zweite bewertete Einreichung gibt es nicht."
    elif margin == 0:
        yield "Der zweite Platz hat dasselbe Mittel."
    elif margin < CLOSE:
        yield "Ersten und zweiten Platz trennen weniger als 0,01 Punkte."
    else:
        yield f"Ersten und zweiten Platz trennen {wording.decimal(margin)} Punkte."


def _quoted(row: Row) -> str:
    return f"„{row.entry.submitted_title}“"
