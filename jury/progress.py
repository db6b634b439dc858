"""How far the sheets of a category are, by entry and seat: states and counts, never a point."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from jury.models import Assessment, Juror, Recusal, Seat
from submissions.models import Category, Round, Submission


class State(Enum):
    """What a seat has done about an entry."""

    OPEN = "offen"
    DRAFT = "Entwurf"
    FINAL = "abgeschlossen"
    RECUSED = "befangen"


SHEETS = {Assessment.Status.DRAFT: State.DRAFT, Assessment.Status.FINAL: State.FINAL}
Pairs = frozenset[tuple[int, uuid.UUID]]
"""Seat and entry, where the one is recused of the other."""


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

    @property
    def summary(self) -> "Summary":
        counts = {seat.pk: Counter(line.states[place] for line in self.lines) for place, seat in enumerate(self.seats)}
        return Summary(self.category, self.seats, len(self.lines), sum(line.lacking for line in self.lines), counts)

    def waiting_for(self, lines: Iterable[Line]) -> tuple[Seat, ...]:
        """Return the seats that could still hand in a sheet for one of `lines`."""
        lines = tuple(lines)
        open_states = {State.OPEN, State.DRAFT}
        return tuple(
            seat for place, seat in enumerate(self.seats) if any(line.states[place] in open_states for line in lines)
        )


@dataclass(frozen=True)
class Summary:
    """A category in numbers: its admitted entries, the final sheets it lacks, and by seat (pk) how far the entries are.

    `seats` are those of the round.
    """

    category: Category
    seats: tuple[Seat, ...]
    entries: int
    lacking: int
    counts: Mapping[int, Counter[State]]


def of(category: Category) -> Grid:
    """Return how far `category` is, entry by entry."""
    round = category.round
    seats = tuple(Seat.objects.filter(round=round))
    rows = Submission.objects.admitted().filter(submitted_category=category).order_by("number")
    lines = _lines(round, seats, recused_pairs(round), rows.select_related("submitted_lead"))
    return Grid(category, seats, holders(round), tuple(lines))


def summaries(round: Round) -> list[Summary]:
    """Return every category of `round` in numbers, as `Grid.summary` does, counted by the database.

    Only the entries of which a seat is recused are looked at one by one: they are few, and need fewer sheets.
    """
    seats, recused = tuple(Seat.objects.filter(round=round)), recused_pairs(round)
    admitted, apart = Submission.objects.admitted().filter(round=round).order_by(), {entry for _, entry in recused}
    lines = _lines(round, seats, recused, admitted.filter(pk__in=apart))
    others = admitted.exclude(pk__in=apart)
    entries, lacking = _needs(others, min(round.quorum, len(seats)))
    written = _written(others)
    found = []
    for category in round.categories.select_related("round"):
        own = [line for line in lines if line.entry.submitted_category_id == category.pk]
        counts = Grid(category, seats, {}, tuple(own)).summary.counts
        for seat in seats:
            counts[seat.pk].update(written[category.pk, seat.pk])
            counts[seat.pk][State.OPEN] += entries[category.pk] - written[category.pk, seat.pk].total()
        number, lack = entries[category.pk] + len(own), lacking[category.pk] + sum(line.lacking for line in own)
        found.append(Summary(category, seats, number, lack, counts))
    return found


def _needs(entries: "QuerySet[Submission]", needed: int) -> tuple[Counter[int], Counter[int]]:
    """Return by category (pk) how many of `entries` it has, and how many sheets they lack that need `needed` each."""
    final = Assessment.objects.final().filter(submission=OuterRef("pk")).order_by().values("submission")
    sheets = Coalesce(Subquery(final.annotate(number=Count("pk")).values("number")), 0)
    counted = entries.annotate(sheets=sheets).values_list("submitted_category", "sheets").annotate(number=Count("pk"))
    found: Counter[int] = Counter()
    lacking: Counter[int] = Counter()
    for category, has, number in counted:
        found[category] += number
        lacking[category] += number * max(0, needed - has)
    return found, lacking


def _written(entries: "QuerySet[Submission]") -> Mapping[tuple[int, int], Counter[State]]:
    """Return by category and seat (pk) how many sheets of `entries` are drafts and final."""
    places = ("submission__submitted_category", "seat", "status")
    sheets = Assessment.objects.standing().filter(submission__in=entries).order_by()
    found: dict[tuple[int, int], Counter[State]] = defaultdict(Counter)
    for category, seat, status, number in sheets.values_list(*places).annotate(number=Count("pk")):
        found[category, seat][SHEETS[Assessment.Status(status)]] += number
    return found


def _lines(round: Round, seats: Sequence[Seat], recused: Pairs, rows: "QuerySet[Submission]") -> list[Line]:
    """Return how far each of the entries `rows` is."""
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

    return [line(entry) for entry in rows]


def holders(round: Round) -> dict[int, Juror]:
    """Return who fills each seat (by pk), also where they have only been invited yet."""
    return {juror.seat_id: juror for juror in Juror.objects.serving().filter(seat__round=round)}


def recused_pairs(round: Round) -> Pairs:
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
