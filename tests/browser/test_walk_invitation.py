"""From naming a juror to the notice: the office at a desk, the juror on a phone, in the dark, without JavaScript."""

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from post_office.models import Email

from jury.models import Juror, Seat
from submissions.models import Round
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

ADDRESS = "ulrike.hartwig@kreise.example"


def test_walk_from_naming_to_the_notice(visit: Visit, demo: Round) -> None:
    office, juror = visit(), visit(width=360, height=740, dark=True, scripts=False)

    _names_a_successor(office)
    _says_yes(juror)
    _sets_up_a_factor(juror)
    _accepts_the_notice(juror)

    office.go("/admin/jury/seat/")
    office.reads("bereit, Hinweise angenommen am")
    office.check()
    juror.check()


def _names_a_successor(office: Visitor) -> None:
    office.go("/demo/")
    office.press("Anmelden als Renate Vollmer")
    office.go("/admin/jury/seat/")
    office.meet("Sitz")
    seat = Seat.objects.get(key="landkreistag")
    office.go(f"/admin/jury/seat/{seat.pk}/change/")
    office.follow("Nachfolge benennen")
    office.meet("Nachfolge benennen")
    office.write("Vor- und Nachname:", "Ulrike Hartwig")
    office.write("E-Mail-Adresse:", ADDRESS)
    office.press("Benennen")
    office.reads("Laden Sie sie jetzt ein")
    office.follow("Einladen")
    office.meet("Einladen")
    office.press("Einladung senden")
    office.meet("Sitz ändern")


def _says_yes(juror: Visitor) -> None:
    mail = Email.objects.filter(message__contains="Ulrike Hartwig").latest("pk")
    link = re.search(r"/jury/einladung/[^/\s]+/", mail.message)
    assert link
    juror.go(link[0][:-8] + "/")
    juror.meet("Dieser Link gilt nicht", status=404)
    juror.go(link[0])
    juror.meet("Landkreistag Nordrhein-Westfalen")
    juror.write("Passwort", "kurz")
    juror.press("Konto anlegen und zusagen")
    juror.meet("Landkreistag Nordrhein-Westfalen", status=422)
    juror.write("Passwort", "Regenrinne-Hellweg-7")
    juror.press("Konto anlegen und zusagen")
    juror.meet("Zweiter Faktor")


def _sets_up_a_factor(juror: Visitor) -> None:
    juror.follow("App einrichten")
    juror.meet("Authenticator-App einrichten")
    secret = juror.page.locator(".lp-secret").inner_text()
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    juror.page.get_by_role("textbox").last.fill(code)
    juror.press("App einrichten")
    juror.meet("Notfallcodes")
    juror.follow("Weiter zur Jury")


def _accepts_the_notice(juror: Visitor) -> None:
    juror.meet("Hinweise für die Jury")
    juror.press("Zustimmen und weiter")
    juror.meet("Hinweise für die Jury", status=422)
    juror.choose("Ich habe die Hinweise gelesen und halte mich daran.")
    juror.press("Zustimmen und weiter")
    juror.meet("Jury")
    assert juror.path == "/jury/"
    juror.go("/jury/hinweise/")
    juror.meet("Hinweise für die Jury")
    assert Juror.objects.get(email=ADDRESS).notice_accepted_at
