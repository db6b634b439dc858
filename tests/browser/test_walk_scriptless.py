"""Without JavaScript: everything that matters works by forms and links alone."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import Municipality
from submissions.actions import entries
from submissions.models import Answer, Editor, Round, Submission
from tests.accounts.factories import PASSWORD, UserFactory
from tests.browser import pages
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.submissions.factories import complete, editor

pytestmark = pytest.mark.browser

EMAIL = "svea.lindhorst@hoexter.example"
OWN = "Sieben Orte teilen sich ein Kulturbüro, das Förderanträge schreibt."
THEIRS = "Sieben Orte teilen sich ein Kulturbüro mit drei Beschäftigten."


@pytest.fixture
def entry(register: Round) -> Submission:
    """A complete draft, and a colleague who may write in it."""
    svea = UserFactory(email=EMAIL, name="Svea Lindhorst")
    town = Municipality.objects.get(ags="05762020")
    return complete(register, owner=svea, lead=town, title="Kulturbüro Weser: sieben Orte, ein Antrag")


def test_walk_without_scripts(visit: Visit, entry: Submission) -> None:
    svea = visit(scripts=False)

    svea.log_in(EMAIL, PASSWORD)
    svea.meet("Meine Einreichungen")
    _writes_a_section_that_somebody_else_saves(svea, entry)
    _partners_and_files(svea, entry)
    _loses_the_session_while_writing(svea, entry)
    _submits(svea, entry)

    assert Submission.objects.get(pk=entry.pk).number == 1


def _writes_a_section_that_somebody_else_saves(svea: Visitor, entry: Submission) -> None:
    svea.go(f"{entry.get_absolute_url()}gewinn/")
    svea.meet("Gewinn der Kooperation")
    svea.page.locator("textarea").fill(OWN)
    revision = int(svea.page.locator("input[name=revision]").input_value())
    colleague = editor(entry, Editor.Role.EDIT, name="Bernd Kottmann")
    entries.save_section(entry, "gewinn", {"text": THEIRS}, by=colleague, revision=revision, sitting="")
    svea.press("Speichern und weiter")
    svea.meet("Zwei Fassungen")
    svea.press("Auswahl speichern")
    svea.meet("Zwei Fassungen")
    svea.reads("Wählen Sie, welche Fassung gelten soll.")
    svea.page.get_by_label("Beide zusammenführen, mit dem Text hier:").check()
    svea.page.get_by_label("Zusammengeführter Text").fill(f"{THEIRS} {OWN}")
    svea.press("Auswahl speichern")
    svea.meet("Gewinn der Kooperation")
    assert Answer.objects.get(submission=entry, question__key="gewinn").text == f"{THEIRS} {OWN}"


def _partners_and_files(svea: Visitor, entry: Submission) -> None:
    svea.go(f"{entry.get_absolute_url()}partner/")
    svea.write("Kommune", "Neuenkirchen")
    svea.press("Partner aufnehmen")
    svea.write("Kommune", "Kreis Höxter")
    svea.press("Partner aufnehmen")
    svea.reads("Kreis Höxter")
    svea.meet("Partner")
    svea.go(f"{entry.get_absolute_url()}dateien/")
    svea.meet("Dateien")
    svea.press("Hochladen")
    svea.meet("Dateien", status=422)
    pages.upload(svea, "Bestätigung", pages.minutes())
    svea.reads("niederschrift-rat-soest-2023-02.pdf ist hochgeladen.")
    svea.page.get_by_role("link", name="Löschen: niederschrift-rat-soest-2023-02.pdf").click()
    svea.meet("Datei löschen?")
    svea.press("Datei löschen")
    pages.upload(svea, "Bild", pages.photograph())
    svea.write("Alternativtext", "Ein Pegelmast an einem Bach.")
    svea.write("Bildrechte", "Stadt Höxter")
    svea.press("Bildangaben speichern")
    svea.meet("Dateien")


def _loses_the_session_while_writing(svea: Visitor, entry: Submission) -> None:
    svea.go(f"{entry.get_absolute_url()}innovation/")
    svea.page.locator("textarea").fill("Neu ist, dass ein Büro für alle schreibt.")
    svea.context.clear_cookies(name="sessionid")
    svea.press("Speichern und zur Übersicht")
    svea.meet("Anmelden")
    svea.write("E-Mail-Adresse", EMAIL)
    svea.write("Passwort", PASSWORD)
    svea.press("Anmelden")
    svea.meet("Grad der Innovation")
    svea.reads("Ihr Text von vorhin ist noch da.")
    expect(svea.page.locator("textarea")).to_have_value("Neu ist, dass ein Büro für alle schreibt.")
    svea.press("Speichern und zur Übersicht")
    svea.meet("Kulturbüro Weser")
    assert Answer.objects.get(submission=entry, question__key="innovation").text.startswith("Neu ist")


def _submits(svea: Visitor, entry: Submission) -> None:
    svea.follow("Prüfen und einreichen")
    svea.press("Jetzt verbindlich einreichen")
    svea.meet("Prüfen und einreichen", status=422)
    pages.declare(svea)
    svea.press("Jetzt verbindlich einreichen")
    svea.meet("IKZ-2026-0001, Version 1")
    expect(svea.page.get_by_role("heading", name=re.compile("Eingereicht – Version 1 gilt"))).to_be_visible()
