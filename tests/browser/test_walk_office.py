"""A staff member takes an empty installation through a whole award, from the copy of a round to its retention."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.management import call_command
from playwright.sync_api import expect
from post_office.models import Email

from landespreis import clock, packing
from landespreis.circulars import dispatch
from landespreis.records import executing, runs
from portal.actions import announcing
from portal.models import News
from submissions.conditions import CONDITIONS
from submissions.models import Round, Submission
from submissions.payload import EXCERPT
from tests.browser import office
from tests.browser.conftest import Visit
from tests.browser.jury import PEOPLE
from tests.browser.office import JONAS, KATASTER, PEGEL, RENATE, STAB, WARN, Award
from tests.browser.visitor import Visitor
from tests.jury.rooms import Stage

pytestmark = pytest.mark.browser

Work = Callable[[], None]
PICTURES = Path(project.BASE_DIR) / "docs" / "handbuch" / "bilder"
NAME = "3. Landespreis für innovative interkommunale Zusammenarbeit"
DATES = {
    "opens_at": ("01.12.2027", "00:00"),
    "closes_at": ("10.02.2028", "00:00"),
    "ceremony_on": ("12.04.2028",),
    "embargo_until": ("12.04.2028", "12:00"),
    "contract_after": ("01.01.2023",),
    "scoring_opens_at": ("28.02.2028", "08:00"),
    "scoring_closes_at": ("20.03.2028", "18:00"),
    "session_at": ("23.03.2028", "10:00"),
}
DROPPED = ("pflichtaufgaben", "austausch", "wirtschaft", "shared-service")
"""Categories that this round does without."""
LATE = "Der Vertrag mit der Stadt Hagen fehlt in der Beschreibung. Bitte nennen Sie, seit wann sie beteiligt ist."
ALONE = "Beteiligt ist nur eine Kommune; § 2 der Teilnahmebedingungen verlangt mindestens zwei."


def test_walk_of_the_office_through_a_whole_award(
    visit: Visit, round: Round, work: Work, settings: Any, tmp_path: Path
) -> None:
    settings.BASE_URL = "https://landespreis.example"
    office.sets(office.PREPARING)
    office.installation()
    renate = office.at_the_desk(visit(), RENATE)
    renate.pictures = PICTURES
    following = _prepares(renate, round)

    entries = office.submitted(following, PEGEL, STAB)
    office.sets(office.OPEN)
    _helps(renate, office.drafts(following))
    _extends(renate, entries[STAB])
    _writes(renate, work)
    made = Award(following, entries | office.submitted(following, WARN, KATASTER))

    clock.set_now(office.CHECKING)
    jonas = office.at_the_desk(visit(), JONAS)
    office.sets(office.CHECKING)
    _checks(renate, jonas, made)
    _corrected(renate, jonas, made)

    office.sets(office.SCORING)
    rooms = office.score(made)
    office.sets(office.MEETING)
    _meets(renate, rooms["krisen"], made)
    office.gives_no_prize(rooms["umwelt"])

    office.sets(office.BEFORE)
    _prepares_the_ceremony(renate, work)
    reader = visit()
    _publishes(renate, reader, work, made)
    _takes_out(renate, tmp_path)
    _discloses(renate, tmp_path)
    _sets_the_period(renate)

    office.sets(office.YEARS_LATER)
    _keeps_no_longer_than_needed(renate, jonas)
    assert made.fresh(STAB).current.number == EXCERPT
    reader.go("/landespreis/")
    reader.meet("Der Landespreis")
    reader.reads(PEGEL)
    clock.set_now(office.YEARS_LATER + timedelta(days=1))
    office.at_the_desk(jonas, JONAS)  # in a demo a day is over once the next one has a line
    office.sets(office.YEARS_LATER + timedelta(days=2))
    call_command("verify_journal", verbosity=0)


# The round ---------------------------------------------------------------------------------------------


def _prepares(renate: Visitor, last: Round) -> Round:
    _copies(renate, last)
    _sees_what_is_missing(renate)
    _fills_in(renate)
    renate.follow("Kann geöffnet werden?")
    renate.meet("Kann geöffnet werden?")
    renate.reads("Ja, es fehlt nichts.")
    _looks_and_announces(renate)
    following = Round.objects.get(key="lp3")
    assert following.is_announced
    return following


def _copies(renate: Visitor, last: Round) -> None:
    renate.go("/admin/")
    renate.meet("Überblick")
    renate.go(f"/admin/submissions/round/{last.pk}/change/")
    renate.follow("Nächste Runde anlegen")
    renate.meet("Nächste Runde anlegen")
    renate.page.locator("#id_number_prefix").fill("IKZ-2028")
    renate.press("Runde anlegen")
    renate.reads("In Vorbereitung: Außer der Geschäftsstelle weiß niemand von dieser Runde.")


def _sees_what_is_missing(renate: Visitor) -> None:
    renate.follow("Kann geöffnet werden?")
    renate.meet("Kann geöffnet werden?", picture="03-kann-geoeffnet-werden")
    renate.reads("Noch nicht: 4 Punkte fehlen.")
    for page in ("Impressum", "Datenschutzerklärung"):
        renate.go("/admin/")
        renate.follow("1 Runde in Vorbereitung")
        renate.follow(re.compile(f"^Dort ändern ?: {page}"))
        renate.meet("Seite ändern")
        renate.page.get_by_label("Platzhalter").uncheck()
        renate.press("Sichern")


def _fills_in(renate: Visitor) -> None:
    renate.go("/admin/")
    renate.follow("1 Runde in Vorbereitung")
    renate.follow(re.compile("^Dort ändern ?: Beginn"))
    for name, values in DATES.items():
        ids = [f"#id_{name}_{part}" for part in (0, 1)] if len(values) == 2 else [f"#id_{name}"]
        for field, value in zip(ids, values, strict=True):
            renate.page.locator(field).fill(value)
    renate.page.get_by_label("formale Prüfung zu zweit").check()
    keys = renate.page.locator("#categories-group input[name$='-key']").evaluate_all("all => all.map(e => e.value)")
    for place, key in enumerate(keys):
        if key in DROPPED:
            renate.page.locator(f"#id_categories-{place}-DELETE").check()
    renate.press("Sichern und weiter bearbeiten")
    renate.go(renate.path)
    renate.meet("Wettbewerbsrunde ändern", picture="02-runde")


def _looks_and_announces(renate: Visitor) -> None:
    renate.follow("Zur Runde")
    page = renate.page.url
    renate.follow("Vorschau des Formulars")
    renate.meet("Das Formular", picture="04-vorschau-formular")
    renate.go(page)
    renate.follow("Vorschau der öffentlichen Seite")
    renate.meet("Der Landespreis")
    renate.reads(NAME)
    renate.go(page)
    renate.follow("Bekannt machen")
    renate.meet("Bekannt machen")
    renate.press("Bekannt machen")
    renate.reads("Die Runde ist bekannt gemacht.")


# While it is open --------------------------------------------------------------------------------------


def _helps(renate: Visitor, entry: Submission) -> None:
    renate.go("/admin/")
    renate.follow("1 Bitte um Hilfe beantworten")
    renate.meet("Bitte")
    renate.follow(re.compile("Lemgo"), renate.page.locator("#result_list"))
    renate.meet("Bitte um Hilfe")
    renate.follow(re.compile("^Entwurf ansehen"))
    renate.meet("Entwurf ansehen", picture="07-hilfe-entwurf")
    renate.follow("Antworten")
    renate.meet("Antworten")
    renate.page.locator("#id_text").fill("Ja, der Zweckverband zählt als Partner. Es fehlt nur die Kurzbeschreibung.")
    renate.press("Antwort senden")
    renate.reads("Die Antwort ist unterwegs.")
    assert entry.events.filter(verb="draft_seen").count() == 1


def _extends(renate: Visitor, entry: Submission) -> None:
    renate.go(f"/admin/submissions/submission/{entry.pk}/change/")
    renate.follow("Frist verlängern")
    renate.meet("Frist verlängern")
    renate.page.locator("#id_until_0").fill("11.02.2028")
    renate.page.locator("#id_until_1").fill("00:00")
    renate.page.locator("textarea").fill("Der Rat tagt erst am Abend des 9. Februar.")
    renate.press("Frist verlängern")
    assert Submission.objects.get(pk=entry.pk).extensions.count() == 1


def _writes(renate: Visitor, work: Work) -> None:
    renate.go("/admin/landespreis/circular/add/")
    renate.meet("An wen schreiben Sie?")
    renate.follow("Entwürfe")
    renate.page.get_by_label("Mit einer Vorlage beginnen").select_option(label="Entwurf: die Frist kommt näher")
    renate.press("Vorlage einsetzen")
    renate.meet("Nachricht schreiben", picture="05-nachricht-schreiben")
    renate.press("Speichern und Vorschau ansehen")
    renate.meet("Vorschau", picture="06-nachricht-vorschau")
    renate.follow("Freigeben …")
    renate.meet("Nachricht freigeben")
    renate.press("2 Mails verschicken")
    renate.meet("Nachricht")
    dispatch.send()
    work()
    assert Email.objects.filter(to="okan.demirel@olpe.example", status=0).exists()


# The formal check --------------------------------------------------------------------------------------


def _checks(renate: Visitor, jonas: Visitor, made: Award) -> None:
    renate.go("/admin/")
    renate.meet("Überblick", picture="01-ueberblick")
    renate.follow("4 Einreichungen formal prüfen")
    renate.meet("Formale Prüfung", picture="08-reihe-der-pruefung")
    renate.follow("Der Reihe nach prüfen")
    _proposes_to_admit(renate, made)
    _proposes_to_hand_back(renate, made)
    _proposes_to_exclude(renate, made)
    _proposes_the_rest(renate, made)
    for title, button in {
        PEGEL: "Zulassen und E-Mail verschicken",
        STAB: "Zur Korrektur zurückgeben und E-Mail verschicken",
        WARN: "Ausschließen und E-Mail verschicken",
        KATASTER: "Zulassen und E-Mail verschicken",
    }.items():
        _confirms(jonas, made, title, button)


def _proposes_to_admit(renate: Visitor, made: Award) -> None:
    renate.reads(f"{made.label(PEGEL)} formal prüfen")
    for condition in CONDITIONS:
        renate.page.locator(f"input[name={condition.key}][value=met]").check()
    renate.meet(f"{made.label(PEGEL)} formal prüfen", picture="09-pruefung-einer-einreichung")
    renate.press("Zulassung vorschlagen …")
    renate.press("Weiter zur E-Mail")
    renate.meet("Zulassung vorschlagen")
    renate.press("Zulassung vorschlagen")


def _proposes_to_hand_back(renate: Visitor, made: Award) -> None:
    renate.meet(f"{made.label(STAB)} formal prüfen")
    renate.press("Rückgabe vorschlagen …")
    renate.page.locator("#id_until_0").fill("21.02.2028")
    renate.page.locator("#id_until_1").fill("00:00")
    renate.page.locator("textarea").fill(LATE)
    renate.meet("Rückgabe vorschlagen")
    renate.press("Weiter zur E-Mail")
    renate.press("Rückgabe vorschlagen")


def _proposes_to_exclude(renate: Visitor, made: Award) -> None:
    renate.meet(f"{made.label(WARN)} formal prüfen")
    renate.page.locator("input[name=partner][value=failed]").check()
    renate.press("Ausschluss vorschlagen …")
    renate.page.locator("textarea").fill(ALONE)
    renate.press("Weiter zur E-Mail")
    renate.meet("Ausschluss vorschlagen", picture="10-mail-vor-dem-versand")
    renate.press("Ausschluss vorschlagen")


def _proposes_the_rest(renate: Visitor, made: Award) -> None:
    renate.go("/admin/submissions/submission/pruefung/")
    renate.page.get_by_label(f"{made.label(KATASTER)} auswählen").check()
    renate.press("Ausgewählte zur Zulassung vorschlagen …")
    renate.press("1 Einreichung vorschlagen")
    renate.reads("1 Einreichung ist zur Zulassung vorgeschlagen.")


def _confirms(jonas: Visitor, made: Award, title: str, button: str) -> None:
    jonas.go("/admin/submissions/submission/pruefung/")
    jonas.follow(re.compile(made.label(title)))
    jonas.follow("Vorschlag bestätigen …")
    jonas.meet("Vorschlag bestätigen")
    jonas.press(button)


def _corrected(renate: Visitor, jonas: Visitor, made: Award) -> None:
    office.sets(office.CORRECTED)
    office.correct(made.fresh(STAB))
    office.sets(office.CHECKED)
    renate.go("/admin/submissions/submission/pruefung/")
    renate.reads("korrigiert, Version 2")
    renate.follow(re.compile(made.label(STAB)))
    renate.press("Zulassung vorschlagen …")
    renate.page.get_by_label(re.compile("zugelassen“ schicken")).uncheck()
    renate.press("Weiter zur E-Mail")
    renate.press("Zulassung vorschlagen")
    _confirms(jonas, made, STAB, "Zulassen")
    states = {title: made.fresh(title).formal_check for title in made.entries}
    assert states == {PEGEL: "admitted", STAB: "admitted", WARN: "excluded", KATASTER: "admitted"}
    renate.page.get_by_role("searchbox", name="Alles durchsuchen").fill("Iserlohn")
    renate.press("Suchen", renate.page.locator("#header"))
    renate.meet("Suche", picture="17-suche")
    renate.follow(re.compile(made.label(STAB)))
    renate.meet("Einreichung ansehen")
    renate.go(f"/admin/submissions/event/?q={made.label(STAB)}")
    renate.meet("Verlauf", picture="18-verlauf")


# Jury and ceremony -------------------------------------------------------------------------------------


def _meets(renate: Visitor, room: Stage, made: Award) -> None:
    renate.go("/admin/jury/session/")
    renate.meet("Bewertung und Sitzungen")
    renate.follow("Krisenbewältigung")
    renate.follow("Sitzung eröffnen")
    for name in PEOPLE.values():
        renate.page.get_by_label(re.compile(f"^{name}")).check()
    renate.meet("Sitzung eröffnen")
    renate.press("Sitzung eröffnen")
    office.record(room, made.fresh(PEGEL))
    renate.go("/admin/jury/session/")
    renate.follow("Krisenbewältigung")
    renate.meet("Krisenbewältigung", picture="11-sitzung")
    renate.follow("Beschluss bestätigen")
    renate.meet("Beschluss bestätigen")
    renate.press("Beschluss bestätigen")
    renate.reads("entschieden, gesperrt")


def _prepares_the_ceremony(renate: Visitor, work: Work) -> None:
    renate.go("/admin/portal/newscategory/add/")
    renate.meet("Rubrik hinzufügen")
    renate.page.locator("#id_name").fill("Landespreis")
    renate.press("Sichern")
    renate.go("/admin/portal/announcement/")
    renate.meet("Preisverleihung")
    renate.reads("Krisenbewältigung: 2 Urkunden werden noch erstellt")
    work()
    renate.go("/admin/portal/announcement/")
    renate.follow(re.compile("^Entwurf ?: Brief Krisenbewältigung"))
    renate.meet("Brief")
    renate.page.locator("#id_subject").fill("Landespreis: Der Preis in Ihrer Kategorie geht an Sie")
    renate.press("Sichern")
    renate.go("/admin/portal/announcement/")
    renate.meet("Preisverleihung", picture="12-preisverleihung")


def _publishes(renate: Visitor, reader: Visitor, work: Work, made: Award) -> None:
    renate.follow("Veröffentlichung vormerken …")
    renate.choose("Auch alle Briefe freigeben, die noch nicht freigegeben sind")
    renate.meet("Preisträger veröffentlichen", picture="13-veroeffentlichen")
    renate.press("Veröffentlichung vormerken")
    renate.reads("Vorgemerkt: Die Preisträger werden veröffentlicht, sobald die Sperrfrist endet.")
    renate.meet("Preisverleihung")
    assert announcing.publish_due() == 0
    reader.go("/landespreis/")
    expect(reader.page.get_by_text(PEGEL)).to_have_count(0)

    office.sets(office.AFTER)
    assert announcing.publish_due() == 1
    work()
    renate.go("/admin/portal/announcement/")
    renate.meet("Preisverleihung")
    renate.reads("Veröffentlicht.")
    reader.go("/landespreis/")
    reader.meet("Der Landespreis")
    reader.reads(PEGEL)
    reader.go(News.objects.get().get_absolute_url())
    reader.meet("Die Preisträger stehen fest")
    owner = made.fresh(PEGEL).owner
    assert Email.objects.filter(to=owner.email, subject__endswith="geht an Sie", status=0).count() == 1


# What is taken out -------------------------------------------------------------------------------------


def _takes_out(renate: Visitor, folder: Path) -> None:
    renate.go("/admin/exporte/")
    renate.meet("Exporte", picture="14-exporte")
    table = _downloaded(renate, "button", "Einreichungen als CSV herunterladen", folder)
    assert table.read_text(encoding="utf-8-sig").count("IKZ-2028-") == len(office.ENTRIES)
    renate.page.get_by_role("button", name=re.compile("Krisenbewältigung.* anfordern$")).click()
    renate.reads("Wird gleich gepackt.")
    assert packing.fulfil_all() == 1
    renate.reads("Fertig.")
    renate.meet("Krisenbewältigung")
    package = _downloaded(renate, "link", re.compile("^Herunterladen"), folder)
    assert package.read_bytes().startswith(b"PK")


def _discloses(renate: Visitor, folder: Path) -> None:
    renate.go("/admin/auskunft/")
    renate.meet("Auskunft über gespeicherte Daten")
    renate.page.locator("#id_text").fill("Brandhorst")
    renate.press("Suchen")
    renate.meet("Auskunft über gespeicherte Daten")
    renate.press("Daten zu meike.brandhorst@soest.example ansehen")
    renate.meet("Meike Brandhorst", picture="16-auskunft")
    package = _downloaded(renate, "button", re.compile("^Auskunft herunterladen"), folder)
    assert package.read_bytes().startswith(b"PK")


# Years later -------------------------------------------------------------------------------------------


def _sets_the_period(renate: Visitor) -> None:
    renate.go("/admin/landespreis/retentionrule/")
    renate.meet("Aufbewahrungsfrist")
    renate.follow("Eingereichte Beiträge")
    renate.meet("Aufbewahrungsfrist ändern")
    renate.page.locator("#id_months").fill("24")
    renate.page.locator("#id_note").fill("Aktenplan 4.2, abgestimmt mit dem Landesarchiv am 3. April 2028.")
    renate.press("Sichern")


def _keeps_no_longer_than_needed(renate: Visitor, jonas: Visitor) -> None:
    renate.go("/admin/landespreis/retentionrun/")
    renate.meet("Aussonderung")
    renate.follow("Was fällig ist")
    renate.meet("Was fällig ist")
    due = renate.page.get_by_role("row").filter(has_text="Eingereichte Beiträge").filter(has_text=NAME)
    renate.follow("Vorschau", due)
    renate.meet("Vorschau")
    clock.set_now(office.YEARS_LATER.replace(second=0))
    renate.press("Vorschlagen")
    renate.reads("Das Archivpaket wird erstellt.")
    run = renate.path
    assert packing.fulfil_all() == 1
    runs.take_packages()
    _offers(renate, run)
    _releases(jonas, run)
    executing.carry_out_all()
    renate.go(run)
    renate.meet("Eingereichte Beiträge")
    renate.reads("Bleibt als Statistik")


def _offers(renate: Visitor, run: str) -> None:
    renate.go(run)
    renate.follow("Angebot an das Landesarchiv festhalten")
    renate.meet("Angebot an das Landesarchiv festhalten")
    renate.press("Festhalten")
    renate.follow("Antwort des Landesarchivs festhalten")
    renate.meet("Antwort des Landesarchivs festhalten")
    renate.page.locator("#id_answer").select_option("taken")
    renate.page.locator("#id_reference").fill("LAV 31-2030/7")
    renate.press("Festhalten")
    renate.go(run)
    renate.meet("Eingereichte Beiträge", picture="15-aufbewahrung")


def _releases(jonas: Visitor, run: str) -> None:
    jonas.go("/admin/")
    jonas.meet("Überblick")
    jonas.follow("1 Aussonderung freizugeben")
    jonas.go(run)
    jonas.follow("Freigeben und löschen")
    jonas.meet("Freigeben und löschen")
    jonas.press("Freigeben und löschen")
    jonas.reads("Freigegeben. Das Portal löscht jetzt.")


def _downloaded(visitor: Visitor, role: str, name: str | re.Pattern[str], folder: Path) -> Path:
    with visitor.page.expect_download() as download:
        visitor.page.locator("main").get_by_role(role, name=name).click()  # type: ignore[arg-type]
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file
