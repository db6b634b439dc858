"""A juror at the desk: meets the own second window, and on a telephone opens a sheet again and is biased after all."""

import pytest
from playwright.sync_api import Page, expect

from jury.models import Assessment, Juror
from landespreis import clock
from submissions.models import Round
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.jury import factories

pytestmark = pytest.mark.browser
GROUND = "element => getComputedStyle(element).backgroundColor"


@pytest.fixture
def juror(register: Round) -> Juror:
    """The second of five jurors, in the time of scoring, with three admitted entries of one category."""
    panel = factories.panel(register)
    for _ in range(3):
        factories.admitted(register)
    clock.set_now(factories.scoring_time(register))
    return panel[1]


def log_in(visitor: Visitor, juror: Juror) -> None:
    visitor.go("/demo/")
    visitor.press(f"Anmelden als {juror.name}")


def state(page: Page) -> str:
    return page.locator(".lp-sheet__state").inner_text()


def test_walk_of_a_juror_in_two_windows(visit: Visit, juror: Juror) -> None:
    visitor = visit()
    log_in(visitor, juror)
    entry = factories.Submission.objects.get(number=2)
    factories.clear(juror, entry)
    address = f"/jury/einreichungen/{entry.label}/"
    visitor.go(address)
    other = visitor.context.new_page()
    other.goto(f"{visitor.home}{address}")
    other.locator("#id_punkte_gewinn_3").check()
    expect(other.locator("#sicherung")).to_contain_text("Entwurf, gespeichert um")

    with visitor.forgiving("Response Status Error Code 409"):
        visitor.page.locator("#id_punkte_gewinn_5").check()
        expect(visitor.page.locator("#sicherung")).to_contain_text("Nicht gespeichert")
    visitor.page.emulate_media(forced_colors="active")
    chosen, other = (visitor.page.locator(f"#id_punkte_gewinn_{points} + label") for points in (5, 4))
    assert chosen.evaluate(GROUND) != other.evaluate(GROUND)
    visitor.page.emulate_media(forced_colors="none")
    visitor.press("Entwurf speichern")
    visitor.meet("PegelVerbund Hellweg", status=409)
    visitor.reads("Diese Bewertung gibt es in zwei Fassungen")
    visitor.press("Diese Fassung speichern")
    visitor.meet("PegelVerbund Hellweg")

    assert Assessment.objects.get().scores.get(criterion__key="gewinn").points == 5


def test_walk_of_a_juror_on_a_telephone(visit: Visit, juror: Juror) -> None:
    visitor = visit(width=360, height=740, dark=True, touch=True)
    log_in(visitor, juror)
    factories.clear(juror, *factories.Submission.objects.all())
    visitor.go("/jury/")
    visitor.meet("Ihre Bewertungen")
    visitor.follow("Lesen und bewerten")
    for criterion in ("gewinn", "innovation", "zukunft"):
        visitor.page.locator(f"#id_punkte_{criterion}_6").check()
    visitor.press("Abschließen")
    visitor.meet("PegelVerbund Hellweg")
    assert state(visitor.page).startswith("Abgeschlossen heute um")
    visitor.press("Wieder öffnen")
    visitor.meet("PegelVerbund Hellweg")
    visitor.follow("Befangenheit nachträglich erklären")
    visitor.meet("Befangenheit nachträglich erklären")
    visitor.choose("Anderer Grund")
    visitor.write("Erläuterung", "Ich habe im Nachbarort gearbeitet.")
    visitor.press("Befangenheit erklären")
    visitor.meet("Interkommunale Zusammenarbeit in der Krisenbewältigung")
    visitor.reads("Ihre Befangenheit ist erklärt.")

    assert Assessment.objects.get().status == "void"
