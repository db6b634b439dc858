"""Five jurors and the office, from the invitation to the minutes and the letter: one category, one recusal, one tie."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from post_office.models import Email

from jury.models import Assessment, Decision
from landespreis import clock
from submissions.models import Round, Submission
from tests.browser import entering, jury
from tests.browser.conftest import Visit
from tests.browser.jury import BIASED, CHAIR, LEAVER, LOOKING, PEOPLE, SCRIPTLESS, TYPIST
from tests.browser.visitor import Visitor
from tests.jury import decided, factories

pytestmark = pytest.mark.browser

Five = dict[str, Visitor]
CRITERIA = ("gewinn", "innovation", "zukunft")
SESSION = "/jury/sitzung/krisen/"
MEETING, DOSSIER = "Sitzung: Krisenbewältigung", "Dossier"
PEGEL = "PegelVerbund Hellweg"
SUBJECT = "Landespreis: Der Preis in Ihrer Kategorie geht an Sie"


def test_walk_of_five_from_the_invitation_to_the_minutes(
    visit: Visit, register: Round, work: Callable[[], None], tmp_path: Path
) -> None:
    renate = entering.office(visit())
    five = {key: visit() for key in PEOPLE} | {SCRIPTLESS: visit(width=360, height=740, dark=True, scripts=False)}
    entries = jury.enter(register)

    for key, juror in five.items():
        entering.is_named_and_invited(renate, key)
        entering.says_yes(juror, key)
        entering.sets_up_a_factor(juror, looks=key in LOOKING)
        entering.accepts_the_notice(juror, hesitant=key == SCRIPTLESS)
    clock.set_now(register.closes_at + timedelta(days=1))
    entering.admits(renate)

    clock.set_now(factories.scoring_time(register))
    jury.score_the_rest(entries, register)
    _score(five, entries)
    _takes_along(five[CHAIR], work, tmp_path)

    assert register.session_at
    clock.set_now(register.session_at + timedelta(minutes=10))
    _opens_the_session(renate, five)
    _see_the_ranking(five, entries)
    _revises(five, entries[3])
    _decides(five, renate)
    assert Decision.objects.get().locked_at
    _read_the_minutes(five, work, tmp_path)

    clock.set_now(register.embargo_until + timedelta(hours=1))
    _releases_a_letter(renate, entries[0], work)
    assert entries[2].label not in five[BIASED].page.content()


# Scoring -----------------------------------------------------------------------------------------------


def _score(five: Five, entries: list[Submission]) -> None:
    for key, juror in five.items():
        meet = juror.meet if key in LOOKING else juror.reads
        juror.go("/jury/")
        juror.meet("Ihre Bewertungen", picture="jury/02-uebersicht" if key == CHAIR else "")
        juror.follow("Erklärung abgeben und lesen")
        meet("Sind Sie bei dieser Einreichung befangen?")
        juror.choose("Ich bin nicht befangen.")
        juror.press("Erklärung abgeben")
        meet(PEGEL)
        {TYPIST: _types, LEAVER: _leaves_and_comes_back}.get(key, _ticks)(juror, jury.BY_HAND[key])
        meet(PEGEL)
        juror.reads("Abgeschlossen heute um")
    assert Assessment.objects.filter(submission=entries[0], status="final").count() == len(PEOPLE)
    _is_biased(five[BIASED], entries[2])


def _ticks(juror: Visitor, points: str) -> None:
    for criterion, given in zip(CRITERIA, points, strict=True):
        juror.page.locator(f"#id_punkte_{criterion}_{given}").check()
    juror.press("Abschließen")


def _types(juror: Visitor, points: str) -> None:
    keys = juror.page.keyboard
    juror.page.locator("#id_punkte_gewinn_0").focus()
    keys.press("8")
    keys.press("ArrowRight")
    keys.press("Tab")
    keys.type("Aus 48 Minuten werden 11; die Zahlen sind nachvollziehbar.")
    keys.press("Tab")
    keys.press(points[1])
    expect(juror.page.locator("#id_punkte_gewinn [data-said]")).to_have_text(f"{points[0]} Punkte")
    expect(juror.page.locator("#fehlt")).to_have_text("Zum Abschließen fehlen noch die Punkte für Kriterium 3.")
    expect(juror.page.locator("#sicherung")).to_contain_text("Entwurf, gespeichert um")
    juror.meet(PEGEL, picture="jury/04-bewertung")
    keys.press("Tab")
    juror.press("Abschließen")
    juror.meet(PEGEL, status=422)
    juror.follow("Zukunftsfähigkeit, Nutzbarkeit und Nachhaltigkeit: Vergeben Sie Punkte.")
    juror.page.locator("#id_punkte_zukunft_0").focus()
    keys.press(points[2])
    juror.page.get_by_role("button", name="Abschließen").focus()
    with juror.page.expect_navigation():
        keys.press("Enter")


def _leaves_and_comes_back(juror: Visitor, points: str) -> None:
    expect(juror.page.locator("#sicherung")).to_have_text("noch nichts gespeichert")
    with juror.keeping_still(juror.page.locator("#id_gesamt")):
        for criterion, given in zip(CRITERIA, points, strict=True):
            juror.page.locator(f"#id_punkte_{criterion}_{given}").check()
        expect(juror.page.locator("#fehlt")).to_contain_text("Alle Punkte sind vergeben.")
    juror.go("/jury/")
    juror.reads("1 Entwurf")
    juror.follow("Entwurf fortsetzen")
    for criterion, given in zip(CRITERIA, points, strict=True):
        expect(juror.page.locator(f"#id_punkte_{criterion}_{given}")).to_be_checked()
    juror.press("Abschließen")


def _is_biased(juror: Visitor, entry: Submission) -> None:
    juror.go("/jury/")
    juror.follow("Erklärung abgeben und lesen")
    juror.choose("Ich bin befangen oder kann es nicht ausschließen.")
    juror.choose("Mandat oder Beschäftigung bei einer beteiligten Kommune")
    juror.meet("Sind Sie bei dieser Einreichung befangen?", picture="jury/03-befangenheit")
    juror.press("Erklärung abgeben")
    juror.meet("Sind Sie bei dieser Einreichung befangen?", status=422)
    juror.write("Erläuterung", "Ich gehöre dem Rat der Gemeinde Hellenthal an.")
    juror.press("Erklärung abgeben")
    juror.meet("Krisenbewältigung")
    with juror.narrowed():
        juror.meet("Krisenbewältigung")
    assert entry.label not in juror.page.content()
    juror.go(f"/jury/einreichungen/{entry.label}/")
    juror.meet("gibt es nicht", status=404)


def _takes_along(juror: Visitor, work: Callable[[], None], folder: Path) -> None:
    juror.go("/jury/dossier/krisen/")
    juror.press("Dossier erstellen")
    juror.meet(DOSSIER)
    work()
    juror.reads("Fertig.")
    assert not decided.failures(_downloaded(juror, re.compile("^Dossier laden"), folder))


# The Session -------------------------------------------------------------------------------------------


def _opens_the_session(renate: Visitor, five: Five) -> None:
    five[SCRIPTLESS].go(SESSION)
    five[SCRIPTLESS].meet(MEETING)
    five[SCRIPTLESS].reads("Die Sitzung ist noch nicht eröffnet")
    renate.go("/admin/jury/session/")
    renate.meet("Bewertung und Sitzungen", picture="jury/07-stand")
    renate.follow("Krisenbewältigung")
    renate.meet("Krisenbewältigung")
    renate.follow("Sitzung eröffnen")
    for name in PEOPLE.values():
        renate.page.get_by_label(re.compile(f"^{name}")).check()
    renate.meet("Sitzung eröffnen", picture="jury/08-sitzung-eroeffnen")
    with renate.narrowed():
        renate.meet("Sitzung eröffnen")
    renate.press("Sitzung eröffnen")
    renate.reads("Die Jury sieht jetzt alle Punkte.")


def _see_the_ranking(five: Five, entries: list[Submission]) -> None:
    for key, juror in five.items():
        juror.go(SESSION)
        juror.meet(MEETING, picture="jury/05-sitzung" if key == TYPIST else "")
        shown = entries if key != BIASED else [*entries[:2], entries[3]]
        expect(juror.page.locator(".lp-ranks").get_by_role("row")).to_have_count(1 + len(shown))
        tie = juror.page.get_by_text("Der erste Platz ist geteilt.")
        expect(tie).to_have_count(0 if key == BIASED else 1)
    expect(five[BIASED].page.get_by_text("stimmen Sie hier nicht mit ab")).to_be_visible()


def _revises(five: Five, entry: Submission) -> None:
    five[CHAIR].write("Gründe der Jury", jury.REASONS)
    juror = five[LEAVER]
    juror.follow(f"Eigene Bewertung ändern zu {entry.label}")
    juror.meet("Bewertung ändern")
    juror.page.locator("#id_punkte_innovation_5").focus()
    for _ in range(3):
        juror.page.keyboard.press("ArrowRight")
    juror.press("Geänderte Bewertung speichern")
    juror.meet("Bewertung ändern", status=422)
    juror.write("Grund der Änderung", "Die Nachfrage im Gespräch ist beantwortet.")
    juror.press("Geänderte Bewertung speichern")
    juror.meet(MEETING)
    for key in (BIASED, TYPIST):
        expect(five[key].page.locator("#neues")).to_contain_text("Aktualisiert um")
        expect(five[key].page.locator("#punkte-tabelle")).to_contain_text("6,33")
    expect(five[CHAIR].page.locator("#neues")).to_contain_text("Es gibt Neues")
    expect(five[CHAIR].page.get_by_label("Gründe der Jury")).to_have_value(jury.REASONS)


def _decides(five: Five, renate: Visitor) -> None:
    chair = five[CHAIR]
    chair.press("Beschluss festhalten")
    chair.meet(MEETING, status=422)
    chair.page.get_by_label(re.compile(PEGEL)).check()
    for label, votes in (("Ja", "3"), ("Nein", "1"), ("Enthaltung", "0")):
        chair.write(label, votes)
    chair.page.get_by_label("Laudatio schreibt").select_option("Landkreistag")
    chair.press("Beschluss festhalten")
    chair.meet(MEETING)
    chair.follow("Niederschrift als Entwurf ansehen")
    chair.meet("Niederschrift: Krisenbewältigung")
    with chair.narrowed():
        chair.meet("Niederschrift: Krisenbewältigung")
    chair.go(SESSION)
    chair.press("Beschluss als Vorsitz bestätigen")
    chair.reads("Bestätigung steht aus")

    renate.go("/admin/jury/session/")
    renate.follow("Krisenbewältigung")
    renate.follow("Beschluss bestätigen")
    renate.meet("Beschluss bestätigen", picture="jury/09-beschluss-bestaetigen")
    renate.press("Beschluss bestätigen")
    renate.meet("Krisenbewältigung")
    renate.reads("entschieden, gesperrt")
    renate.follow("Rangfolge und Punkte")
    renate.meet("Rangfolge und Punkte")
    with renate.narrowed():
        renate.meet("Rangfolge und Punkte")


# Papers ------------------------------------------------------------------------------------------------


def _read_the_minutes(five: Five, work: Callable[[], None], folder: Path) -> None:
    work()
    expect(five[TYPIST].page.locator("#beschluss")).to_contain_text("Beschlossen und gesperrt")
    five[SCRIPTLESS].go(SESSION)
    five[SCRIPTLESS].meet(MEETING)
    for key in (TYPIST, SCRIPTLESS):
        assert not decided.failures(_downloaded(five[key], "Niederschrift (PDF)", folder))
    five[SCRIPTLESS].go(f"{SESSION}niederschrift/")
    five[SCRIPTLESS].meet("Niederschrift: Krisenbewältigung")
    five[BIASED].go(f"{SESSION}niederschrift.pdf")
    five[BIASED].meet("gibt es nicht", status=404)
    five[BIASED].go(SESSION)
    five[BIASED].meet(MEETING)
    five[BIASED].reads("Das Ergebnis erfahren Sie mit der Preisverleihung")


def _releases_a_letter(renate: Visitor, entry: Submission, work: Callable[[], None]) -> None:
    renate.go("/admin/jury/paper/")
    renate.meet("Dokument")
    renate.go("/admin/jury/letter/")
    renate.meet("Brief")
    renate.follow(entry.label, renate.page.locator("#result_list"))
    renate.meet("Brief")
    renate.write("Betreff:", SUBJECT)
    renate.press("Sichern und weiter bearbeiten", renate.page.locator("#content"))
    renate.follow("Vorschau", renate.page.locator("#content"))
    renate.meet("Vorschau", picture="jury/10-brief")
    renate.follow("Freigeben …", renate.page.locator("#content"))
    renate.meet("Briefe freigeben")
    with renate.narrowed():
        renate.meet("Briefe freigeben")
    renate.press("1 Brief freigeben", renate.page.locator("#content"))
    renate.reads("Freigegeben: 1 von 1 Briefen")
    work()
    mail = Email.objects.get(subject=SUBJECT)
    assert (mail.to, mail.get_status_display()) == ([entry.owner.email], "Gesendet")
    with mail.attachments.get().file.open() as certificate:
        assert certificate.read(5) == b"%PDF-"


def _downloaded(visitor: Visitor, link: str | re.Pattern[str], folder: Path) -> bytes:
    with visitor.page.expect_download() as download:
        visitor.page.locator("main").get_by_role("link", name=link).click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file.read_bytes()
