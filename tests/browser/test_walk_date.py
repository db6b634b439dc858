"""Somebody registers for a date on a phone without JavaScript and withdraws, the next moves up, an editor cancels."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from post_office.models import Email

from accounts import demo as people
from portal.models import Event, Registration
from submissions.models import Round
from tests.browser import pages
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.portal import factories

pytestmark = pytest.mark.browser

EDITOR = "ines.hollmann@redaktion.example"
FULL = "/termine/schreibwerkstatt-den-gewinn-der-zusammenarbeit-zeigen-29-januar-2026/"
PUBLIC = {
    "/termine/": "Termine",
    "/termine/?art=sprechstunde": "Termine",
    "/termine/?art=termin": "Termine",
    FULL: "Schreibwerkstatt",
    f"{FULL}anmelden/": "Schreibwerkstatt",
    f"{FULL}anmelden/danke/": "Bestätigen Sie Ihre Anmeldung",
    "/termine/verleihung-des-landespreises-15-april-2026/": "Verleihung",
    "/termine/die-jahrestagung-2025-gemeinsam-stark-25-juni-2025/": "Jahrestagung 2025",
    "/termine/die-jahrestagung-2025-gemeinsam-stark-25-juni-2025/anmelden/": "Jahrestagung 2025",
    "/termine/eine-stunde-mit-dem-landesbeauftragten-31-juli-2025/": "Eine Stunde",
    "/termine/gemeinsame-vergabestellen-18-november-2025/": "Gemeinsame Vergabestellen",
}


@pytest.fixture(autouse=True)
def _nobody_waits(settings: Any) -> None:
    settings.FORM_SECONDS = 0


def test_every_page_about_dates(visit: Visit, demo: Round) -> None:
    for width, dark in ((1280, False), (1280, True), (320, False), (320, True)):
        _looks_around(visit(width=width, dark=dark))


def _looks_around(visitor: Visitor) -> None:
    for path, heading in PUBLIC.items():
        visitor.go(path)
        visitor.meet(heading)
    for status, heading in (("confirmed", "Sie sind angemeldet"), ("waiting", "Sie stehen auf der Warteliste")):
        row = Registration.objects.filter(status=status, event__capacity=8).first()
        assert row
        visitor.go(row.get_absolute_url())
        visitor.meet(heading)
        visitor.go(f"{row.get_absolute_url()}abmelden/")
        visitor.meet("Vom Termin abmelden?")
    visitor.go("/termine/anmeldung/00000000-0000-4000-8000-000000000000/")
    visitor.meet("Diese Anmeldung gibt es nicht", status=404)
    assert visitor.context.cookies() == []


def test_walk_of_a_registrant_and_of_the_editor_who_cancels(visit: Visit, demo: Round) -> None:
    event = factories.EventFactory(title="Sprechstunde zum Testen", slug="testen", capacity=1)
    phone = visit(width=360, touch=True, scripts=False)
    _registers(phone)
    anna = _confirms(phone)
    bernd = factories.registration(event, "bernd")
    assert (anna.status, bernd.status) == ("confirmed", "waiting")

    phone.follow("Abmelden")
    phone.meet("Vom Termin abmelden?")
    phone.press("Abmelden")
    phone.meet("Sie sind abgemeldet")
    bernd.refresh_from_db()
    assert bernd.status == "confirmed"
    assert Email.objects.filter(to=bernd.email, subject__startswith="Sie haben jetzt einen Platz").count() == 1

    _cancels(visit(width=1280), event)
    phone.go("/termine/testen/")
    phone.meet("Sprechstunde zum Testen")
    phone.reads("Dieser Termin ist abgesagt")
    told = Email.objects.filter(subject__startswith="Abgesagt: Sprechstunde zum Testen")
    assert [mail.to for mail in told] == [[bernd.email]]
    assert phone.context.cookies() == []


def _registers(phone: Visitor) -> None:
    phone.go("/termine/")
    phone.follow("Sprechstunde zum Testen")
    phone.meet("Sprechstunde zum Testen")
    phone.follow("Zur Anmeldung")
    phone.meet("Sprechstunde zum Testen")
    phone.press("Anmelden")
    phone.meet("Sprechstunde zum Testen", status=422)
    phone.write("Vor- und Nachname", "Anna Berger")
    phone.write("E-Mail-Adresse", "anna.berger@soest.example")
    phone.page.get_by_label(re.compile("Kommune oder Einrichtung")).fill("Stadt Soest")
    phone.page.get_by_label(re.compile("Ihre Frage vorab")).fill("Wie lang dürfen die Texte sein?")
    phone.press("Anmelden")
    phone.meet("Bestätigen Sie Ihre Anmeldung in der E-Mail")


def _confirms(phone: Visitor) -> Registration:
    """Follow the link of the mail, press the button, and fetch the calendar file."""
    text = Email.objects.get(to="anna.berger@soest.example").message
    link = re.search(r"https?://\S+/termine/anmeldung/\S+", text)
    assert link
    phone.go(link[0])
    phone.meet("Bestätigen Sie Ihre Anmeldung")
    phone.press("Anmeldung bestätigen")
    phone.meet("Sie sind angemeldet")
    expect(phone.page.get_by_role("link", name="https://konferenz.example/raum")).to_be_visible()
    answer = phone.context.request.get(f"{link[0]}termin.ics")
    assert answer.headers["content-type"] == "text/calendar; method=PUBLISH; charset=utf-8"
    assert "LOCATION:https://konferenz.example/raum" in answer.text()
    return Registration.objects.get(email="anna.berger@soest.example")


def _cancels(ines: Visitor, event: Event) -> None:
    ines.log_in(EDITOR, people.PASSWORD)
    pages.show_code(ines, people.TOTP_SECRET)
    ines.press("Anmelden")
    ines.go(f"/admin/portal/event/{event.pk}/change/")
    ines.meet("Termin ändern")
    ines.follow(re.compile("Anmeldungen"))
    ines.meet("Anmeldungen")
    ines.follow("Fragen vorab")
    ines.meet("Fragen vorab")
    ines.go(f"/admin/portal/event/{event.pk}/verlegen/")
    ines.meet("Verlegen")
    ines.go(f"/admin/portal/event/{event.pk}/change/")
    ines.follow("Absagen")
    ines.meet("Absagen")
    ines.page.get_by_label("Hinweis").fill("Wegen Krankheit fällt die Sprechstunde aus.")
    ines.page.get_by_role("button", name="Absagen und alle benachrichtigen").click()
    ines.meet("Termin ändern")
    ines.reads("Der Termin ist abgesagt.")
    ines.go("/admin/portal/registration/?q=bernd@soest")
    ines.meet("Anmeldung")
    assert Event.objects.get(pk=event.pk).cancelled_at is not None
