"""From the sign-up to the receipt and on: two people, one entry, and the office, at a desk."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from playwright.sync_api import expect

from accounts.models import Municipality
from submissions.models import Receipt, Round, Submission
from tests.accounts.factories import PASSWORD, TOTP_SECRET, MembershipFactory, StaffFactory, UserFactory
from tests.browser import pages
from tests.browser.conftest import Visit
from tests.browser.pages import TEXTS, TITLE
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

MEIKE, TAREK = "meike.brandhorst@soest.example", "tarek.yildirim@soest.example"
OFFICE = "renate.vollmer@geschaeftsstelle.example"


@pytest.fixture
def others(register: Round) -> None:
    """A colleague who has an account, and the office."""
    tarek = UserFactory(email=TAREK, name="Tarek Yildirim")
    MembershipFactory(user=tarek, municipality=Municipality.objects.get(ags="05974040"), department="Tiefbau")
    call_command("load_roles", verbosity=0)
    renate = StaffFactory(email=OFFICE, name="Renate Vollmer")
    renate.groups.add(Group.objects.get(name="Geschäftsstelle"))


def test_walk_at_a_desk_from_sign_up_to_a_third_version(
    visit: Visit, others: None, work: Callable[[], None], tmp_path: Path
) -> None:
    meike = visit()

    _signs_up(meike)
    _adds_an_authenticator_app(meike)
    _is_confirmed_by_the_office(visit())
    _writes_the_facts(meike)
    _writes_the_texts(meike)
    _uploads(meike)
    tarek = _invites(meike, visit())
    _both_write_the_same(meike, tarek)
    _checks_and_submits(meike)
    _gets_the_receipt(meike, work, tmp_path)
    _changes_and_submits_again(meike)
    _withdraws_and_comes_back(meike, work)
    _office_sees_it(visit())

    entry = Submission.objects.get()
    assert (entry.status, entry.number, entry.current.number) == (Submission.Status.SUBMITTED, 1, 3)  # type: ignore[union-attr]
    assert Receipt.objects.owed().count() == 0


def _signs_up(meike: Visitor) -> None:
    meike.go("/")
    meike.meet("Der Landespreis für Kommunen", picture="01-start")
    meike.follow("Beitrag einreichen")
    meike.meet("Anmelden")
    meike.follow("Legen Sie eines an")
    meike.write("Vor- und Nachname", "Meike Brandhorst")
    meike.write("Dienstliche E-Mail-Adresse", MEIKE)
    meike.write("Passwort", PASSWORD)
    meike.write("Fachbereich", "Feuerwehr und Bevölkerungsschutz")
    meike.write("Ihre Kommune", "Soest")
    with meike.narrowed():
        meike.meet("Konto anlegen", picture="02-konto-anlegen-360")
    meike.press("Konto anlegen")
    meike.meet("Konto anlegen")
    meike.reads("Mehrere Einträge passen")
    meike.write("Ihre Kommune", "05974040")
    meike.write("Passwort", PASSWORD)
    meike.press("Konto anlegen")
    meike.meet("E-Mail-Adresse bestätigen")
    meike.write("Code", "ABCD-EFGH")
    meike.press("Adresse bestätigen")
    meike.meet("E-Mail-Adresse bestätigen")
    meike.reads("Dieser Code stimmt nicht")
    meike.write("Code", pages.code_from_mail(MEIKE))
    meike.press("Adresse bestätigen")


def _adds_an_authenticator_app(meike: Visitor) -> None:
    meike.go("/konto/")
    meike.meet("Mein Konto")
    meike.reads("Stadt Soest")
    meike.reads("wartet auf Bestätigung")
    meike.follow("Authenticator-App, Passkeys und Notfallcodes verwalten")
    meike.meet("Zweiter Faktor")
    meike.follow("App einrichten")
    meike.meet("Zugang bestätigen")
    meike.write("Passwort", PASSWORD)
    meike.press("Bestätigen")
    meike.meet("Authenticator-App einrichten")
    secret = meike.page.locator(".lp-secret").inner_text()
    pages.show_code(meike, secret)
    meike.press("App einrichten")
    meike.meet("Notfallcodes")


def _is_confirmed_by_the_office(renate: Visitor) -> None:
    _logs_in_to_the_office(renate)
    renate.meet("Überblick")
    renate.go("/admin/accounts/membership/")
    renate.meet("Zugehörigkeit")
    renate.follow("Meike Brandhorst")
    renate.meet("Zugehörigkeit")
    renate.follow("Bestätigen …")
    renate.meet("Bestätigen")
    renate.press("Bestätigen")
    renate.reads("Entschieden ist: bestätigt.")
    renate.context.close()


def _logs_in_to_the_office(renate: Visitor) -> None:
    renate.go("/admin/")
    renate.meet("Anmelden")
    renate.write("E-Mail-Adresse", OFFICE)
    renate.write("Passwort", PASSWORD)
    renate.press("Anmelden")
    renate.meet("Zweiter Faktor")
    pages.show_code(renate, TOTP_SECRET)
    renate.press("Anmelden")


def _writes_the_facts(meike: Visitor) -> None:
    meike.go("/konto/")
    expect(meike.page.get_by_text("wartet auf Bestätigung")).to_have_count(0)
    meike.follow("Meine Einreichungen", within=meike.page.get_by_role("navigation", name="Hauptmenü"))
    meike.meet("Meine Einreichungen")
    meike.follow("Einreichung beginnen")
    meike.meet("Einreichung beginnen")
    meike.press("Einreichung beginnen")
    meike.meet("Kategorie und Titel")
    meike.choose("Interkommunale Zusammenarbeit in der Krisenbewältigung")
    meike.write("Titel", TITLE)
    meike.press("Speichern und weiter")
    meike.meet("Kommune und Ansprechperson")
    meike.write("Telefon", "02921 555 010")
    meike.press("Speichern und weiter")
    meike.meet("Partner")
    for place in ("Bad Sassendorf", "05974052"):
        meike.write("Kommune", place)
        meike.press("Partner aufnehmen")
    meike.reads("Gemeinde Bad Sassendorf")
    meike.reads("Stadt Werl")
    meike.page.get_by_text("Partner, der nicht im Verzeichnis steht").click()
    meike.write("Name", "Lippeverband")
    meike.page.get_by_role("radio", name="Zweckverband").check()
    meike.press("Diesen Partner aufnehmen")
    meike.reads("Lippeverband")
    meike.meet("Partner")
    meike.follow("Weiter Rechtsform und Vereinbarung")
    meike.choose("Öffentlich-rechtliche Vereinbarung")
    meike.write("Vereinbart am", "2023-03-14")
    meike.choose("im Betrieb")
    meike.write("Im Betrieb seit", "2023-05-01")
    meike.meet("Rechtsform und Vereinbarung")
    meike.press("Speichern und weiter")


def _writes_the_texts(meike: Visitor) -> None:
    meike.meet("Kurzbeschreibung")
    meike.press("Speichern und weiter")
    for title, text in TEXTS.items():
        meike.meet(title)
        area = meike.page.locator("textarea")
        if title == "Beschreibung der Kooperation":
            area.press_sequentially(text[:40])
            pages.saved_by_itself(meike)
        area.fill(text)
        if title == "Beschreibung der Kooperation":
            pages.saved_by_itself(meike)
            meike.meet(title, picture="04-abschnitt")
        meike.press("Speichern und weiter")
    meike.meet("Dateien")


def _uploads(meike: Visitor) -> None:
    pages.upload(meike, "Bestätigung", pages.minutes())
    meike.reads("niederschrift-rat-soest-2023-02.pdf")
    button, told = meike.page.get_by_role("button", name="Hochladen"), meike.page.locator("[data-upload-state]")
    pages.stop_an_upload(meike, pages.minutes())
    expect(told).to_have_text("Das Hochladen wurde angehalten. Sie können die Datei noch einmal senden.")
    expect(button).to_be_enabled()
    pages.stop_an_upload(
        meike, pages.minutes(), by="document.querySelector('[type=file]').dispatchEvent(new Event('change'))"
    )
    expect(told).to_have_text("Das Hochladen wurde angehalten. Die neue Datei ist noch nicht gesendet.")
    expect(button).to_be_enabled()
    pages.upload(meike, "Bild", pages.photograph())
    meike.meet("Dateien")


def _invites(meike: Visitor, tarek: Visitor) -> Visitor:
    meike.go(_entry().get_absolute_url())
    meike.meet(TITLE)
    meike.follow("Jemanden einladen")
    meike.write("E-Mail-Adresse", TAREK)
    meike.page.get_by_role("radio", name=re.compile("^bearbeiten schreibt")).check()
    meike.press("Einladung senden")
    meike.meet("Mitwirkende")
    tarek.go(pages.link_from_mail(TAREK, "/einreichungen/einladung/"))
    tarek.meet(TITLE)
    tarek.follow("Anmelden")
    tarek.write("E-Mail-Adresse", TAREK)
    tarek.write("Passwort", PASSWORD)
    tarek.press("Anmelden")
    tarek.meet(TITLE)
    tarek.press("Einladung annehmen")
    tarek.meet(TITLE)
    return tarek


def _both_write_the_same(meike: Visitor, tarek: Visitor) -> None:
    path = f"{_entry().get_absolute_url()}gewinn/"
    meike.go(path)
    tarek.go(path)
    tarek.page.locator("textarea").fill(pages.COLLEAGUES)
    tarek.press("Speichern und weiter")
    with meike.forgiving("409"):
        meike.page.locator("textarea").fill(TEXTS["Gewinn der Kooperation"] + " Und niemand ist mehr allein im Dienst.")
        meike.press("Speichern und weiter")
        meike.meet("Zwei Fassungen", picture="05-zwei-fassungen")
    meike.reads("Tarek Yildirim")
    meike.choose("Meine Fassung nehmen")
    meike.press("Auswahl speichern")
    meike.meet("Gewinn der Kooperation")
    expect(meike.page.locator("textarea")).to_have_value(re.compile("niemand ist mehr allein im Dienst"))
    tarek.context.close()


def _checks_and_submits(meike: Visitor) -> None:
    meike.go(f"{_entry().get_absolute_url()}pruefen/")
    meike.reads("Punkte sind noch offen")
    meike.meet("Prüfen und einreichen", picture="07-pruefen")
    meike.press("Jetzt verbindlich einreichen")
    meike.meet("Prüfen und einreichen", status=422)
    meike.page.get_by_role("alert").get_by_role("link", name=re.compile("Kurzbeschreibung")).click()
    meike.meet("Kurzbeschreibung")
    expect(meike.page.locator("textarea")).to_be_in_viewport()
    meike.page.locator("textarea").fill(pages.ABSTRACT)
    meike.press("Speichern und zur Übersicht")
    meike.meet(TITLE)
    meike.follow("Alternativtext zum Bild pegelstandort-schledde.jpg ergänzen")
    meike.write("Alternativtext", "Ein Pegelmast mit Solarzelle an einem Bach unter grauem Himmel.")
    meike.write("Bildrechte", "Stadt Soest, Tiefbau und Gewässer")
    meike.press("Bildangaben speichern")
    meike.follow("Weiter Prüfen und einreichen")
    expect(meike.page.get_by_text("noch offen")).to_have_count(0)
    pages.declare(meike)
    meike.meet("Prüfen und einreichen")
    meike.press("Jetzt verbindlich einreichen")
    meike.reads("Eingereicht – Version 1 gilt")


def _gets_the_receipt(meike: Visitor, work: Callable[[], None], folder: Path) -> None:
    meike.reads("wird gerade erstellt")
    meike.meet("IKZ-2026-0001, Version 1")
    work()
    button = meike.page.get_by_role("link", name=re.compile("Eingangsbestätigung laden"))
    with meike.page.expect_download() as download:
        button.click()
    file = folder / "bestaetigung.pdf"
    download.value.save_as(file)
    assert file.read_bytes().startswith(b"%PDF-")
    assert "IKZ-2026-0001" in download.value.suggested_filename
    meike.meet("IKZ-2026-0001, Version 1", picture="08-eingereicht")


def _changes_and_submits_again(meike: Visitor) -> None:
    meike.go(f"{_entry().get_absolute_url()}kurzbeschreibung/")
    meike.page.locator("textarea").fill(f"{pages.ABSTRACT} Mitgezeichnet haben auch Landwirtinnen und Landwirte.")
    meike.press("Speichern und zur Übersicht")
    meike.reads("Ihr Entwurf weicht von Version 1 ab")
    meike.meet(TITLE)
    meike.follow("Änderungen prüfen und einreichen")
    pages.declare(meike)
    meike.press("Jetzt verbindlich einreichen")
    meike.meet("IKZ-2026-0001, Version 2")
    meike.follow("mit Version 1")
    expect(meike.page.locator(".lp-compare ins")).to_contain_text("Mitgezeichnet")
    meike.meet("Version 1 und Version 2 im Vergleich", picture="09-vergleich")


def _withdraws_and_comes_back(meike: Visitor, work: Callable[[], None]) -> None:
    meike.follow("Zur Übersicht")
    meike.follow("Einreichung zurückziehen")
    meike.meet("Einreichung zurückziehen")
    meike.press("Einreichung zurückziehen")
    meike.meet("Einreichung zurückziehen", status=422)
    meike.page.get_by_role("checkbox").check()
    meike.press("Einreichung zurückziehen")
    meike.reads("Zurückgezogen – nimmt nicht mehr teil")
    meike.meet(TITLE)
    meike.follow("Prüfen und wieder einreichen")
    pages.declare(meike)
    meike.press("Jetzt verbindlich einreichen")
    meike.meet("IKZ-2026-0001, Version 3")
    work()


def _office_sees_it(renate: Visitor) -> None:
    _logs_in_to_the_office(renate)
    renate.go("/admin/submissions/submission/")
    renate.meet("Einreichung")
    renate.follow(re.compile("^IKZ-2026-0001"))
    renate.meet("Einreichung", picture="10-geschaeftsstelle")
    renate.reads("zurückgezogen")


def _entry() -> Submission:
    return Submission.objects.get()
