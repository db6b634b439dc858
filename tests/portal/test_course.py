"""Tests of where a round stands and which way it takes."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from landespreis.clock import BERLIN
from portal.course import Standing, Step, course, upcoming, weighted
from submissions.models import Criterion, Round

OPENS = datetime(2025, 12, 1, tzinfo=BERLIN)
CLOSES = datetime(2026, 2, 10, tzinfo=BERLIN)
EMBARGO = datetime(2026, 4, 15, 18, tzinfo=BERLIN)
SECOND = timedelta(seconds=1)
FROM, UNTIL = "ab Montag, 1. Dezember 2025, 00:00 Uhr (MEZ)", "bis Montag, 9. Februar 2026, 24:00 Uhr (MEZ)"
KNOWN = "Preisträger werden bekannt am Mittwoch, 15. April 2026, 18:00 Uhr (MESZ)"


@pytest.fixture
def plan() -> Round:
    return Round(opens_at=OPENS, closes_at=CLOSES, embargo_until=EMBARGO, ceremony_on=date(2026, 4, 15))


@pytest.mark.parametrize(
    ("now", "words", "until", "rest", "is_open", "is_last"),
    [
        (OPENS - timedelta(days=3), "Einreichung angekündigt", FROM, "3 Tage", False, False),
        (OPENS, "Einreichung offen", UNTIL, "71 Tage", True, False),
        (CLOSES - timedelta(hours=3), "Einreichung offen", UNTIL, "3 Stunden", True, True),
        (CLOSES - SECOND, "Einreichung offen", UNTIL, "weniger als eine Minute", True, True),
        (CLOSES, "Einreichung beendet, die Beiträge werden geprüft", KNOWN, "64 Tage", False, False),
        (EMBARGO - SECOND, "Die Jury hat entschieden", KNOWN, "weniger als eine Minute", False, False),
        (EMBARGO, "Der Preis ist verliehen", "", "", False, False),
    ],
)
def test_standing_says_what_the_round_waits_for(
    plan: Round, now: datetime, words: str, until: str, rest: str, is_open: bool, is_last: bool
) -> None:
    plan.decided_at = CLOSES + timedelta(days=30)

    standing = Standing.of(plan, now)

    told = (standing.words, standing.until, standing.rest, standing.is_open, standing.is_last)
    assert told == (words, until, rest, is_open, is_last)


@pytest.mark.parametrize(
    ("now", "states"),
    [
        (OPENS - SECOND, ["next", "next", "next", "next", "next"]),
        (OPENS, ["done", "now", "next", "next", "next"]),
        (CLOSES, ["done", "done", "now", "next", "next"]),
        (EMBARGO, ["done", "done", "done", "done", "done"]),
    ],
)
def test_course_marks_what_is_done_and_what_runs(plan: Round, now: datetime, states: list[str]) -> None:
    assert [step.state for step in course(plan, now)] == states


def test_course_marks_the_ceremony_when_the_jury_has_decided(plan: Round) -> None:
    plan.decided_at = CLOSES + timedelta(days=30)

    states = [step.state for step in course(plan, CLOSES + timedelta(days=31))]

    assert states == ["done", "done", "done", "done", "now"]


def test_course_says_when(plan: Round) -> None:
    steps = course(plan, OPENS)

    assert [(step.what, step.when, step.clock) for step in steps] == [
        ("Start", "1. Dezember 2025", ""),
        ("Einreichung", "bis 9. Februar 2026", "24:00 Uhr (MEZ)"),
        ("Formale Prüfung", "ab 10. Februar 2026", ""),
        ("Jury", "Februar bis April 2026", ""),
        ("Preisverleihung", "15. April 2026", ""),
    ]


@pytest.mark.parametrize(
    ("now", "ahead"),
    [
        (OPENS - SECOND, ["Einreichung", "Preisverleihung"]),
        (OPENS, ["Formale Prüfung", "Preisverleihung"]),
        (CLOSES, ["Jury", "Preisverleihung"]),
        (EMBARGO, []),
    ],
)
def test_upcoming_gives_the_next_and_the_last(plan: Round, now: datetime, ahead: list[str]) -> None:
    assert [step.what for step in upcoming(course(plan, now))] == ahead


def test_upcoming_does_not_repeat_a_single_step() -> None:
    step = Step("Preisverleihung", "15. April 2026", "", "next")

    assert upcoming([step]) == [step]


@pytest.mark.parametrize(
    ("weights", "shares"), [([1, 1, 1], ["", "", ""]), ([2, 1, 1], ["50 %", "25 %", "25 %"]), ([], [])]
)
def test_weighted_prints_shares_only_when_they_differ(weights: list[int], shares: list[str]) -> None:
    criteria = [Criterion(weight=Decimal(weight)) for weight in weights]

    assert [share for _, share in weighted(criteria)] == shares
