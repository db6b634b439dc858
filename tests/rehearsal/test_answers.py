"""An error of the server while nothing was down, or with a page that is none or tells too much, is found."""

from datetime import timedelta

import pytest
from django.conf import settings

from rehearsal.acts import prying
from rehearsal.cast import PASSWORD
from rehearsal.invariants import answers
from rehearsal.ledger import Answer, Outage, now
from rehearsal.stage import Stage
from tests.rehearsal.told import broken, mail

ERRORS, CALM = (
    "Fehler des Servers nur, solange etwas ausgefallen war",
    "Auch die Seite eines Fehlers ist ruhig und deutsch",
)
PAGE = '<html lang="de"><h1>Das geht gerade nicht</h1>'


def answer(stage: Stage, status: int, body: str = PAGE, who: str = "") -> None:
    stage.ledger.answers.append(Answer(now(), now(), "POST", "/einreichungen/", status, body, who))


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


INSIDE, SECRET, ADDRESS = (
    "Keine Fehlerseite zeigt das Innere",
    "Keine Fehlerseite enthält Kennwort, Code oder den geheimen Teil eines Links",
    "Keine Fehlerseite nennt eine fremde Mailadresse",
)
TOKEN = "Qk3vX9_pL-72zTq1mWb8"
LEAVE = "b5338547428840718f1c15dae94ae11b"


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422, 500])
@pytest.mark.parametrize(
    ("body", "found"),
    [
        (PAGE, []),
        (f"{PAGE}Schreiben Sie an {settings.CONTACT_EMAIL}", []),
        (f"{PAGE}<pre>Traceback (most recent call last)</pre>", [INSIDE]),
        (f"{PAGE}{PASSWORD}", [SECRET]),
        (f"{PAGE}Ihr Code AB12-CD34", [SECRET]),
        (f'{PAGE}<form action="/jury/einladung/{TOKEN}/">', [SECRET]),
        (f'{PAGE}<a href="/newsletter/abmelden/{LEAVE}/">', [SECRET]),
        (f"{PAGE}{{0}}", [ADDRESS]),
    ],
)
def test_page_that_tells_too_much_is_found(stage: Stage, status: int, body: str, found: list[str]) -> None:
    links = f"http://127.0.0.1/jury/einladung/{TOKEN}/ http://127.0.0.1/newsletter/abmelden/{LEAVE}/"
    mail(stage, "neu@stadt.example", "Code", f"Ihr Code:\n\nAB12-CD34\n\n{links}")
    answer(stage, status, body.format(stage.cast.towns[0].email.upper()))

    assert broken(stage, answers.discreet) == found


@pytest.mark.parametrize(("of", "found"), [(0, []), (1, [ADDRESS])])
@pytest.mark.parametrize("prefix", ["", prying.APPLICANT])
def test_page_may_name_who_got_it(stage: Stage, of: int, found: list[str], prefix: str) -> None:
    body = f'{PAGE}<input name="email" value="{stage.cast.towns[0].email}">'
    answer(stage, 404, body, who=f"{prefix}{stage.cast.towns[of].email}")

    assert broken(stage, answers.discreet) == found
