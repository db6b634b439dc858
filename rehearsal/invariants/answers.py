"""No answer is an error of the server, except while something was down; and no page of an error tells much."""

from collections.abc import Iterator

from django.conf import settings

from rehearsal import outages
from rehearsal.acts.prying import APPLICANT
from rehearsal.cast import PASSWORD
from rehearsal.invariants import Check, Finding, logs, none
from rehearsal.ledger import REFUSING, Answer
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


def discreet(stage: Stage) -> Iterator[Finding]:
    """No page that says that something did not work tells secrets, the inside, or the address of anybody else.

    The address of who got the page may stand in its head, or in a form that is shown again.
    """
    known = logs.known_addresses(stage) - {settings.CONTACT_EMAIL.casefold()}
    secrets = {PASSWORD, *logs.mailed_secrets(stage.installation.mail.letters)}
    bad = [answer for answer in stage.ledger.answers if answer.status >= REFUSING]
    telling = [_said(answer) for answer in bad if any(word in answer.body for word in ALARMING)]
    yield none("Keine Fehlerseite zeigt das Innere", telling, len(bad))
    secret = [_said(answer) for answer in bad if PASSWORD in answer.body or secrets & logs.words(answer.body)]
    yield none("Keine Fehlerseite enthält Kennwort, Code oder den geheimen Teil eines Links", secret, len(bad))
    naming = [_said(answer) for answer in bad if _addresses(answer) & known - {answer.who.removeprefix(APPLICANT)}]
    yield none("Keine Fehlerseite nennt eine fremde Mailadresse", naming, len(bad))


def _addresses(answer: Answer) -> set[str]:
    return {address.casefold() for address in logs.ADDRESS.findall(answer.body)}


def _is_calm(answer: Answer) -> bool:
    return all(mark in answer.body for mark in CALM) and not any(word in answer.body for word in ALARMING)


def _said(answer: Answer) -> str:
    return f"{answer.began:%H:%M:%S} {answer.method} {answer.path} {answer.status} {answer.body[:80]!r}"


CHECKS: tuple[Check, ...] = (errors, pages, discreet)
