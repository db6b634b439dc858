"""What a ranking costs and how that grows with the entries: `jury/scoring.py`, no database, CPU time of this process.

Beside it stands the least that any ranking must do: add up the points of every ballot as floats, sort by the mean.
"""

import gc
import random
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from statistics import median
from typing import Any

from bench.figures import Figure, at_most
from jury import scoring
from jury.scoring import Ballot, Criterion

CRITERIA = (
    Criterion("gewinn", Decimal(1), 1),
    Criterion("innovation", Decimal(1), 2),
    Criterion("zukunft", Decimal(1), None),
)
JURORS = 5
FULL, QUICK = (1_000, 10_000, 100_000), (100, 1_000, 10_000)
ROUNDS = 5
MOST = 14.0
"""How many times as long ten times as many may take; sorting alone is 10 · log(10 n) / log(n), 13.3 from 1,000 on."""
SEED = 2026

Ballots = dict[int, list[Ballot]]


def measure(*, quick: bool) -> list[Figure]:
    """Time every size in turns, after a first round that warms up, and take medians."""
    sizes = QUICK if quick else FULL
    amounts = {size: _ballots(size) for size in sizes}
    gc.freeze()  # what all sizes together put in is not for the collector to look through in each of them
    ways: dict[str, Callable[[Ballots], Any]] = {
        "rank": lambda ballots: scoring.rank(ballots, CRITERIA),
        "firmness": lambda ballots: scoring.firmness(ballots, CRITERIA),
        "bare sum and sort": _bare,
    }
    spent: dict[str, dict[int, list[float]]] = {way: {size: [] for size in sizes} for way in ways}
    for number in range(ROUNDS + 1):
        for size, ballots in amounts.items():
            for way, run in ways.items():
                milliseconds = _time(run, ballots)
                if number:
                    spent[way][size].append(milliseconds)
    times = {way: [median(rounds) for rounds in by_size.values()] for way, by_size in spent.items()}
    return _figures(sizes, times)


def _ballots(entries: int) -> Ballots:
    """Return entries with a full panel each; points lie close, as they do, so that many means are equal."""
    chance = random.Random(SEED)
    keys = [criterion.key for criterion in CRITERIA]
    return {
        entry: [Ballot(seat, {key: chance.randint(3, 10) for key in keys}) for seat in range(JURORS)]
        for entry in range(entries)
    }


def _bare(ballots: Ballots) -> list[tuple[float, int]]:
    means = [
        (sum(sum(ballot.points.values()) / len(CRITERIA) for ballot in given) / len(given), entry)
        for entry, given in ballots.items()
    ]
    return sorted(means, reverse=True)


def _time(run: Callable[[Ballots], Any], ballots: Ballots) -> float:
    gc.collect()
    begin = time.process_time()
    run(ballots)
    return (time.process_time() - begin) * 1000


def _figures(sizes: Sequence[int], times: dict[str, list[float]]) -> list[Figure]:
    shown = " / ".join(f"{size:,}" for size in sizes)
    entries = f"{shown} entries × {JURORS} jurors × {len(CRITERIA)} criteria"
    figures = [
        Figure(f"ms CPU, {way}, {entries}", " / ".join(f"{value:.1f}" for value in values))
        for way, values in times.items()
    ]
    for way in ("rank", "firmness"):
        small, middle, large = times[way]
        figures.append(at_most(f"{way}: time of {sizes[1]:,} ÷ {sizes[0]:,} entries", middle / small, MOST))
        figures.append(at_most(f"{way}: time of {sizes[2]:,} ÷ {sizes[1]:,} entries", large / middle, MOST))
    ratio = times["rank"][1] / times["bare sum and sort"][1]
    return [*figures, Figure(f"rank ÷ bare sum and sort, {sizes[1]:,} entries", f"{ratio:.1f}")]
