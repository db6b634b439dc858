"""What points mean: means, ranks, ties and firmness of a category; pure, exact, no database.

The three criteria are published (`docs/facts.md`): Gewinn der Kooperation, Grad der Innovation, and Zukunftsfähigkeit,
Nutzbarkeit und Nachhaltigkeit. How they become a ranking is not. Weights, scale and which criteria part equal means
are assumptions [A] and data of the round; that the best is the highest mean and the median comes last is assumed here.
With the points p of juror j for criterion c, the weights w and the n jurors who assessed an entry:

- total of a juror      t_j = Σ_c w_c · p_jc / Σ_c w_c   criteria count by weight; the scale is that of the points
- mean of an entry      m = Σ_j t_j / n                  jurors count alike; a recused or missing one is not a zero
- mean of a criterion   Σ_j p_jc / n
- median of an entry    the middle t_j; of an even number the mean of the two in the middle
- deviation             √(Σ_j (t_j − m)² / n)            of a population: the panel is everybody, not a sample

Weights are Decimal and points whole numbers, so all but the root is rational. Within, everything is a whole number over
one denominator; what is handed back is a Fraction, and the deviation a Decimal rounded from the exact root.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from heapq import nlargest
from itertools import pairwise
from math import gcd, isqrt, lcm
from operator import itemgetter, mul
from typing import TypeVar

Entry = TypeVar("Entry", bound=Hashable)

DEVIATION_PLACES = 4
"""Decimal places of a deviation; halves are rounded to the even digit."""
MEDIAN, VOTE = "median", "vote"
"""What parts equal means after the criteria, and what is left when nothing does. No criterion may be called so."""


class Unscorable(ValueError):
    """Criteria or ballots that have no ranking; says why, in German."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A published criterion. `tie_break` 1 decides first between equal means, 2 second, None never."""

    key: str
    weight: Decimal
    tie_break: int | None


@dataclass(frozen=True, slots=True)
class Ballot:
    """One assessment that counts, final and not recused: whole points for every criterion by its key."""

    seat: Hashable
    points: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an entry stands in its category, and on what.

    Without a ballot it is unranked: `rank` and every figure but `n` are None, the mappings are empty. `totals` is the
    weighted mean per seat, `low` and `high` the least and the greatest of them, `spread` what lies between. `tied` says
    that another entry has the same mean. `decided_by` then names the step that parted it from the last of those: the
    key of a criterion, "median", or "vote" where nothing does and they share the rank. Without a tie it is "".
    """

    entry: Hashable
    rank: int | None
    n: int
    mean: Fraction | None
    totals: Mapping[Hashable, Fraction]
    low: Fraction | None
    high: Fraction | None
    spread: Fraction | None
    deviation: Decimal | None
    median: Fraction | None
    by_criterion: Mapping[str, Fraction]
    tied: bool
    decided_by: str


@dataclass(frozen=True, slots=True)
class Firmness:
    """Whether first place hangs on a single juror.

    `leader` is None when first place is shared or nothing is ranked. `turned_by` names each seat without whose ballots
    others would be first, and those entries: several when they would share, none when nothing would be ranked. `firm`
    says that there is a leader and no seat turns it. `margin` is the mean of the first less that of the second: 0 when
    they are tied, None when fewer than two entries are ranked.
    """

    leader: Hashable | None
    firm: bool
    turned_by: Mapping[Hashable, tuple[Hashable, ...]]
    margin: Fraction | None


def weighted_mean(points: Mapping[str, int], criteria: Sequence[Criterion]) -> Fraction:
    """Return Σ w·p / Σ w, the total of one juror; raises Unscorable."""
    scheme = _scheme(criteria)
    return Fraction(scheme.total(scheme.read(points)), scheme.unit)


def rank(ballots: Mapping[Entry, Sequence[Ballot]], criteria: Sequence[Criterion]) -> list[Standing]:
    """Return the standing of each entry, the first rank first, the unranked last, equals as they came in.

    The higher mean is ahead. Equal means go through the tie chain: the higher mean of the criterion with `tie_break` 1,
    then 2 and so on, then the higher median. What is still equal shares a rank, and the next rank counts all that are
    ahead (1-2-2-4): which of them wins is for the panel to vote. Raises Unscorable.
    """
    scheme = _scheme(criteria)
    ranked = _ordered(_tallies(ballots, scheme), scheme)
    places = _places([key for key, _ in ranked])
    writer = _Writer(scheme)
    standings = [writer.standing(tally, *place) for (_, tally), place in zip(ranked, places, strict=True)]
    return standings + [_unranked(entry) for entry, given in ballots.items() if not given]


def firmness(ballots: Mapping[Entry, Sequence[Ballot]], criteria: Sequence[Criterion]) -> Firmness:
    """Leave each seat out once, over all entries, and compare who is first, ties resolved as in `rank`.

    An entry that only this seat assessed is unranked then. Raises Unscorable.
    """
    scheme = _scheme(criteria)
    tallies = _tallies(ballots, scheme)
    first = _first(tallies, scheme)
    turned: dict[Hashable, tuple[Hashable, ...]] = {}
    for seat in dict.fromkeys(seat for tally in tallies for seat in tally.totals):
        others = _first(tallies, scheme, left_out=(seat,))
        if others != first:
            turned[seat] = others
    leader = first[0] if len(first) == 1 else None
    return Firmness(leader, len(first) == 1 and not turned, turned, _margin(tallies, scheme))


# Reading: criteria and points become whole numbers ----------------------------------------------------
_Sheets = dict[Hashable, tuple[int, ...]]
"""Of one entry: the points per seat, in the order of the criteria."""
_Key = tuple[int, ...]
"""What an entry is ordered by, the greater the better: mean, criteria of the tie chain, median."""


@dataclass(frozen=True, slots=True)
class _Scheme:
    """Criteria as whole numbers: a total is in 1/`unit`; `chain` holds the places of the criteria that part equals."""

    keys: tuple[str, ...]
    names: frozenset[str]
    weights: tuple[int, ...]
    unit: int
    chain: tuple[int, ...]

    def read(self, points: Mapping[str, int]) -> tuple[int, ...]:
        if points.keys() != self.names:
            raise Unscorable("Eine Bewertung hat zu genau den Kriterien der Runde Punkte, zu keinem mehr oder weniger.")
        values = tuple(map(points.__getitem__, self.keys))
        if set(map(type, values)) != {int}:
            raise Unscorable("Punkte sind ganze Zahlen.")
        return values

    def total(self, values: tuple[int, ...]) -> int:
        return sum(map(mul, self.weights, values))


def _scheme(criteria: Sequence[Criterion]) -> _Scheme:
    if not criteria:
        raise Unscorable("Ohne Kriterien gibt es keine Rangfolge.")
    keys = tuple(criterion.key for criterion in criteria)
    names = frozenset(keys)
    if len(names) < len(keys) or names & {MEDIAN, VOTE}:
        raise Unscorable(f"Jedes Kriterium hat ein eigenes Kürzel, und keines heißt „{MEDIAN}“ oder „{VOTE}“.")
    steps = {criterion.tie_break: place for place, criterion in enumerate(criteria) if criterion.tie_break is not None}
    if len(steps) < sum(criterion.tie_break is not None for criterion in criteria):
        raise Unscorable("Zwei Kriterien können bei gleichem Mittel nicht an derselben Stelle entscheiden.")
    weights = [_exact(criterion.weight) for criterion in criteria]
    if min(weights) < 0 or not any(weights):
        raise Unscorable("Gewichte sind nicht negativ und ergeben zusammen mehr als null.")
    common = lcm(*(weight.denominator for weight in weights))
    whole = [weight.numerator * (common // weight.denominator) for weight in weights]
    least = tuple(weight // gcd(*whole) for weight in whole)
    return _Scheme(keys, names, least, sum(least), tuple(steps[step] for step in sorted(steps)))


def _exact(weight: Decimal) -> Fraction:
    try:
        return Fraction(weight)
    except (ValueError, OverflowError):  # NaN, Infinity
        raise Unscorable("Ein Gewicht ist eine Zahl.") from None


# Counting and ordering -------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Tally:
    """The sums of an entry: `totals` per seat and `total` of all in 1/unit, `sums` of the points per criterion."""

    entry: Hashable
    sheets: _Sheets
    totals: dict[Hashable, int]
    total: int
    sums: tuple[int, ...]

    def key(self, scheme: _Scheme, common: int) -> _Key:
        """Return what orders entries whose numbers of ballots all divide `common`."""
        share = common // len(self.totals)
        return (self.total * share, *(self.sums[place] * share for place in scheme.chain), self.twice_median())

    def twice_median(self) -> int:
        totals = sorted(self.totals.values())
        return totals[(len(totals) - 1) // 2] + totals[len(totals) // 2]


def _tallies(ballots: Mapping[Entry, Sequence[Ballot]], scheme: _Scheme) -> list[_Tally]:
    """Count every entry that has a ballot."""
    tallies = []
    for entry, given in ballots.items():
        sheets = {ballot.seat: scheme.read(ballot.points) for ballot in given}
        if len(sheets) < len(given):
            raise Unscorable("Ein Sitz gibt zu einer Einreichung eine Bewertung ab, nicht zwei.")
        if sheets:
            tallies.append(_tally(entry, sheets, scheme))
    return tallies


def _tally(entry: Hashable, sheets: _Sheets, scheme: _Scheme) -> _Tally:
    totals = {seat: scheme.total(values) for seat, values in sheets.items()}
    return _Tally(entry, sheets, totals, sum(totals.values()), tuple(map(sum, zip(*sheets.values(), strict=True))))


def _common(tallies: Iterable[_Tally]) -> int:
    return lcm(*{len(tally.totals) for tally in tallies})


def _ordered(tallies: Sequence[_Tally], scheme: _Scheme) -> list[tuple[_Key, _Tally]]:
    """Return them with what orders them, the best first; equals stay in their order."""
    common = _common(tallies)
    return sorted(((tally.key(scheme, common), tally) for tally in tallies), key=itemgetter(0), reverse=True)


def _places(keys: Sequence[_Key]) -> Iterator[tuple[int, int]]:
    """Yield the rank of each, and how many steps it has in common with the neighbour that is closest to it."""
    above = [0, *(_alike(*pair) for pair in pairwise(keys))]
    below = [*above[1:], 0]
    place = 1
    for index, key in enumerate(keys):
        if above[index] < len(key):
            place = index + 1
        yield place, max(above[index], below[index])


def _alike(one: _Key, other: _Key) -> int:
    """Return how many steps are equal before the first that is not."""
    return next((step for step, (a, b) in enumerate(zip(one, other, strict=True)) if a != b), len(one))


def _first(tallies: Iterable[_Tally], scheme: _Scheme, left_out: tuple[Hashable, ...] = ()) -> tuple[Hashable, ...]:
    """Return the entries that share first place without the ballots of the seats left out."""
    best: list[_Tally] = []
    top, n_top = -1, 0  # less than every mean
    for tally in tallies:
        total, n = tally.total, len(tally.totals)
        for seat in left_out:
            if seat in tally.totals:
                total, n = total - tally.totals[seat], n - 1
        ahead = total * n_top - top * n if n else -1
        if ahead > 0:
            best, top, n_top = [], total, n
        if ahead >= 0:
            best.append(tally)
    if left_out:
        best = [_without(tally, left_out, scheme) for tally in best]
    ranked = _ordered(best, scheme)
    return tuple(tally.entry for key, tally in ranked if key == ranked[0][0])


def _without(tally: _Tally, seats: tuple[Hashable, ...], scheme: _Scheme) -> _Tally:
    return _tally(tally.entry, {s: values for s, values in tally.sheets.items() if s not in seats}, scheme)


def _margin(tallies: Sequence[_Tally], scheme: _Scheme) -> Fraction | None:
    common = _common(tallies)
    two = nlargest(2, (tally.total * (common // len(tally.totals)) for tally in tallies))
    return Fraction(two[0] - two[1], common * scheme.unit) if len(two) == 2 else None


# Writing: whole numbers become fractions ---------------------------------------------------------------
class _Writer:
    """Writes standings. The same few values come again and again in a category, so each is divided once."""

    def __init__(self, scheme: _Scheme) -> None:
        self.scheme = scheme
        self.words = ("", *(scheme.keys[place] for place in scheme.chain), MEDIAN, VOTE)
        self.ratio = cache(Fraction)
        self.deviation = cache(_deviation)

    def standing(self, tally: _Tally, place: int, alike: int) -> Standing:
        n, unit, ratio = len(tally.totals), self.scheme.unit, self.ratio
        totals = tally.totals.values()
        low, high = min(totals), max(totals)
        return Standing(
            entry=tally.entry,
            rank=place,
            n=n,
            mean=ratio(tally.total, n * unit),
            totals={seat: ratio(total, unit) for seat, total in tally.totals.items()},
            low=ratio(low, unit),
            high=ratio(high, unit),
            spread=ratio(high - low, unit),
            deviation=self.deviation(n * sum(map(mul, totals, totals)) - tally.total**2, n * unit),
            median=ratio(tally.twice_median(), 2 * unit),
            by_criterion={key: ratio(points, n) for key, points in zip(self.scheme.keys, tally.sums, strict=True)},
            tied=alike > 0,
            decided_by=self.words[alike],
        )


def _unranked(entry: Hashable) -> Standing:
    return Standing(entry, None, 0, None, {}, None, None, None, None, None, {}, tied=False, decided_by="")


def _deviation(square: int, by: int) -> Decimal:
    """Return √square / by, rounded to DEVIATION_PLACES. With whole totals T it is √(n·ΣT² − (ΣT)²) / (n·unit)."""
    scaled, divisor = square * 100**DEVIATION_PLACES, by * by
    floor = isqrt(scaled // divisor)
    rest = 4 * scaled - (2 * floor + 1) ** 2 * divisor  # over or under the half
    up = rest > 0 or (rest == 0 and floor % 2 == 1)
    return Decimal(f"{floor + up}e-{DEVIATION_PLACES}")
