"""The way into the jury in the browser: named, invited, account, second factor, notice; and the formal check."""

import re

from playwright.sync_api import expect

from tests.accounts.authenticator import code
from tests.accounts.factories import PASSWORD
from tests.browser import jury, pages
from tests.browser.jury import CHAIR, LOOKING, PEOPLE, SCRIPTLESS
from tests.browser.visitor import Visitor


def office(renate: Visitor) -> Visitor:
    jury.office()
    renate.go("/demo/")
    renate.press("Anmelden als Renate Vollmer")
    return renate


def is_named_and_invited(renate: Visitor, key: str) -> None:
    renate.go("/admin/jury/seat/")
    if key == CHAIR:
        renate.meet("Sitz")
    renate.follow(re.compile(jury.institution(key)), renate.page.locator("#result_list"))
    renate.follow("Jurymitglied benennen")
    if key == CHAIR:
        renate.meet("Jurymitglied benennen")
    renate.write("Vor- und Nachname:", PEOPLE[key])
    renate.write("E-Mail-Adresse:", jury.address(key))
    renate.press("Benennen")
    renate.reads("Laden Sie sie jetzt ein")
    renate.follow("Einladen")
    renate.press("Einladung senden")
    if key == CHAIR:
        renate.meet("Sitz ändern")


def says_yes(juror: Visitor, key: str) -> None:
    link = pages.link_from_mail(jury.address(key), "/jury/einladung/")
    if key == SCRIPTLESS:
        juror.go(f"{link[:-8]}/")
        juror.meet("Dieser Link gilt nicht", status=404)
    juror.go(link)
    if key in LOOKING:
        juror.meet(jury.institution(key), picture="jury/01-einladung" if key == CHAIR else "")
    if key == SCRIPTLESS:
        juror.write("Passwort", "kurz")
        juror.press("Konto anlegen und zusagen")
        juror.meet(jury.institution(key), status=422)
    juror.write("Passwort", PASSWORD)
    juror.press("Konto anlegen und zusagen")


def sets_up_a_factor(juror: Visitor, *, looks: bool) -> None:
    meet = juror.meet if looks else juror.reads
    meet("Zweiter Faktor")
    juror.follow("App einrichten")
    meet("Authenticator-App einrichten")
    secret = juror.page.locator(".lp-secret").inner_text()
    juror.page.get_by_role("textbox").last.fill(code(secret, room=10))
    juror.press("App einrichten")
    meet("Notfallcodes")
    juror.follow("Weiter zur Jury")
    meet("Hinweise für die Jury")


def accepts_the_notice(juror: Visitor, *, hesitant: bool) -> None:
    if hesitant:
        juror.press("Zustimmen und weiter")
        juror.meet("Hinweise für die Jury", status=422)
    juror.choose("Ich habe die Hinweise gelesen und halte mich daran.")
    juror.press("Zustimmen und weiter")
    juror.reads("Die Bewertung hat noch nicht begonnen")
    if hesitant:
        juror.follow("Hinweise zu Befangenheit und Vertraulichkeit")
        juror.meet("Hinweise für die Jury")
        juror.follow("Zur Jury")


def admits(renate: Visitor) -> None:
    renate.go("/admin/submissions/submission/")
    renate.page.locator("#action-toggle").check()
    renate.page.locator("select[name=action]").select_option("admit")
    renate.press("Ausführen")
    renate.meet("Mehrere zulassen")
    renate.press("4 Einreichungen zulassen")
    renate.reads("4 Einreichungen sind zugelassen.")
    renate.go("/admin/jury/seat/")
    expect(renate.page.get_by_text("bereit, Hinweise angenommen am")).to_have_count(5)
    renate.meet("Sitz", picture="jury/06-sitze")
