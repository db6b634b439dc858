"""An error of the server while nothing was down, or with a page that is none, is found."""

from datetime import timedelta

import pytest

from rehearsal.invariants import answers
from rehearsal.ledger import Answer, Outage, now
from rehearsal.stage import Stage
from tests.rehearsal.told import broken

ERRORS, CALM = (
    "Fehler des Servers nur, solange etwas ausgefallen war",
    "Auch die Seite eines Fehlers ist ruhig und deutsch",
)
PAGE = '<html lang="de"><h1>Das geht gerade nicht</h1>'


def answer(stage: Stage, status: int, body: str = PAGE) -> None:
    stage.ledger.answers.append(Answer(now(), now(), "POST", "/einreichungen/", status, body))


@pytest.mark.parametrize(("status", "found"), [(200, []), (409, []), (500, [ERRORS]), (503, [ERRORS]), (0, [ERRORS])])
def test_errors_find_those_while_nothing_was_down(stage: Stage, status: int, found: list[str]) -> None:
    answer(stage, status)

    assert broken(stage, answers.errors) == found


@pytest.mark.parametrize(("ago", "found"), [(5, []), (30, [ERRORS])])
def test_errors_may_come_until_shortly_after_the_mending(stage: Stage, ago: int, found: list[str]) -> None:
    mended = now() - timedelta(seconds=ago)
    stage.ledger.outages.append(Outage("database", "kill", mended - timedelta(seconds=3), mended))
    answer(stage, 500)

    assert broken(stage, answers.errors) == found


def test_errors_may_come_as_long_as_it_is_not_well(stage: Stage) -> None:
    stage.ledger.outages.append(Outage("database", "kill", now() - timedelta(minutes=9)))
    answer(stage, 500)

    assert broken(stage, answers.errors) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [(PAGE, []), ("", [CALM]), ('<html lang="en"><h1>Oops</h1>', [CALM]), (f"{PAGE}Traceback (most recent", [CALM])],
)
def test_pages_find_empty_foreign_and_telling_ones(stage: Stage, body: str, found: list[str]) -> None:
    answer(stage, 503, body)

    assert broken(stage, answers.pages) == found
