"""What editors publish and visitors read and write: every public page in both themes, wide and as narrow as it goes."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from post_office.models import Email

from accounts import demo as people
from portal.models import Inquiry, News, Picture
from submissions.models import Round
from tests.browser import pages
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

EDITOR = "ines.hollmann@redaktion.example"
PUBLIC = {
    "/": "Der Landespreis für Kommunen",
    "/aktuelles/": "Aktuelles",
    "/aktuelles/?rubrik=aus-der-praxis": "Aktuelles",
    "/aktuelles/wenn-der-bach-steigt-warum-nachbarn-zusammen-messen/": "Wenn der Bach steigt",
    "/faq/": "Fragen und Antworten",
    "/downloads/": "Downloads",
    "/impressum/": "Impressum",
    "/datenschutz/": "Datenschutz",
    "/barrierefreiheit/": "Erklärung zur Barrierefreiheit",
    "/leichte-sprache/": "Leichte Sprache",
    "/gebaerdensprache/": "Gebärdensprache",
    "/kontakt/": "Kontakt",
    "/barriere-melden/": "Barriere melden",
    "/kontakt/danke/": "Ihre Nachricht ist angekommen",
}


@pytest.fixture(autouse=True)
def _nobody_waits(settings: Any) -> None:
    settings.FORM_SECONDS = 0


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("dark", [False, True])
def test_walk_through_the_content(visit: Visit, demo: Round, width: int, dark: bool) -> None:
    visitor = visit(width=width, dark=dark)
    for path, heading in PUBLIC.items():
        visitor.go(path)
        visitor.meet(heading)
    assert visitor.context.cookies() == []
    visitor.go("/aktuelles/erfunden/")
    visitor.meet("", status=404)


def test_pictures_keep_their_place_and_come_in_a_modern_form(visit: Visit, demo: Round) -> None:
    visitor = visit()
    visitor.go("/aktuelles/wenn-der-bach-steigt-warum-nachbarn-zusammen-messen/")
    image = visitor.page.locator(".lp-prose img")
    image.scroll_into_view_if_needed()

    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("image => image.currentSrc").endswith(".avif")
    assert image.evaluate("image => image.naturalWidth > 0")


@pytest.mark.parametrize("scripts", [True, False])
def test_walk_of_somebody_who_reports_a_barrier(visit: Visit, demo: Round, scripts: bool) -> None:
    Inquiry.objects.all().delete()
    visitor = visit(width=360, scripts=scripts)
    visitor.go("/faq/")
    visitor.follow("Barriere melden", within=visitor.page.locator("footer"))
    visitor.meet("Barriere melden")
    expect(visitor.page.get_by_label("Adresse der Seite")).to_have_value("/faq/")

    visitor.press("Barriere melden")
    visitor.meet("Barriere melden", status=422)
    visitor.page.get_by_role("link", name=re.compile("Was ist die Barriere")).click()
    expect(visitor.page.get_by_label("Was ist die Barriere?")).to_be_focused()
    visitor.page.get_by_label("Was ist die Barriere?").fill("Das Menü klappt nicht auf.")
    visitor.page.get_by_label("E-Mail-Adresse").fill("frauke@warstein.example")
    visitor.press("Barriere melden")
    visitor.meet("Ihre Nachricht ist angekommen")

    assert Inquiry.objects.get().message == "Das Menü klappt nicht auf."
    assert Email.objects.filter(to="frauke@warstein.example").count() == 1
    assert visitor.context.cookies() == []


@pytest.fixture
def editor(visit: Visit, demo: Round) -> Visitor:
    """Ines Hollmann at her desk, logged in with both factors."""
    ines = visit(width=1400)
    ines.log_in(EDITOR, people.PASSWORD)
    pages.show_code(ines, people.TOTP_SECRET)
    ines.press("Anmelden")
    return ines


def test_walk_of_an_editor_by_keyboard(editor: Visitor, visit: Visit) -> None:
    editor.go("/admin/portal/news/add/")
    editor.meet("Meldung hinzufügen")
    editor.page.get_by_label("Überschrift:").fill("Ein neuer Verbund am Hellweg")
    editor.page.get_by_label("Rubrik:").select_option(label="Aus der Praxis")
    editor.page.get_by_label("Vorspann:").fill("Vier Städte teilen sich eine Leitstelle.")
    _writes_marked_text(editor)
    _inserts_a_picture(editor)
    editor.page.get_by_role("link", name="Heute").click()
    editor.page.get_by_role("link", name="Jetzt").click()
    editor.meet("Meldung hinzufügen")
    editor.page.get_by_role("button", name="Sichern", exact=True).click()
    editor.reads("wurde erfolgreich hinzugefügt")

    item = News.objects.get(title="Ein neuer Verbund am Hellweg")
    assert item.body_html.startswith("<h2>Was neu ist</h2>\n<p><strong>Alle</strong> warnen.</p>\n<figure")


def _writes_marked_text(editor: Visitor) -> None:
    """Press buttons and shortcuts by keyboard, and read in the preview what will be stored."""
    area = editor.page.locator("#id_body")
    preview = editor.page.locator(".rt-preview")
    area.fill("Was neu ist")
    heading = editor.page.get_by_role("button", name="Überschrift", exact=True)
    heading.focus()
    editor.page.keyboard.press("Enter")
    expect(area).to_be_focused()
    expect(area).to_have_value("## Was neu ist")
    area.press("End")
    editor.page.keyboard.type("\n\n")
    area.press("Control+b")
    expect(area).to_have_value("## Was neu ist\n\n**fetter Text**")
    editor.page.keyboard.type("Alle")
    area.press("Control+End")
    editor.page.keyboard.type(" warnen.")
    expect(preview.locator("strong")).to_have_text("Alle")
    expect(preview.locator("h2")).to_have_text("Was neu ist")


def _inserts_a_picture(editor: Visitor) -> None:
    picture = Picture.objects.get(alt__startswith="Eine Messlatte")
    editor.page.get_by_text("Bild einfügen").press("Enter")
    editor.page.get_by_role("button", name=picture.alt).press("Enter")
    expect(editor.page.locator("#id_body")).to_have_value(re.compile(rf"\n\n!\[{picture.alt}\]\(bild:{picture.pk}\)"))
    expect(editor.page.locator(".rt-preview img")).to_have_attribute("alt", picture.alt)


def test_editor_says_what_is_wrong_while_one_writes(editor: Visitor) -> None:
    editor.go("/admin/portal/news/add/")
    editor.page.locator("#id_body").fill("### zu früh")

    expect(editor.page.locator(".rt-problems")).to_contain_text("fehlt eine Überschrift")


def test_walk_through_the_editors_pages(editor: Visitor) -> None:
    for kind in ("page", "news", "newscategory", "faqentry", "faqsection", "picture", "download", "inquiry"):
        editor.go(f"/admin/portal/{kind}/")
        editor.meet("")
        editor.page.locator("#result_list tbody th a").first.click()
        editor.meet("")
    editor.go("/admin/portal/page/")
    editor.page.get_by_role("link", name="Impressum").click()
    editor.page.get_by_role("link", name="Version 1").click()
    editor.meet("Impressum – Version 1")
    editor.page.get_by_role("button", name="Diesen Text wieder auf die Seite stellen").click()
    editor.meet("Seite ändern")
    editor.page.get_by_label("Platzhalter").uncheck()
    editor.page.get_by_role("button", name="Sichern", exact=True).click()
    editor.reads("erfolgreich geändert")


def test_editor_writes_without_scripts(visit: Visit, demo: Round) -> None:
    ines = visit(width=1400, scripts=False)
    ines.log_in(EDITOR, people.PASSWORD)
    pages.show_code(ines, people.TOTP_SECRET)
    ines.press("Anmelden")
    ines.go("/admin/portal/faqentry/")
    ines.page.locator("#result_list tbody th a").first.click()
    ines.page.get_by_label("Antwort:").fill("Ganz **neu** geschrieben.")
    ines.page.get_by_role("button", name="Sichern", exact=True).click()
    ines.reads("wurde erfolgreich geändert")
    ines.go("/faq/")

    expect(ines.page.locator("strong", has_text="neu").first).to_be_visible()
