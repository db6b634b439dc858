"""The table of the jury pair by pair, and the stages at their edges: no database."""

from datetime import datetime, timedelta

import pytest

from jury import workflow
from jury.workflow import Act, Stage
from landespreis.refusal import Refused
from submissions.models import Round
from tests.conftest import CLOSES, SECOND

BEGINS = CLOSES + timedelta(days=10)
EXPECTED = {
    (Stage.WAITING, Act.CLEAR): False,
    (Stage.WAITING, Act.RECUSE): False,
    (Stage.WAITING, Act.TAKE_BACK): False,
    (Stage.WAITING, Act.SCORE): False,
    (Stage.WAITING, Act.OPEN): False,
    (Stage.WAITING, Act.ATTEND): False,
    (Stage.WAITING, Act.REVISE): False,
    (Stage.WAITING, Act.RECORD): False,
    (Stage.WAITING, Act.CONFIRM): False,
    (Stage.SCORING, Act.CLEAR): True,
    (Stage.SCORING, Act.RECUSE): True,
    (Stage.SCORING, Act.TAKE_BACK): True,
    (Stage.SCORING, Act.SCORE): True,
    (Stage.SCORING, Act.OPEN): True,
    (Stage.SCORING, Act.ATTEND): False,
    (Stage.SCORING, Act.REVISE): False,
    (Stage.SCORING, Act.RECORD): False,
    (Stage.SCORING, Act.CONFIRM): False,
    (Stage.SESSION, Act.CLEAR): True,
    (Stage.SESSION, Act.RECUSE): True,
    (Stage.SESSION, Act.TAKE_BACK): True,
    (Stage.SESSION, Act.SCORE): False,
    (Stage.SESSION, Act.OPEN): False,
    (Stage.SESSION, Act.ATTEND): True,
    (Stage.SESSION, Act.REVISE): True,
    (Stage.SESSION, Act.RECORD): True,
    (Stage.SESSION, Act.CONFIRM): True,
    (Stage.DECIDED, Act.CLEAR): False,
    (Stage.DECIDED, Act.RECUSE): False,
    (Stage.DECIDED, Act.TAKE_BACK): False,
    (Stage.DECIDED, Act.SCORE): False,
    (Stage.DECIDED, Act.OPEN): False,
    (Stage.DECIDED, Act.ATTEND): False,
    (Stage.DECIDED, Act.REVISE): False,
    (Stage.DECIDED, Act.RECORD): False,
    (Stage.DECIDED, Act.CONFIRM): False,
}


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("act", Act)
def test_require_for_every_pair(stage: Stage, act: Act) -> None:
    if EXPECTED[stage, act]:
        workflow.require(stage, act)
        return
    with pytest.raises(Refused) as refusal:
        workflow.require(stage, act)
    assert (refusal.value.title, refusal.value.message) == workflow.WHY[stage]


@pytest.mark.parametrize(
    ("opens", "offset", "opened", "decided", "expected"),
    [
        (None, timedelta(days=99), False, False, Stage.WAITING),
        (BEGINS, -SECOND, False, False, Stage.WAITING),
        (BEGINS, timedelta(), False, False, Stage.SCORING),
        (BEGINS, SECOND, False, False, Stage.SCORING),
        (BEGINS, timedelta(days=999), False, False, Stage.SCORING),
        (BEGINS, SECOND, True, False, Stage.SESSION),
        (None, SECOND, True, False, Stage.SESSION),
        (BEGINS, SECOND, True, True, Stage.DECIDED),
    ],
)
def test_stage(opens: datetime | None, offset: timedelta, opened: bool, decided: bool, expected: Stage) -> None:
    round = Round(closes_at=CLOSES, scoring_opens_at=opens, scoring_closes_at=BEGINS + timedelta(days=20))

    assert workflow.stage(round, opened=opened, decided=decided, now=BEGINS + offset) is expected
