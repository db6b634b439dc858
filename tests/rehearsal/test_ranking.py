"""A ranking, a prize, or points that do not follow from what was told are found."""

from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from typing import Any

import pytest

from rehearsal.insiders import Insider
from rehearsal.invariants import ranking
from rehearsal.ledger import RECUSED, SCORED
from rehearsal.stage import Stage
from rehearsal.tally import Mark
from submissions.models import Round
from tests.jury import decided, factories, rooms
from tests.rehearsal.told import broken

FIRST, SECOND = "IKZ-2026-0001", "IKZ-2026-0002"
POINTS = {FIRST: 8, SECOND: 7}
NOBODY = (None, None, None, None)
CRITERIA = ("gewinn", "innovation", "zukunft")


def mark(entry: str, criterion: str, points: int) -> Mark:
    return Mark(entry, "krisen", "bank", criterion, Fraction(1), points)


@pytest.fixture
def scene(stage: Stage, open_round: Round, at: Callable[[datetime], None]) -> rooms.Stage:
    """Two entries that one seat scored, the first one decided to win, and everything as it must be."""
    scene = rooms.scored(open_round, lambda: at(factories.scoring_time(open_round)), [[8, *NOBODY], [7, *NOBODY]])
    decided.decide(decided.opened(scene.category, *scene.panel), scene.panel[0], scene.entries[0])
    stage.props |= {
        "marks": [
            Mark(entry, "krisen", "bank", key, Fraction(1), p) for entry, p in POINTS.items() for key in CRITERIA
        ],
        "ranking": {"krisen": [("1", FIRST, "8,00", "1"), ("2", SECOND, "7,00", "1")]},
        "winners": {"krisen": FIRST},
        "jury": {"bank": Insider("Henning Rademaker", "jury.bank@jury.example", stage.browser())},
    }
    for entry, points in zip(scene.entries, POINTS.values(), strict=True):
        told = {f"punkte_{key}": str(points) for key in CRITERIA}
        stage.ledger.note("bank", SCORED, str(entry.pk), points=told)
    return scene


def test_everything_as_it_must_be_holds(stage: Stage, scene: rooms.Stage) -> None:
    assert [name for check in ranking.CHECKS for name in broken(stage, check)] == []


@pytest.mark.parametrize(
    "rows",
    [
        [("2", FIRST, "8,00", "1"), ("1", SECOND, "7,00", "1")],
        [("1", FIRST, "8,01", "1"), ("2", SECOND, "7,00", "1")],
        [("1", FIRST, "8,00", "2"), ("2", SECOND, "7,00", "1")],
        [("1", FIRST, "8,00", "1")],
        [("1", FIRST, "8,00", "1"), ("2", SECOND, "7,00", "1"), ("3", "IKZ-2026-0003", "5,00", "1")],
    ],
)
def test_other_ranking_is_found(stage: Stage, scene: rooms.Stage, rows: list[Any]) -> None:
    stage.props["ranking"] = {"krisen": rows}

    assert broken(stage, ranking.shown) == ["Rangfolge wie von Hand gezählt"]


def test_prize_for_the_second_is_found(stage: Stage, scene: rooms.Stage) -> None:
    stage.props["winners"] = {"krisen": SECOND}

    assert broken(stage, ranking.winners) == ["Preise gehen an erste Plätze", "Beschlüsse wie mitgeteilt"]


def test_decision_other_than_told_is_found(stage: Stage, scene: rooms.Stage) -> None:
    stage.props["winners"] = {"krisen": ""}

    assert broken(stage, ranking.winners) == ["Beschlüsse wie mitgeteilt"]


def test_points_nobody_gave_are_found(stage: Stage, scene: rooms.Stage) -> None:
    stage.props["marks"][0] = mark(FIRST, "gewinn", 9)

    assert broken(stage, ranking.counts) == ["Gezählt wird, was abgeschlossen wurde"]


def test_points_of_somebody_recused_are_found(stage: Stage, scene: rooms.Stage) -> None:
    stage.ledger.note("jury.bank@jury.example", RECUSED, str(scene.entries[0].pk))

    assert broken(stage, ranking.counts) == ["Gezählt wird, was abgeschlossen wurde", "Kein Punkt von Befangenen"]
