"""A Session in the browser: decided on a telephone without JavaScript, and refreshed under somebody who writes."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from accounts.models import User
from jury.actions import sessions
from jury.models import Juror
from landespreis import clock
from landespreis.clock import BERLIN
from submissions.models import Round, Submission
from tests.accounts.conftest import show_factor
from tests.browser.visitor import Visitor
from tests.jury import factories, rooms

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visit = Callable[..., Visitor]
HANDED_IN = datetime(2026, 1, 20, 10, 30, tzinfo=BERLIN)
MEETING = datetime(2026, 3, 26, 9, 40, tzinfo=BERLIN)
SEATS = ("Landesbeauftragter", "Städtetag", "Landkreistag", "Städte- und Gemeindebund", "NRW.BANK")
PROJECTS = {
    "PegelVerbund Hellweg": ((9, 8, 9), (8, 8, 8), (8, 8, 8), (9, 7, 8), (9, 8, 9)),
    "Gemeinsamer Krisenstab Kreisgrenze": ((8, 8, 9), None, (8, 7, 7), (9, 8, 8), (9, 9, 9)),
    "Notstrom-Ring: 14 Rathäuser, ein Plan": ((7, 7, 7), (8, 8, 7), (8, 7, 8), (8, 7, 6), (7, 7, 7)),
    "Warn-App in leichter Sprache": ((7, 8, 7), (7, 7, 8), (6, 5, 6), (7, 8, 8), (8, 9, 8)),
    "Gemeinsames Lager für Sandsäcke und Pumpen im Einzugsgebiet von Lippe und Ahse": (
        (6, 6, 6), (5, 5, 6), (7, 6, 7), (7, 6, 6), (5, 5, 6),
    ),
    "Freiwillige koordinieren über Stadtgrenzen": ((5, 5, 6), (6, 6, 6), (4, 3, 4), (7, 6, 7), (5, 6, 6)),
}  # fmt: skip


@pytest.fixture
def stage(portal: str, round: Round) -> rooms.Stage:
    """Five jurors and six entries in «Krisenbewältigung», the second juror recused from the second entry."""
    clock.set_now(HANDED_IN)
    panel = factories.panel(round)
    for juror, name in zip(panel, SEATS, strict=True):
        juror.seat.short_name = name
        juror.seat.save()
    entries = [factories.admitted(round, title=title) for title in PROJECTS]
    clock.set_now(MEETING)
    keys = [criterion.key for criterion in round.criteria.all()]
    for entry, given in zip(entries, PROJECTS.values(), strict=True):
        for juror, points in zip(panel, given, strict=True):
            if points:
                factories.sheet(juror, entry, dict(zip(keys, points, strict=True)))
            else:
                factories.recuse(juror, entry)
    category = round.categories.select_related("round").get(key="krisen")
    return rooms.Stage(round, category, panel, entries, rooms.office())


def sit_down(visitor: Visitor, user: User) -> Visitor:
    """Let the window be logged in as `user`, second factor shown."""
    client = Client()
    show_factor(client, user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    visitor.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": visitor.home}])
    return visitor


def revise(stage: rooms.Stage, place: int, entry: Submission, points: int) -> None:
    juror: Juror = stage.panel[place]
    seen = juror.seat.assessments.get(submission=entry).revision
    given = sessions.Points({row.key: points for row in stage.round.criteria.all()}, {})
    sessions.revise(entry, by=stage.user(place), given=given, reason="Nach der Aussprache", seen=seen)


def test_session_is_read_and_decided_without_scripts(stage: rooms.Stage, visit: Visit) -> None:
    chair = sit_down(visit(width=360, scripts=False), stage.chair)
    chair.go("/jury/sitzung/krisen/")
    chair.meet("Sitzung: Krisenbewältigung")
    chair.reads("Die Sitzung ist noch nicht eröffnet")

    stage.open()
    chair.follow("Neu laden")
    chair.meet("Sitzung: Krisenbewältigung")
    expect(chair.page.get_by_role("row")).to_have_count(7)
    expect(chair.page.get_by_role("rowheader").first).to_contain_text("PegelVerbund Hellweg")

    chair.press("Beschluss festhalten")
    chair.meet("Sitzung: Krisenbewältigung", status=422)
    chair.page.get_by_label(re.compile("PegelVerbund")).check()
    for label, votes in (("Ja", "3"), ("Nein", "0"), ("Enthaltung", "1")):
        chair.write(label, votes)
    chair.write("Gründe der Jury", "Die Alarmkette trägt über Kreisgrenzen, und die Kosten sind gerecht verteilt.")
    chair.page.get_by_label("Laudatio schreibt").select_option("Landkreistag")
    chair.press("Beschluss festhalten")
    chair.meet("Sitzung: Krisenbewältigung")
    chair.press("Beschluss als Vorsitz bestätigen")
    chair.meet("Sitzung: Krisenbewältigung")
    chair.reads("Bestätigung steht aus")


def test_page_refreshes_without_taking_what_somebody_writes(stage: rooms.Stage, visit: Visit) -> None:
    stage.open()
    chair, other = sit_down(visit(), stage.chair), sit_down(visit(width=360), stage.user(4))
    for window in (chair, other):
        window.go("/jury/sitzung/krisen/")
        window.page.get_by_text("Dieselben Punkte als Tabelle").click()
    chair.write("Gründe der Jury", "Ich schreibe gerade")

    revise(stage, 3, stage.entries[5], 10)

    expect(chair.page.locator("#neues")).to_contain_text("Es gibt Neues")
    expect(other.page.locator("#neues")).to_contain_text("Aktualisiert um")
    for window in (chair, other):
        expect(window.page.locator("#punkte-tabelle")).to_have_attribute("open", "")
        expect(window.page.locator("#punkte-tabelle")).to_contain_text("10,00")
    expect(chair.page.get_by_label("Gründe der Jury")).to_have_value("Ich schreibe gerade")
    expect(chair.page.get_by_label("Gründe der Jury")).to_be_focused()
    chair.meet("Sitzung: Krisenbewältigung")

    stage.record(stage.entries[0], votes_for=4)
    expect(other.page.locator("#beschluss")).to_contain_text("Festgehalten, noch nicht gesperrt")
    other.meet("Sitzung: Krisenbewältigung")
