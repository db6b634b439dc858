"""A municipality proposes a project on a phone without JavaScript; editors return it, publish it, then a change."""

import re

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from accounts import demo as people
from portal.models import Project, ProjectCategory, Proposal, Topic
from submissions.models import Round
from tests.browser import pages
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

OKAN, EDITOR = "okan.demirel@olpe.example", "ines.hollmann@redaktion.example"
TITLE = "Bauakte Südsauerland: ein Archiv für drei Städte"
ABSTRACT = "Drei Städte führen ihre Bauakten in einem gemeinsamen Archiv. Wer baut, findet seine Akte in Minuten."
BODY = "## Worum es geht\n\nDie Bauakten von **drei Städten** liegen in einem Archiv."
REASON = "Nennen Sie bitte, wer die Technik betreibt."
BETTER = f"{BODY} Die Technik betreibt die Stadt Attendorn."
LATER = f"{BETTER} Seit 2026 ist auch Drolshagen dabei."


@pytest.fixture
def directory(register: Round) -> None:
    """The demo's people, and what projects are sorted by."""
    call_command("load_roles", verbosity=0)
    people.fill("open")
    ProjectCategory.objects.create(key="digital", name="Digitalisierung und Verwaltung", short_name="Digitalisierung")
    ProjectCategory.objects.create(key="bauen", name="Bauen, Wohnen und Verkehr", short_name="Bauen")
    Topic.objects.create(name="Bauakten", slug="bauakten")


def test_walk_of_a_proposal(visit: Visit, directory: None) -> None:
    okan, ines = visit(width=360, height=740, touch=True, scripts=False), visit(dark=True)

    _begins(okan)
    _writes(okan)
    _adds_a_picture(okan)
    _puts_it_in(okan)
    _is_handed_back(ines)
    _mends_it(okan)
    _is_published(ines)
    _proposes_a_change(okan)
    _publishes_the_change(ines)


def _begins(okan: Visitor) -> None:
    okan.go("/projekte/vorschlagen/")
    okan.write("E-Mail-Adresse", OKAN)
    okan.write("Passwort", people.PASSWORD)
    okan.press("Anmelden")
    okan.meet("Projekt vorschlagen")
    okan.follow("Projekt vorschlagen")
    okan.meet("Vorschlag beginnen")
    okan.press("Entwurf beginnen")
    okan.meet("Neuer Vorschlag")
    okan.reads("Entwurf – noch nicht vorgelegt")


def _writes(okan: Visitor) -> None:
    okan.write("Titel", TITLE)
    okan.choose("Digitalisierung und Verwaltung")
    okan.page.get_by_text("Themen wählen").click()
    okan.choose("Bauakten")
    okan.write("Kommune als Partner", "Neuenkirchen")
    okan.press("Kommune aufnehmen")
    okan.write("Kommune als Partner", "Atlantis")
    okan.press("Kommune aufnehmen")
    okan.meet("Bauakte Südsauerland", status=422)
    okan.reads("Alle anderen Angaben sind gespeichert.")
    okan.write("Kommune als Partner", "Attendorn")
    okan.press("Kommune aufnehmen")
    okan.press("Entfernen: Gemeinde Neuenkirchen")
    okan.page.get_by_text("Partner, der nicht im Verzeichnis steht").click()
    okan.write("Name", "Kommunales Rechenzentrum Südsauerland")
    okan.page.get_by_label("Art", exact=True).select_option("zweckverband")
    okan.press("Diesen Partner aufnehmen")
    okan.write("Kurzbeschreibung", ABSTRACT)
    okan.press("Speichern und zum Vorlegen")
    okan.meet("Prüfen und vorlegen")
    okan.reads("Ein Punkt ist noch offen")
    okan.follow("Text: Beschreiben Sie das Projekt.")
    okan.write("Text", BODY)
    proposal = Proposal.objects.get()
    assert [row.label for row in proposal.partners.all()] == [
        "Stadt Attendorn",
        "Kommunales Rechenzentrum Südsauerland",
    ]


def _adds_a_picture(okan: Visitor) -> None:
    okan.press("Speichern und Bild hochladen")
    okan.meet("Bild")
    describe = {"Alternativtext": "Ein Pegelmast an einem Bach.", "Bildnachweis": "Stadt Olpe"}
    page = pages.pretended_pdf() | {"name": "bild.jpg", "mimeType": "image/jpeg"}
    for file in (page, pages.photograph()):
        okan.page.get_by_label("Bild auswählen").set_input_files([file])  # type: ignore[list-item]
        for label, words in describe.items():
            okan.write(label, words)
        okan.page.get_by_label(re.compile("Wir dürfen dieses Bild")).check()
        okan.press("Bild speichern")
        if file is page:
            okan.meet("Bild", status=422)
            okan.reads("Webseiten (HTML) werden hier nicht angenommen.")
    okan.reads("Das Bild ist gespeichert.")
    okan.meet("Bild")
    okan.follow("Zurück zum Vorschlag")
    okan.meet("Bauakte Südsauerland")
    okan.press("Speichern und Vorschau")
    okan.meet("Bauakte Südsauerland")
    expect(okan.page.get_by_role("heading", level=2, name="Worum es geht")).to_be_visible()
    okan.follow("Zurück zum Vorschlag")


def _puts_it_in(okan: Visitor) -> None:
    okan.press("Speichern und zum Vorlegen")
    okan.press("Zur Prüfung vorlegen")
    okan.meet("Prüfen und vorlegen", status=422)
    _declares(okan)
    okan.meet("Bauakte Südsauerland")
    okan.reads("In Prüfung – liegt der Redaktion vor")
    okan.follow("Zurückholen und ändern")
    okan.meet("Vorschlag zurückholen")
    okan.press("Zurückholen")
    okan.reads("Entwurf – zurückgeholt")
    okan.press("Speichern und zum Vorlegen")
    _declares(okan)


def _declares(okan: Visitor) -> None:
    okan.page.get_by_label(re.compile("Alle Angaben sind")).check()
    okan.page.get_by_label(re.compile("Das Projekt darf")).check()
    okan.press("Zur Prüfung vorlegen")


def _opens(ines: Visitor, title: str) -> None:
    ines.go("/admin/portal/proposal/")
    ines.meet("Projektvorschläge: einer wartet auf Prüfung")
    ines.follow(title, ines.page.locator("#result_list"))


def _is_handed_back(ines: Visitor) -> None:
    ines.log_in(EDITOR, people.PASSWORD)
    pages.show_code(ines, people.TOTP_SECRET)
    ines.press("Anmelden")
    _opens(ines, TITLE)
    ines.meet("Projektvorschlag")
    ines.reads("wartet auf Bestätigung")
    ines.follow("Zurückgeben")
    ines.meet("Zurückgeben")
    ines.write("Grund:", REASON)
    ines.press("Zurückgeben")
    ines.reads("Der Vorschlag ist zurückgegeben, die Kommune ist benachrichtigt.")


def _mends_it(okan: Visitor) -> None:
    okan.go(pages.link_from_mail(OKAN, "/projekte/vorschlagen/"))
    okan.meet("Bauakte Südsauerland")
    okan.reads(REASON)
    okan.write("Text", BETTER)
    okan.press("Speichern und zum Vorlegen")
    _declares(okan)


def _is_published(ines: Visitor) -> None:
    _opens(ines, TITLE)
    ines.follow("Berichtigen")
    ines.meet("Berichtigen")
    ines.write("Titel:", f"{TITLE} ")
    ines.page.get_by_label("Internetseite:").fill("www.bauakte.example")
    ines.press("Berichtigung speichern")
    ines.follow("Veröffentlichen")
    ines.meet("Veröffentlichen")
    ines.press("Jetzt veröffentlichen")
    ines.reads("Der Vorschlag ist veröffentlicht, die Kommune ist benachrichtigt.")
    ines.meet("Projektvorschlag")
    assert pages.link_from_mail(OKAN, "/projekte/bauakte").endswith(
        "/projekte/bauakte-suedsauerland-ein-archiv-fuer-drei-staedte/"
    )


def _proposes_a_change(okan: Visitor) -> None:
    okan.go("/projekte/vorschlagen/")
    okan.meet("Projekt vorschlagen")
    okan.press(f"Änderung vorschlagen: {TITLE}")
    okan.meet("Änderung vorschlagen")
    okan.write("Text", LATER)
    okan.press("Speichern und zum Vorlegen")
    okan.meet("Prüfen und vorlegen")
    okan.reads("Was sich am Verzeichnis ändert")
    _declares(okan)
    okan.meet("Bauakte Südsauerland")
    assert Project.objects.get().body == BETTER


def _publishes_the_change(ines: Visitor) -> None:
    slug = Project.objects.get().slug
    _opens(ines, TITLE)
    ines.meet("Projektvorschlag")
    ines.reads("Unterschied zum Verzeichnis")
    ines.follow("Veröffentlichen")
    ines.press("Jetzt veröffentlichen")
    ines.reads("Der Vorschlag ist veröffentlicht, die Kommune ist benachrichtigt.")
    project = Project.objects.get()
    assert (project.body, project.slug) == (LATER, slug)
