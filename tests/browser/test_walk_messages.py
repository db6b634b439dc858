"""The office writes to a group: chooses it, writes, mistypes a placeholder, looks, releases, watches; words a text."""

import pytest
from playwright.sync_api import expect
from post_office.models import STATUS, Email

from accounts import demo as people
from landespreis.circulars import dispatch
from landespreis.models import Circular, Wording
from submissions.models import Round
from tests.browser import pages
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

OFFICE = "renate.vollmer@geschaeftsstelle.example"


def test_walk_of_a_message_and_a_text(visit: Visit, demo: Round) -> None:
    office = visit()
    office.log_in(OFFICE, people.PASSWORD)
    pages.show_code(office, people.TOTP_SECRET)
    office.press("Anmelden")
    _writes(office)
    _releases(office)
    _words(office)


def _writes(office: Visitor) -> None:
    office.go("/admin/landespreis/circular/")
    office.meet("Nachricht")
    office.go("/admin/landespreis/circular/add/")
    office.meet("An wen schreiben Sie?")
    office.follow("Entwürfe")
    office.meet("Nachricht schreiben")
    office.page.get_by_label("Mit einer Vorlage beginnen").select_option(label="Entwurf: die Frist kommt näher")
    office.press("Vorlage einsetzen")
    office.page.locator("#id_text").fill("{anrede},\n\n„{titel}“, {vorname}\n\n{link}")
    office.press("Speichern und Vorschau ansehen")
    office.meet("Nachricht schreiben")
    office.reads("Den Platzhalter {vorname} gibt es hier nicht.")
    office.page.locator("#id_text").fill("{anrede},\n\n„{titel}“\n\n{link}")
    office.press("Speichern und Vorschau ansehen")
    office.meet("Vorschau")
    office.reads("„(Titel des Entwurfs)“")
    office.follow("nächste ›")
    with office.narrowed():
        office.meet("Vorschau")


def _releases(office: Visitor) -> None:
    office.follow("Freigeben …")
    office.meet("Nachricht freigeben")
    number = int((office.page.locator(".ci-lead strong").text_content() or "").split()[0])
    with office.narrowed():
        office.meet("Nachricht freigeben")
    office.press(f"{number} Mails verschicken")
    office.meet("Nachricht")
    circular = Circular.objects.get()
    before = Email.objects.count()
    dispatch.send()
    assert Email.objects.count() - before == circular.total == number
    expect(office.page.locator("#versand h2")).to_have_text("Versand: verschickt", timeout=30_000)
    Email.objects.update(status=STATUS.sent)
    office.go(f"/admin/landespreis/circular/{circular.pk}/change/")
    office.meet("Nachricht")
    with office.narrowed():
        office.meet("Nachricht")


def _words(office: Visitor) -> None:
    office.go("/admin/landespreis/wording/")
    office.meet("Textvorlagen")
    office.follow("Rückgabe zur Korrektur: Erläuterung")
    office.meet("Rückgabe zur Korrektur: Erläuterung")
    office.page.locator("#id_text").fill("Rufen Sie uns an, wenn etwas unklar ist.")
    office.press("Speichern")
    office.meet("Textvorlagen")
    office.go("/admin/landespreis/wording/text/mail-handed_back/")
    office.meet("Rückgabe zur Korrektur: Erläuterung")
    office.follow("Zurück zum mitgelieferten Text …")
    office.meet("Zurück zum mitgelieferten Text")
    office.press("Zurück zum mitgelieferten Text")
    office.meet("Rückgabe zur Korrektur: Erläuterung")
    office.go("/admin/landespreis/wording/neu/")
    office.meet("Neue Textvorlage")
    with office.narrowed():
        office.meet("Neue Textvorlage")
    assert not Wording.objects.exists()
