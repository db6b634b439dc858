"""Papers of the jury in a browser: a dossier that gets done while one watches, minutes as a draft, letters."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.models import User
from jury.actions import papers
from jury.models import Juror, Letter, Paper, Session
from landespreis import clock
from submissions.models import Round, Submission
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.jury import decided, factories

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


@pytest.fixture
def session(three: list[Submission], panel: list[Juror], register: Round) -> Session:
    """An open Session: everybody scored, the second juror is recused from the second entry."""
    for number, entry in enumerate(three):
        for place, juror in enumerate(panel):
            if (number, place) != (1, 1):
                factories.sheet(juror, entry, {"gewinn": 9 - number, "innovation": 8 - place % 2, "zukunft": 7})
    factories.recuse(panel[1], three[1])
    return decided.opened(register.categories.get(key="krisen"), *panel[:4])


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


@pytest.mark.parametrize("dark", [False, True])
def test_walk_to_the_minutes(
    visit: Visit, session: Session, three: list[Submission], panel: list[Juror], dark: bool
) -> None:
    juror = came_in(visit(dark=dark), panel[0].user)

    juror.go("/jury/sitzung/krisen/niederschrift/")
    juror.meet("Niederschrift: Krisenbewältigung")
    juror.reads("Entwurf, noch nicht gesperrt")
    with juror.narrowed():
        juror.meet("Niederschrift: Krisenbewältigung")
    decided.decide(session, panel[0], three[0])
    papers.owe_decided(session)
    papers.fulfil_all()
    juror.go("/jury/sitzung/krisen/niederschrift/")
    juror.meet("Niederschrift: Krisenbewältigung")
    with juror.page.expect_download():
        juror.page.get_by_role("link", name="Niederschrift laden").click()


def test_walk_to_a_released_letter(
    visit: Visit, session: Session, three: list[Submission], panel: list[Juror], register: Round
) -> None:
    decided.decide(session, panel[0], three[0])
    papers.owe_decided(session)
    papers.fulfil_all()
    clock.set_now(register.embargo_until + timedelta(hours=1))
    office = came_in(visit(), StaffFactory(superuser=True))

    for page, heading in (("paper", "Dokument"), ("letter", "Brief")):
        office.go(f"/admin/jury/{page}/")
        office.meet(heading)
    office.follow(three[0].label, office.page.locator("#result_list"))
    office.meet("Brief")
    office.write("Betreff:", "Der Preis ist Ihrer")
    office.press("Sichern und weiter bearbeiten", office.page.locator("#content"))
    office.follow("Vorschau", office.page.locator("#content"))
    office.meet("Vorschau")
    office.reads("Der Preis ist Ihrer")
    office.follow("Freigeben …", office.page.locator("#content"))
    office.meet("Briefe freigeben")
    with office.narrowed():
        office.meet("Briefe freigeben")
    office.press("1 Brief freigeben", office.page.locator("#content"))
    office.meet("Brief")
    office.reads("Freigegeben: 1 von 1 Briefen")
    assert Letter.objects.exclude(released_at=None).count() == 1
    assert urlsplit(office.page.url).path == "/admin/jury/letter/"
