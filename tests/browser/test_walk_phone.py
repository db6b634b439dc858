"""On a telephone in the dark: a text that is too long, a file that is none, and somebody who comes too late."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Route, expect

from accounts import demo as people
from landespreis import clock
from submissions.models import Round, Submission
from tests.browser import pages
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

MEIKE = "meike.brandhorst@soest.example"
LENA = "lena.achterberg@hamm.example"
TITLE = "PegelVerbund Hellweg"


def test_walk_on_a_phone_with_wrong_text_wrong_file_and_too_late(visit: Visit, demo: Round) -> None:
    meike = visit(width=360, height=740, dark=True, touch=True, old=True)
    entry = Submission.objects.get(owner__email=MEIKE)

    _arrives(meike)
    _shortens_a_text(meike)
    _uploads_what_is_no_pdf(meike, entry)
    _begins_a_text(meike, entry)
    _looks_around(meike, entry)
    _comes_too_late(meike, entry)
    _reads_everything(meike, entry)


def _arrives(meike: Visitor) -> None:
    meike.go("/")
    meike.meet("Der Landespreis für Kommunen")
    menu = meike.page.get_by_role("banner")
    menu.get_by_text("Menü", exact=True).tap()
    meike.meet("Der Landespreis für Kommunen")
    meike.follow("Anmelden", within=meike.page.get_by_role("navigation", name="Menü"))
    meike.write("E-Mail-Adresse", MEIKE)
    meike.write("Passwort", "falsch-geraten")
    meike.press("Anmelden")
    meike.meet("Anmelden")
    meike.write("E-Mail-Adresse", MEIKE)
    meike.write("Passwort", people.PASSWORD)
    meike.press("Anmelden")
    meike.meet("Meine Einreichungen")
    meike.page.get_by_role("link", name=re.compile(TITLE)).tap()
    meike.meet(TITLE, picture="03-uebersicht-360")


def _shortens_a_text(meike: Visitor) -> None:
    meike.follow("„Gewinn der Kooperation“ um 148 Zeichen kürzen")
    meike.meet("Gewinn der Kooperation")
    area = meike.page.locator("textarea")
    meike.page.get_by_role("alert").get_by_role("link", name=re.compile("148 Zeichen zu lang")).tap()
    expect(area).to_be_focused()
    text = area.input_value()
    area.fill(text + " Noch ein Satz.")
    expect(meike.page.locator("[data-count]")).to_have_text("3.163 von 3.000 Zeichen, 163 zu viel")
    pages.saved_by_itself(meike)
    meike.press("Speichern und weiter")
    meike.meet("Gewinn der Kooperation")
    meike.page.locator("textarea").fill(text[:2999])
    _presses_while_it_saves(meike, "Speichern und zur Übersicht")
    meike.meet(TITLE)
    expect(meike.page.get_by_text("148 Zeichen")).to_have_count(0)


def _presses_while_it_saves(meike: Visitor, name: str) -> None:
    """Leaving the field begins to save; the press waits until that has ended, and still is one of that button."""
    held: list[Route] = []
    page = meike.page
    page.route(
        "**/gewinn/", lambda route: held.append(route) if "hx-request" in route.request.headers else route.continue_()
    )
    page.get_by_role("button", name=name).click()
    path = meike.path
    with page.expect_navigation():
        held.pop().continue_()
    assert meike.path != path
    page.unroute("**/gewinn/")


def _uploads_what_is_no_pdf(meike: Visitor, entry: Submission) -> None:
    meike.page.clock.install()
    meike.go(f"{entry.get_absolute_url()}dateien/")
    pages.stop_an_upload(meike, pages.pretended_pdf())
    button, told = meike.page.get_by_role("button", name="Hochladen"), meike.page.locator("[data-upload-state]")
    expect(told).to_contain_text("wird hochgeladen")
    expect(button).to_be_disabled()
    meike.page.clock.fast_forward("00:30")
    expect(told).to_contain_text("Haben Sie es angehalten, senden Sie die Datei noch einmal.")
    expect(button).to_be_enabled()
    pages.upload(meike, "Weitere Anlage", pages.pretended_pdf())
    meike.meet("Dateien", status=422, picture="06-dateien-360")
    assert entry.attachments.present().count() == 3


def _begins_a_text(meike: Visitor, entry: Submission) -> None:
    meike.go(f"{entry.get_absolute_url()}uebertragbarkeit/")
    expect(meike.page.locator("#sicherung")).to_be_empty()
    meike.page.locator("textarea").fill("Die Vereinbarung steht als Vorlage bereit.")
    with meike.keeping_still(meike.page.get_by_role("button", name="Speichern und weiter")):
        pages.saved_by_itself(meike)


def _looks_around(meike: Visitor, entry: Submission) -> None:
    for place, heading in {
        "partner/": "Partner",
        "titel/": "Kategorie und Titel",
        "kommune/": "Kommune und Ansprechperson",
        "rechtsform/": "Rechtsform und Vereinbarung",
        "mitwirkende/": "Mitwirkende",
        "uebergeben/": "Einreichung übergeben",
        "pruefen/": "Prüfen und einreichen",
    }.items():
        meike.go(f"{entry.get_absolute_url()}{place}")
        meike.meet(heading)


def _comes_too_late(meike: Visitor, entry: Submission) -> None:
    path = f"{entry.get_absolute_url()}uebertragbarkeit/"
    meike.go(path)
    clock.set_now(entry.round.closes_at + timedelta(minutes=2))
    with meike.forgiving("409"):
        meike.page.locator("textarea").fill("Vereinbarung und Alarmplan stehen als Vorlage bereit.")
        meike.press("Speichern und weiter")
    meike.meet("Übertragbarkeit", status=409)
    expect(meike.page.get_by_label("Was können andere Kommunen davon übernehmen?")).to_have_value(
        "Vereinbarung und Alarmplan stehen als Vorlage bereit."
    )
    meike.go(entry.get_absolute_url())
    meike.meet(TITLE)
    meike.follow("Geschäftsstelle erreichen")
    meike.meet("Kontakt")


def _reads_everything(meike: Visitor, entry: Submission) -> None:
    for place, heading in {
        "gewinn/": "Gewinn der Kooperation",
        "partner/": "Partner",
        "kommune/": "Kommune und Ansprechperson",
        "dateien/": "Dateien",
        "mitwirkende/": "Mitwirkende",
        "pruefen/": "Prüfen und einreichen",
    }.items():
        meike.go(f"{entry.get_absolute_url()}{place}")
        meike.meet(heading)
        expect(meike.page.locator("main form")).to_have_count(0)
    meike.go("/einreichungen/")
    meike.meet("Meine Einreichungen")
    meike.go("/einreichungen/neu/")
    meike.meet("Die Einreichung ist geschlossen")


def test_walk_on_a_phone_through_a_submitted_entry(visit: Visit, demo: Round) -> None:
    lena = visit(width=360, height=740, touch=True)
    entry = Submission.objects.get(owner__email=LENA)

    lena.log_in(LENA, people.PASSWORD)
    lena.go(entry.get_absolute_url())
    lena.meet(entry.heading)
    lena.follow("Version 2 ansehen")
    lena.meet("Version 2")
    lena.follow("mit Version 1")
    lena.meet("Version 1 und Version 2 im Vergleich")
    for place, heading in {"zurueckziehen/": "Einreichung zurückziehen", "pruefen/": "Prüfen und einreichen"}.items():
        lena.go(f"{entry.get_absolute_url()}{place}")
        lena.meet(heading)
    lena.go("/demo/")
    lena.meet("Demo")
    lena.page.get_by_role("heading", level=3).get_by_role("link").first.tap()
    lena.meet("")
