"""The transition table pair by pair, and the window second by second: no database."""

from datetime import datetime, timedelta

import pytest

from landespreis.refusal import Refused, TooLate
from submissions import workflow
from submissions.models import Round, Submission
from submissions.workflow import Act
from tests.conftest import CLOSES, OPENS, SECOND

Check, Status = Submission.Check, Submission.Status
EXPECTED = {
    (Status.DRAFT, Act.WRITE): Status.DRAFT,
    (Status.DRAFT, Act.SUBMIT): Status.SUBMITTED,
    (Status.DRAFT, Act.WITHDRAW): None,
    (Status.SUBMITTED, Act.WRITE): Status.SUBMITTED,
    (Status.SUBMITTED, Act.SUBMIT): Status.SUBMITTED,
    (Status.SUBMITTED, Act.WITHDRAW): Status.WITHDRAWN,
    (Status.WITHDRAWN, Act.WRITE): Status.WITHDRAWN,
    (Status.WITHDRAWN, Act.SUBMIT): Status.SUBMITTED,
    (Status.WITHDRAWN, Act.WITHDRAW): None,
}


def entry(extended_until: datetime | None = None) -> Submission:
    return Submission(round=Round(opens_at=OPENS, closes_at=CLOSES), extended_until=extended_until)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("act", Act)
def test_target_for_every_pair(status: Status, act: Act) -> None:
    expected = EXPECTED[status, act]

    if expected is None:
        with pytest.raises(Refused):
            workflow.target(status, act)
    else:
        assert workflow.target(status, act) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (OPENS - SECOND, False),
        (OPENS, True),
        (OPENS + SECOND, True),
        (CLOSES - SECOND, True),
        (CLOSES, False),
        (CLOSES + SECOND, False),
    ],
)
def test_is_open_at_the_edges(now: datetime, expected: bool) -> None:
    assert workflow.is_open(entry(), now) is expected


@pytest.mark.parametrize(("offset", "expected"), [(-SECOND, True), (timedelta(), False), (SECOND, False)])
def test_is_open_with_extension(offset: timedelta, expected: bool) -> None:
    until = CLOSES + timedelta(days=2)

    assert workflow.is_open(entry(until), until + offset) is expected


@pytest.mark.parametrize("check", Check)
@pytest.mark.parametrize("before", Check)
def test_undone_for_every_pair(check: Check, before: Check) -> None:
    made_in = {
        Check.OPEN: set(),
        Check.ADMITTED: {Check.OPEN, Check.RETURNED},
        Check.EXCLUDED: {Check.OPEN, Check.RETURNED, Check.ADMITTED},
        Check.RETURNED: {Check.OPEN},
    }

    if before in made_in[check]:
        assert workflow.undone(check, before) == before
    else:
        with pytest.raises(Refused, match=check.label):
            workflow.undone(check, before)


def test_deadline_is_never_earlier_than_the_rounds() -> None:
    assert entry(CLOSES - timedelta(days=1)).deadline == CLOSES


@pytest.mark.parametrize("now", [OPENS - SECOND, CLOSES, CLOSES + SECOND])
def test_require_open_refuses_outside(now: datetime) -> None:
    with pytest.raises(TooLate):
        workflow.require_open(entry(), now)


@pytest.mark.parametrize("now", [OPENS, CLOSES - SECOND])
def test_require_open_passes_inside(now: datetime) -> None:
    workflow.require_open(entry(), now)


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (OPENS - SECOND, "ab Montag, 1. Dezember 2025, 00:00 Uhr (MEZ)"),
        (CLOSES, "Montag, 9. Februar 2026, 24:00 Uhr (MEZ)"),
    ],
)
def test_require_started_says_when(now: datetime, words: str) -> None:
    with pytest.raises(TooLate, match=words.replace("(", r"\(").replace(")", r"\)")):
        workflow.require_started(entry().round, now)


@pytest.mark.parametrize("now", [OPENS, CLOSES - SECOND])
def test_require_started_passes_inside(now: datetime) -> None:
    workflow.require_started(entry().round, now)


def test_nothing_begins_before_the_round_is_announced() -> None:
    round = Round(opens_at=OPENS, closes_at=CLOSES, announced_at=None)

    with pytest.raises(TooLate, match="noch nicht bekannt gemacht"):
        workflow.require_started(round, OPENS)
