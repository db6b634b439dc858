"""No answer of the web is an error of the server, except while something was down; and then the page says so calmly."""

from collections.abc import Iterator

from rehearsal import outages
from rehearsal.invariants import Check, Finding, none
from rehearsal.ledger import Answer
from rehearsal.stage import Stage

FAILED = 500
CALM = ('lang="de"', "<h1")
"""What a page of the portal has, and neither a naked error of a library nor an empty answer."""
ALARMING = ("Traceback", "Exception", "OperationalError", "psycopg", "redis.")


def errors(stage: Stage) -> Iterator[Finding]:
    """Every error, and every request without an answer, belongs to an outage."""
    answers = stage.ledger.answers
    bad = [answer for answer in answers if answer.status == 0 or answer.status >= FAILED]
    unexplained = [
        _said(answer) for answer in bad if not outages.struck(stage.ledger.outages, answer.began, answer.ended)
    ]
    yield none("Fehler des Servers nur, solange etwas ausgefallen war", unexplained, len(answers))


def pages(stage: Stage) -> Iterator[Finding]:
    """The page of an error is one of the portal, German, and tells nothing of its inside."""
    bad = [answer for answer in stage.ledger.answers if answer.status >= FAILED]
    wrong = [_said(answer) for answer in bad if not _is_calm(answer)]
    yield none("Auch die Seite eines Fehlers ist ruhig und deutsch", wrong, len(bad))


def _is_calm(answer: Answer) -> bool:
    return all(mark in answer.body for mark in CALM) and not any(word in answer.body for word in ALARMING)


def _said(answer: Answer) -> str:
    return f"{answer.began:%H:%M:%S} {answer.method} {answer.path} {answer.status} {answer.body[:80]!r}"


CHECKS: tuple[Check, ...] = (errors, pages)
