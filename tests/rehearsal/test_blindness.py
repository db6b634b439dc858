"""Whoever must not see an entry and got its title or number all the same is found, by page and by mail."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from rehearsal.acts import prying
from rehearsal.acts.scoring import REMARK
from rehearsal.insiders import Insider
from rehearsal.invariants import blindness
from rehearsal.ledger import OPENED, PUBLISHED, RECUSED, now
from rehearsal.stage import Stage
from submissions.models import Round, Submission
from tests.conftest import MIDWAY
from tests.jury import factories
from tests.rehearsal.told import broken, mail

JUROR, APPLICANT = "jury.bank@jury.example", "person1@stadt05111000.example"
OFFICE = "renate.vollmer@geschaeftsstelle.example"
RECUSED_SEE, STRANGERS_SEE = "Befangene sehen nichts von der Einreichung", "Fremde sehen nichts von Einreichungen"
PAGE = "/jury/kategorien/krisen/"


@pytest.fixture
def entry(open_round: Round) -> Submission:
    return factories.admitted(open_round, title="Gemeinsam warnen 1")


def recuse(stage: Stage, entry: Submission) -> None:
    stage.ledger.note(JUROR, RECUSED, str(entry.pk), since=now() - timedelta(seconds=1))


@pytest.mark.parametrize("text", ["Gemeinsam warnen 1</a>", "Nr. IKZ-2026-0001", "Gemeinsam&nbsp;lesen, IKZ-2026-0001"])
def test_page_after_the_recusal_that_names_the_entry_is_found(stage: Stage, entry: Submission, text: str) -> None:
    recuse(stage, entry)
    stage.ledger.see(JUROR, PAGE, text)

    assert broken(stage, blindness.recused) == [RECUSED_SEE]


def test_mail_after_the_recusal_that_names_the_entry_is_found(stage: Stage, entry: Submission) -> None:
    recuse(stage, entry)
    mail(stage, JUROR, "Noch offen", "Gemeinsam warnen 1 wartet auf Ihre Punkte.")

    assert broken(stage, blindness.recused) == [RECUSED_SEE]


def test_pages_before_the_recusal_and_of_others_may_name_it(
    stage: Stage, entry: Submission, at: Callable[[datetime], None]
) -> None:
    stage.ledger.see(JUROR, PAGE, entry.label)
    at(MIDWAY + timedelta(seconds=5))
    recuse(stage, entry)
    stage.ledger.see("jury.staedtetag@jury.example", PAGE, entry.label)
    stage.ledger.see(JUROR, PAGE, "Gemeinsam warnen 11, IKZ-2026-0002")
    stage.ledger.note("reporter", PUBLISHED, "lp2")
    stage.ledger.see(JUROR, "/landespreis/", entry.submitted_title)

    assert broken(stage, blindness.recused) == []


def test_stranger_who_sees_an_entry_is_found(stage: Stage, entry: Submission) -> None:
    stage.ledger.see(f"{prying.APPLICANT}{APPLICANT}", PAGE, entry.label)

    assert broken(stage, blindness.strangers) == [STRANGERS_SEE]


def test_stranger_may_see_the_own_entry_and_the_address_that_was_asked_for(stage: Stage, entry: Submission) -> None:
    stage.ledger.see(f"{prying.APPLICANT}{entry.owner.email}", "/einreichungen/", entry.submitted_title)
    stage.ledger.see(prying.VISITOR, "/konto/login/", f"next=/jury/einreichungen/{entry.label}/")

    assert broken(stage, blindness.strangers) == []


def test_door_that_shows_a_title_is_found(stage: Stage, entry: Submission) -> None:
    stage.ledger.see(prying.VISITOR, "/konto/login/", entry.submitted_title)

    assert broken(stage, blindness.strangers) == [STRANGERS_SEE]


@pytest.fixture
def five(stage: Stage) -> None:
    """Two of the jury, and somebody of the office, at their browsers."""
    people = {key: Insider(key, f"jury.{key}@jury.example", stage.browser()) for key in ("bank", "staedtetag")}
    stage.props |= {"jury": people, "office": (Insider("Renate Vollmer", OFFICE, stage.browser()),)}


def test_remark_of_another_before_the_session_is_found(stage: Stage, five: None) -> None:
    stage.ledger.see(JUROR, PAGE, REMARK.format("bank"))
    stage.ledger.see(JUROR, PAGE, REMARK.format("staedtetag"))

    assert broken(stage, blindness.early) == ["Vor der Sitzung liest niemand fremde Bewertungen"]


def test_remark_of_another_in_the_session_is_well(stage: Stage, five: None) -> None:
    stage.ledger.note(OFFICE, OPENED, "krisen")
    stage.ledger.see(JUROR, PAGE, REMARK.format("staedtetag"))

    assert broken(stage, blindness.early) == []


@pytest.mark.parametrize("text", [REMARK.format("bank"), "<th>Mittel</th>"])
def test_points_shown_to_the_office_are_found(stage: Stage, five: None, text: str) -> None:
    stage.ledger.see(OFFICE, "/admin/jury/session/kategorie/5/punkte/", text)

    assert broken(stage, blindness.early) == ["Vor dem Beschluss sieht das Ministerium keine Punkte"]
