"""A dossier of the jury in a browser: it gets done while one watches, and without JavaScript."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from jury.actions import papers
from jury.models import Juror, Paper
from landespreis import clock
from submissions.models import Round, Submission
from tests.accounts.conftest import show_factor
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.jury import factories

pytestmark = pytest.mark.browser

DOSSIER = "/jury/dossier/krisen/"
TITLES = ("PegelVerbund Hellweg: ein gemeinsames Warnsystem", "Notstrom-Ring: 14 Rathäuser, ein Plan", "Warn-App")


@pytest.fixture
def panel(register: Round) -> list[Juror]:
    return factories.panel(register)


@pytest.fixture
def three(register: Round, panel: list[Juror]) -> list[Submission]:
    """Three admitted entries; the first juror has declared about two of them. Scoring has begun."""
    rows = [factories.admitted(register, title=title) for title in TITLES]
    assert register.scoring_opens_at
    clock.set_now(register.scoring_opens_at + timedelta(days=3))
    factories.clear(panel[0], *rows[:2])
    return rows


def came_in(visitor: Visitor, user: User | None) -> Visitor:
    """Be logged in, second factor shown."""
    assert user
    client = Client()
    show_factor(client, user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    visitor.context.add_cookies([{**cookie, "url": visitor.home}])  # type: ignore[typeddict-item]
    return visitor


def test_walk_to_a_dossier(visit: Visit, three: list[Submission], panel: list[Juror]) -> None:
    juror = came_in(visit(), panel[0].user)

    juror.go(DOSSIER)
    juror.meet("Dossier")
    juror.reads("Eine weitere Einreichung steht nicht im Dossier")
    juror.press("Dossier erstellen")
    juror.meet("Dossier")
    juror.reads("In Arbeit, 0 von 2.")
    Paper.objects.update(done=1)
    juror.reads("In Arbeit, 1 von 2.")
    Paper.objects.update(done=0)
    papers.fulfil_all()
    juror.reads("Fertig.")
    juror.meet("Dossier")
    with juror.page.expect_download() as download:
        juror.page.get_by_role("link", name="Dossier laden").click()
    assert download.value.suggested_filename == "Dossier-krisen.pdf"
    with juror.narrowed():
        juror.meet("Dossier")
    factories.clear(panel[0], three[2])
    juror.go(DOSSIER)
    juror.reads("Veraltet")
    juror.meet("Dossier")


def test_walk_to_a_dossier_without_scripts(visit: Visit, three: list[Submission], panel: list[Juror]) -> None:
    juror = came_in(visit(width=360, dark=True, scripts=False), panel[0].user)

    juror.go(DOSSIER)
    juror.press("Dossier erstellen")
    juror.meet("Dossier")
    papers.fulfil_all()
    juror.follow("Seite neu laden")
    juror.meet("Dossier")
    juror.reads("Fertig.")
