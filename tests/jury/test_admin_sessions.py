"""The pages of the Geschäftsstelle about progress, Sessions and decisions: never a point before the lock."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from jury.actions import deciding
from jury.models import Assessment, Decision, JuryEvent, Session
from submissions.models import Round
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory
from tests.jury import factories, rooms
from tests.jury.rooms import Stage as Scene
from tests.jury.test_views_session import text

Clock = Callable[[], None]
FULL = [[8, 8, 8, 8, 9], [9, 7, 6, 9, 9], [5, 5, 5, 5, 5]]
PAGES = ("category", "open", "attendance", "confirm", "points")
NUMBER = re.compile(r"\d,\d\d")


@pytest.fixture
def scene(open_round: Round, scoring: Clock) -> Scene:
    return rooms.scored(open_round, scoring, FULL)


@pytest.fixture
def desk(scene: Scene, client: Client) -> Client:
    """A client of the Geschäftsstelle."""
    show_factor(client, scene.office)
    return client


def home() -> str:
    return reverse("admin:jury_session_changelist")


def url(scene: Scene, name: str) -> str:
    return reverse(f"admin:jury_session_{name}", args=[scene.category.pk])


def present(scene: Scene, count: int = 5) -> dict[str, Any]:
    return {"present": [juror.pk for juror in scene.panel[:count]]}


def test_overview_counts_states(scene: Scene, desk: Client) -> None:
    Assessment.objects.filter(submission=scene.entries[0], seat__position=1).update(status="draft")
    Assessment.objects.filter(submission=scene.entries[1], seat__position=1).delete()
    factories.recuse(scene.panel[1], scene.entries[2])
    Assessment.objects.filter(submission=scene.entries[2], seat__position=2).update(status="void")

    said = text(desk.get(home()))

    assert (
        "Krisenbewältigung 3 Quorum erreicht, Sitzung kann eröffnet werden "
        "1 abgeschlossen, 1 Entwurf, 1 offen 2 abgeschlossen, 1 befangen 3 abgeschlossen 3 abgeschlossen"
    ) in said
    assert "Umwelt, Planung &amp; Infrastruktur 0 keine zugelassene Einreichung – – – – –" in said


@pytest.mark.parametrize("step", ["lacking", "open", "recorded", "office", "locked"])
def test_overview_says_what_comes_next(scene: Scene, desk: Client, step: str) -> None:
    expected = "Bewertung läuft, bis zum Quorum fehlen 2 Bewertungen"
    if step == "lacking":
        Assessment.objects.filter(submission=scene.entries[0], seat__position__lte=4).delete()
    else:
        scene.open()
        expected = "Sitzung eröffnet, noch kein Beschluss"
    if step == "recorded":
        scene.record(scene.entries[0])
        expected = "Beschluss festgehalten, bitte bestätigen"
    elif step == "office":
        deciding.confirm_as_office(scene.record(scene.entries[0]), by=scene.office, revision=1)
        expected = "Beschluss bestätigt, der Vorsitz fehlt noch"
    elif step == "locked":
        scene.decide(scene.entries[0])
        expected = "entschieden, gesperrt"

    assert expected in text(desk.get(home()))
    assert expected in text(desk.get(url(scene, "category")))


def test_overview_before_the_round_exists(client: Client, db: None) -> None:
    show_factor(client, StaffFactory(superuser=True))

    assert "Es gibt noch keine Wettbewerbsrunde." in text(client.get(home()))


@pytest.mark.parametrize("count", [1, 12])
def test_overview_number_of_queries_is_constant(
    open_round: Round, scoring: Clock, client: Client, count: int, django_assert_num_queries: Any
) -> None:
    scene = rooms.scored(open_round, scoring, [[7] * 5] * count)
    scene.open()
    show_factor(client, scene.office)
    for address in (home(), url(scene, "category")):
        client.get(address)

    with django_assert_num_queries(15):
        client.get(home())
    with django_assert_num_queries(19):
        client.get(url(scene, "category"))


def test_no_page_shows_a_point_before_the_lock(scene: Scene, desk: Client) -> None:
    scene.open()
    decision = scene.record(scene.entries[0])

    answers = {name: desk.get(url(scene, name)) for name in PAGES}

    assert {name: page.status_code for name, page in answers.items()} == {
        "category": 200, "open": 200, "attendance": 200, "confirm": 200, "points": 403,
    }  # fmt: skip
    for page in [*answers.values(), desk.get(home()), desk.post(url(scene, "points"))]:
        assert not NUMBER.search(text(page))
    assert decision.reasons in text(answers["confirm"])
    assert not JuryEvent.objects.filter(verb="looked").exists()


@pytest.mark.parametrize("role", ["Redaktion", "none", "juror"])
def test_pages_are_for_the_office(scene: Scene, client: Client, role: str) -> None:
    call_command("load_roles", verbosity=0)
    person = scene.chair if role == "juror" else StaffFactory()
    if role == "Redaktion":
        person.groups.add(Group.objects.get(name=role))
    show_factor(client, person)
    scene.open()

    answers = {client.get(address).status_code for address in [home(), *(url(scene, name) for name in PAGES)]}
    answers |= {client.post(url(scene, name), present(scene)).status_code for name in PAGES}

    assert answers == {404 if role == "juror" else 403}
    assert "Sitzungen" not in client.get(reverse("admin:index")).content.decode()


def test_open_by_the_page(scene: Scene, desk: Client) -> None:
    page = text(desk.get(url(scene, "open")))
    assert "lässt sich das nicht zurücknehmen" in page
    assert b" checked" not in desk.get(url(scene, "open")).content

    answer = desk.post(url(scene, "open"), present(scene, 4), follow=True)

    assert "ist eröffnet. Die Jury sieht jetzt alle Punkte." in text(answer)
    assert Session.objects.get().attendances.count() == 4
    assert "Die Sitzung dieser Kategorie ist schon eröffnet." in text(desk.get(url(scene, "open")))


def test_open_says_what_is_missing(scene: Scene, desk: Client) -> None:
    Assessment.objects.filter(submission=scene.entries[0], seat__position__gte=3).delete()

    page = desk.get(url(scene, "open"))
    answer = desk.post(url(scene, "open"), present(scene))

    assert "IKZ-2026-0001 Projekt 1: 2 von 3 nötigen Bewertungen" in text(page)
    assert f"Landkreistag ({scene.panel[2].name})" in text(page)
    assert b"<form method" not in page.content.split(b'id="content-main"')[1]
    assert "Zu wenige abgeschlossene Bewertungen haben: IKZ-2026-0001 (2 von 3)" in text(answer)
    assert not Session.objects.exists()


def test_open_tells_of_entries_nobody_may_judge(scene: Scene, desk: Client) -> None:
    Assessment.objects.filter(submission=scene.entries[1]).update(status="void")
    for juror in scene.panel:
        factories.recuse(juror, scene.entries[1])

    assert "Ohne Bewertung, weil alle befangen sind" in text(desk.get(url(scene, "open")))
    assert "ohne Bewertung: alle befangen" in text(desk.get(url(scene, "category")))
    desk.post(url(scene, "open"), present(scene))

    assert Session.objects.exists()


def test_open_needs_somebody(scene: Scene, desk: Client) -> None:
    answer = desk.post(url(scene, "open"), {})

    assert "Bitte kreuzen Sie an, wer an der Sitzung teilnimmt." in text(answer)
    assert not Session.objects.exists()


def test_attendance_by_the_page(scene: Scene, desk: Client) -> None:
    scene.open()
    assert desk.get(url(scene, "attendance")).content.count(b" checked") == 5

    answer = desk.post(url(scene, "attendance"), present(scene, 2), follow=True)

    assert "Die Anwesenheit ist notiert." in text(answer)
    assert Session.objects.get().attendances.count() == 2


def test_attendance_after_the_lock_is_refused(scene: Scene, desk: Client) -> None:
    scene.open()
    scene.decide(None)

    answer = desk.post(url(scene, "attendance"), present(scene, 2))

    assert "gesperrt" in text(answer)
    assert Session.objects.get().attendances.count() == 5


def test_confirm_by_the_page_locks(scene: Scene, desk: Client) -> None:
    scene.open()
    decision = scene.record(scene.entries[1], votes_for=3)
    deciding.confirm_as_chair(decision, by=scene.chair, revision=1)
    page = desk.get(url(scene, "confirm"))
    assert "Mit Ihrer Bestätigung wird der Beschluss gesperrt" in text(page)
    assert "Preis Projekt 2 (IKZ-2026-0002) Abstimmung 3 Ja, 0 Nein, 0 Enthaltungen" in text(page)

    desk.post(url(scene, "confirm"), {"revision": 1})

    assert Decision.objects.get().locked_at
    assert "schon bestätigt" in text(desk.get(url(scene, "confirm")))


@pytest.mark.parametrize("sent", ["1", "", "x"])
def test_confirm_of_what_was_not_read_is_refused(scene: Scene, desk: Client, sent: str) -> None:
    scene.open()
    scene.record(scene.entries[0])
    scene.record(scene.entries[1], seen=1)

    desk.post(url(scene, "confirm"), {"revision": sent})

    assert Decision.objects.get().office is None


def test_points_after_the_lock(scene: Scene, desk: Client) -> None:
    scene.open()
    scene.decide(scene.entries[0])

    said = text(desk.get(url(scene, "points")))

    assert "1 IKZ-2026-0001 Projekt 1 8,20 5 8,00 – 9,00 1,00 0,40 8,00 8,20 8,00 8,00 8,00 8,00 9,00" in said
    assert not JuryEvent.objects.filter(verb="looked").exists()


def test_early_look_asks_first_and_is_journalled(scene: Scene, client: Client) -> None:
    arne = StaffFactory(superuser=True)
    show_factor(client, arne)
    scene.open()

    asked = text(client.get(url(scene, "points")))
    assert not NUMBER.search(asked)
    assert "im Verlauf der Jury" in asked
    assert not JuryEvent.objects.filter(verb="looked").exists()
    shown = text(client.post(url(scene, "points")))

    assert "8,20" in shown
    assert "Vor dem Beschluss eingesehen" in shown
    assert JuryEvent.objects.get(verb="looked").by == arne
    assert client.put(url(scene, "points")).status_code == 405


def test_session_row_leads_to_its_category(scene: Scene, desk: Client) -> None:
    session = scene.open()

    answer = desk.get(reverse("admin:jury_session_change", args=[session.pk]))

    assert answer.url == url(scene, "category")  # type: ignore[attr-defined]
