"""The office at the directory's desk: an entry taken over, a project with partners by keyboard, a table out and in."""

import io

import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, expect

from accounts.models import User
from portal.actions.exchange import tables
from portal.models import Project
from submissions.models import Round
from tests.accounts.factories import PASSWORD, TOTP_SECRET, StaffFactory
from tests.browser import pages
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.portal import award

pytestmark = pytest.mark.browser
LIST = "/admin/portal/project/"


@pytest.fixture
def renate(visit: Visit, register: Round) -> Visitor:
    """Renate Vollmer at her desk, logged in with both factors; an entry waits."""
    call_command("load_directory", verbosity=0)
    award.entry(register, title="Ein Pegel für alle")
    office: User = StaffFactory(superuser=True)
    visitor = visit()
    visitor.log_in(office.email, PASSWORD)
    pages.show_code(visitor, TOTP_SECRET)
    visitor.press("Anmelden")
    return visitor


def test_walk_at_the_desk_of_the_directory(renate: Visitor) -> None:
    _takes_an_entry_over(renate)
    _enters_a_project_by_keyboard(renate)
    _publishes_and_takes_back(renate)
    _takes_a_table_out_and_brings_it_in(renate)


def _takes_an_entry_over(renate: Visitor) -> None:
    renate.go(LIST)
    renate.page.get_by_role("link", name="Beiträge übernehmen").click()
    renate.meet("Beiträge übernehmen")
    with renate.narrowed():
        renate.meet("Beiträge übernehmen")
    row = renate.page.get_by_role("row").filter(has_text="Ein Pegel für alle")
    row.get_by_role("button").press("Enter")
    renate.reads("1 Beitrag ist übernommen, noch nicht öffentlich.")

    renate.go(LIST)
    renate.page.get_by_role("link", name="Ein Pegel für alle").click()
    renate.meet("Projekt ändern")
    renate.reads("Stimmen Sie Text und Bilder vorher mit der Kommune ab")
    assert Project.objects.get(title="Ein Pegel für alle").published_at is None


def _enters_a_project_by_keyboard(renate: Visitor) -> None:
    renate.go(f"{LIST}add/")
    with renate.narrowed():
        renate.meet("Projekt hinzufügen")
    page = renate.page
    page.get_by_label("Titel:").fill("Bauakte am Hellweg")
    page.get_by_label("geförderte Kooperation").press("Space")
    page.get_by_label("Kategorie:").select_option(label="Umwelt, Planung & Infrastruktur")
    page.get_by_label("Digitalisierung").press("Space")
    page.get_by_label("federführende Kommune:").fill("Soest, Stadt")
    page.get_by_label("Kurzbeschreibung:").fill("Drei Städte führen eine Akte.")
    for place in range(2):
        page.get_by_role("button", name="Partner hinzufügen").press("Enter")
        expect(page.locator(f"#id_partners-{place}-municipality")).to_be_visible()
    _partner(renate, 0, "municipality").fill("05974052")
    renate.meet("Projekt hinzufügen")
    _partner(renate, 1, "name").fill("Gemeente Venlo")
    page.get_by_role("button", name="Sichern", exact=True).press("Enter")
    renate.reads("Wählen Sie die Art des Partners.")
    _partner(renate, 1, "kind").select_option(label="Kommune außerhalb von Nordrhein-Westfalen")
    _partner(renate, 1, "country").select_option(label="Niederlande")
    page.get_by_role("button", name="Sichern", exact=True).press("Enter")
    renate.reads("wurde erfolgreich hinzugefügt")

    project = Project.objects.get(title="Bauakte am Hellweg")
    assert project.lead
    assert project.lead.label == "Stadt Soest"
    assert [partner.label for partner in project.partners.order_by("pk")] == ["Stadt Werl", "Gemeente Venlo"]
    assert [topic.slug for topic in project.topics.all()] == ["digitalisierung"]


def _partner(renate: Visitor, place: int, field: str) -> Locator:
    return renate.page.locator(f"#id_partners-{place}-{field}")


def _publishes_and_takes_back(renate: Visitor) -> None:
    renate.page.get_by_role("link", name="Bauakte am Hellweg").first.click()
    renate.page.get_by_role("link", name="Veröffentlichen", exact=True).click()
    renate.meet("Veröffentlichen")
    renate.page.get_by_role("button", name="Jetzt veröffentlichen").press("Enter")
    renate.reads("Das Projekt ist öffentlich.")
    renate.page.get_by_role("link", name="Zurücknehmen", exact=True).click()
    renate.page.get_by_role("button", name="Jetzt zurücknehmen").press("Enter")
    renate.reads("Das Projekt ist nicht mehr öffentlich.")
    renate.page.get_by_role("link", name="Löschen", exact=True).click()
    renate.meet("Löschen")
    renate.reads("2 Partner")


def _takes_a_table_out_and_brings_it_in(renate: Visitor) -> None:
    renate.go(LIST)
    renate.meet("")
    renate.page.get_by_role("link", name="Ausgeben").click()
    renate.meet("Projekte ausgeben")
    with renate.page.expect_download() as download:
        renate.page.get_by_role("button", name="Als CSV").click()
    content = download.value.path().read_bytes()
    assert "Bauakte am Hellweg" in tables.read(content).data["title"]

    for text, said in (("Bauakte Hellweg", "1 geändert"), ("", "title: Nennen Sie den Titel.")):
        renate.go(f"{LIST}einspielen/")
        renate.meet("Projekte einspielen")
        changed = content.replace(b"Bauakte am Hellweg", text.encode())
        file = {"name": "projekte.csv", "mimeType": "text/csv", "buffer": io.BytesIO(changed).getvalue()}
        renate.page.get_by_label("Datei:").set_input_files(file)  # type: ignore[arg-type]
        renate.page.get_by_role("button", name="Prüfen").click()
        renate.reads(said)
        with renate.narrowed():
            renate.meet("Projekte einspielen")
        if text:
            renate.page.get_by_role("button", name="Jetzt einspielen").press("Enter")
            renate.reads("Eingespielt: 0 neu, 1 geändert")
    assert Project.objects.filter(title="Bauakte Hellweg").exists()
