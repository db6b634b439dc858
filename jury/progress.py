"""How far the sheets of a category are, by entry and seat: states and counts, never a point."""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from django.db.models import F

from jury.models import Assessment, Juror, Recusal, Seat
from submissions.models import Category, Round, Submission


class State(Enum):
    """What a seat has done about an entry."""

    OPEN = "offen"
    DRAFT = "Entwurf"
    FINAL = "abgeschlossen"
    RECUSED = "befangen"


@dataclass(frozen=True)
class Line:
    """An entry, the state of each seat in the order of the seats, and how many final sheets it needs."""

    entry: Submission
    states: tuple[State, ...]
    needed: int

    @property
    def sheets(self) -> int:
        return self.states.count(State.FINAL)

    @property
    def lacking(self) -> int:
        """How many final sheets are missing before the Session can open."""
        return max(0, self.needed - self.sheets)

    @property
    def unjudged(self) -> bool:
        """Whether every seat is recused and none has judged it: nobody can, so it waits for no sheet."""
        return self.needed == 0


@dataclass(frozen=True)
class Grid:
    """The admitted entries of a category against the seats of its round."""

    category: Category
    seats: tuple[Seat, ...]
    holders: dict[int, Juror]
    """Who fills each seat (by pk); a vacant seat has none."""
    lines: tuple[Line, ...]

    @property
    def lacking(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.lacking)

    @property
    def unjudged(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.unjudged)

    def counts(self, seat: Seat) -> Counter[State]:
        place = self.seats.index(seat)
        return Counter(line.states[place] for line in self.lines)

    def waiting_for(self, lines: Iterable[Line]) -> tuple[Seat, ...]:
        """Return the seats that could still hand in a sheet for one of `lines`."""
        lines = tuple(lines)
        open_states = {State.OPEN, State.DRAFT}
        return tuple(
            seat for place, seat in enumerate(self.seats) if any(line.states[place] in open_states for line in lines)
        )


def of(category: Category) -> Grid:
    """Return how far `category` is."""
    return of_all([category])[0]


def of_all(categories: Sequence[Category]) -> list[Grid]:
    """Return how far each of the categories of one round is; the number of queries is the same for one and for many."""
    if not categories:
        return []
    round = categories[0].round
    seats = tuple(Seat.objects.filter(round=round))
    jurors = holders(round)
    recused = recused_pairs(round)
    rows = Submission.objects.admitted().filter(submitted_category__in=categories).order_by("number")
    entries = list(rows.select_related("submitted_lead"))
    sheets = Assessment.objects.standing().filter(submission__in=rows)
    status = {(seat, entry): status for seat, entry, status in sheets.values_list("seat", "submission", "status")}

    def state(seat: Seat, entry: Submission) -> State:
        pair = (seat.pk, entry.pk)
        if status.get(pair) == Assessment.Status.FINAL:
            return State.FINAL
        if pair in recused:
            return State.RECUSED
        return State.DRAFT if pair in status else State.OPEN

    def line(entry: Submission) -> Line:
        entry.round = round
        states = tuple(state(seat, entry) for seat in seats)
        return Line(entry, states, min(round.quorum, len(seats) - states.count(State.RECUSED)))

    lines: dict[int, list[Line]] = {category.pk: [] for category in categories}
    for entry in entries:
        assert entry.submitted_category_id
        lines[entry.submitted_category_id].append(line(entry))
    return [Grid(category, seats, jurors, tuple(lines[category.pk])) for category in categories]


def holders(round: Round) -> dict[int, Juror]:
    """Return who fills each seat (by pk), also where they have only been invited yet."""
    return {juror.seat_id: juror for juror in Juror.objects.serving().filter(seat__round=round)}


def recused_pairs(round: Round) -> frozenset[tuple[int, uuid.UUID]]:
    """Return (seat, entry) wherever the person who fills the seat, or filled it last, is recused.

    A recusal is personal: a successor starts without those of the predecessor, and brings their own.
    """
    ended_first = Juror.objects.filter(seat__round=round).order_by(F("until").asc(nulls_last=True), "pk")
    last = {juror.seat_id: juror for juror in ended_first}
    standing = Recusal.objects.standing().filter(submission__round=round)
    by_person: dict[int, set[uuid.UUID]] = {}
    for user, entry in standing.values_list("juror__user", "submission"):
        by_person.setdefault(user, set()).add(entry)
    return frozenset(
        (seat, entry) for seat, juror in last.items() if juror.user_id for entry in by_person.get(juror.user_id, ())
    )
