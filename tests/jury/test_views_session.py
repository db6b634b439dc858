"""The pages of the Session: what they show to whom, how they refresh, and the forms on them."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from jury.actions import deciding, sessions
from jury.models import Assessment, Clearance, Decision, Juror, JuryEvent, Session
from landespreis import clock
from submissions.models import Round, Submission
from tests.accounts.conftest import show_factor
from tests.jury import factories, rooms
from tests.jury.rooms import Stage as Scene
from tests.jury.test_actions_sessions import revise, rows

Clock = Callable[[], None]
FULL = [[8, 8, 8, 8, 9], [9, 7, 6, 9, 9], [5, 5, 5, 5, 5]]
QUERIES = 33
"""Of a page with its decision, and of one question after news: for 3 and for 20 entries alike."""
TAGS = re.compile(r"<[^>]+>")


@pytest.fixture
def ready(open_round: Round, scoring: Clock) -> Scene:
    """Everything is scored; the Session is not open."""
    return rooms.scored(open_round, scoring, FULL)


@pytest.fixture
def scene(ready: Scene) -> Scene:
    """A Session that is open, everybody present."""
    ready.open()
    return ready


def url(name: str, *arguments: str, slug: str = "krisen") -> str:
    return reverse(f"jury:{name}", args=[slug, *arguments])


def visit(client: Client, user: User) -> Client:
    show_factor(client, user)
    return client


def text(response: HttpResponse) -> str:
    """Return what the page says, without tags, spaces made single."""
    return " ".join(TAGS.sub(" ", response.content.decode()).split())


def poll(client: Client, page: HttpResponse, *, writing: bool = False) -> HttpResponse:
    """Ask what the page asks by itself."""
    [address] = re.findall(r'data-hx-get="([^"]+)"', page.content.decode())
    assert ("formular=1" in address) is writing
    return client.get(address.replace("&amp;", "&"))  # type: ignore[return-value]


def answers(winner: Submission | None, **values: Any) -> dict[str, Any]:
    return {
        "winner": winner.label if winner else "kein",
        "votes_for": "5",
        "votes_against": "0",
        "votes_abstained": "0",
        "reasons": "Die Alarmkette trägt.",
        "laudatio": "bank" if winner else "",
        "seen": "0",
    } | values


# Before it opens -------------------------------------------------------------------------------------
def test_session_says_when_and_shows_no_points_before_it_opens(ready: Scene, client: Client) -> None:
    page = visit(client, ready.chair).get(url("session"))

    assert page.status_code == 200
    assert "Die Jury tagt am Donnerstag, 26. März 2026, 09:30 Uhr (MEZ) ." in text(page)
    assert "Rangfolge nach" not in page.content.decode()
    assert client.get(url("session_state")).status_code == 404
    assert client.get(url("revise", ready.entries[0].label)).url == url("session")  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["session", "session_state", "record", "confirm"])
def test_pages_exist_for_jurors_of_the_round_only(scene: Scene, client: Client, name: str) -> None:
    visit(client, scene.office)

    assert client.get(url(name)).status_code == 404
    assert client.post(url(name)).status_code == 404
    visit(client, scene.chair)
    assert client.get(url(name, slug="nichts")).status_code in {404, 405}


# The ranking -----------------------------------------------------------------------------------------
def test_session_shows_ranking_and_firmness(scene: Scene, client: Client) -> None:
    page = visit(client, scene.user(2)).get(url("session"))

    said = text(page)
    assert "5 von 5 Mitgliedern anwesend · 15 gültige Bewertungen zu 3 Einreichungen" in said
    assert "1 Projekt 1 IKZ-2026-0001" in said
    assert "8,20 5 8,00 – 9,00 1,00 8,00 8,20" in said
    assert "2 Projekt 2 IKZ-2026-0002" in said
    assert "8,00 5 6,00 – 9,00 3,00 9,00 8,00" in said
    assert "knapp Ließe man die Punkte von B (Staedtetag) oder C (Landkreistag) weg, läge „Projekt 2“ vorn." in said
    assert "Ohne eines der anderen Mitglieder bliebe „Projekt 1“ auf dem ersten Platz." in said
    assert "Ersten und zweiten Platz trennen 0,20 Punkte." in said
    assert page.content.decode().count("<circle") == 2 * 15


def test_session_tells_what_parts_equals(open_round: Round, scoring: Clock, client: Client) -> None:
    scene = rooms.scored(open_round, scoring, [[None] * 5] * 4)
    sheets: list[dict[str, int | None]] = [
        {"gewinn": 6, "innovation": 6, "zukunft": 6},
        {"gewinn": 7, "innovation": 5, "zukunft": 6},
        {"gewinn": 4, "innovation": 4, "zukunft": 4},
        {"gewinn": 4, "innovation": 4, "zukunft": 4},
    ]
    for entry, given in zip(scene.entries, sheets, strict=True):
        for juror in scene.panel:
            factories.sheet(juror, entry, given)
    scene.open()

    said = text(visit(client, scene.chair).get(url("session")))

    assert said.count("punktgleich, Gewinn entscheidet") == 2
    assert said.count("punktgleich, Abstimmung entscheidet") == 2
    assert said.index("Projekt 2 IKZ-2026-0002") < said.index("Projekt 1 IKZ-2026-0001")
    assert "Der zweite Platz hat dasselbe Mittel." in said
    assert re.findall(r"(\d) Projekt (\d) IKZ", said)[:4] == [("1", "2"), ("2", "1"), ("3", "3"), ("3", "4")]


def test_session_with_a_shared_first_place_says_that_a_vote_decides(
    open_round: Round, scoring: Clock, client: Client
) -> None:
    scene = rooms.scored(open_round, scoring, [[7] * 5, [7] * 5])
    scene.open()

    said = text(visit(client, scene.chair).get(url("session")))

    assert "Der erste Platz ist geteilt." in said
    assert "geteilt „Projekt 1“ und „Projekt 2“ sind in allem gleich" in said
    assert "Der erste Platz ist geteilt; diese Abstimmung entscheidet." in said
    assert scene.record(scene.entries[1], votes_for=3, votes_against=2).winner == scene.entries[1]


def test_session_with_one_entry(open_round: Round, scoring: Clock, client: Client) -> None:
    scene = rooms.scored(open_round, scoring, [[7] * 5])
    scene.open()

    said = text(visit(client, scene.chair).get(url("session")))

    assert "5 gültige Bewertungen zu 1 Einreichung ·" in said
    assert "Eine zweite bewertete Einreichung gibt es nicht." in said


@pytest.mark.parametrize("count", [3, 20])
def test_session_number_of_queries_is_constant(
    open_round: Round, scoring: Clock, client: Client, count: int, django_assert_num_queries: Any
) -> None:
    scene = rooms.scored(open_round, scoring, [[7, 6, 5, 4, 3]] * count)
    scene.open()
    scene.record(scene.entries[0])
    visit(client, scene.chair)
    client.get(url("session"))

    with django_assert_num_queries(QUERIES):
        page = client.get(url("session"))
        poll(client, page, writing=True)


# Blindness -------------------------------------------------------------------------------------------
def test_recused_juror_finds_no_trace_of_the_entry(scene: Scene, client: Client) -> None:
    hidden = scene.entries[0]
    factories.recuse(scene.panel[3], hidden)
    Submission.objects.filter(pk=hidden.pk).update(submitted_title="Deichwacht Lippe")
    decision = scene.record(hidden, votes_for=4)
    visit(client, scene.user(3))

    pages = [client.get(url(name)) for name in ("session", "session_state")]
    pages += [client.get(url("revise", hidden.label)), client.post(url("revise", hidden.label), {"reason": "x"})]
    pages += [client.post(url("record"), answers(hidden)), client.post(url("confirm"), {"revision": 1})]

    assert [page.status_code for page in pages] == [200, 200, 404, 404, 403, 403]
    for page in pages:
        assert hidden.label not in page.content.decode()
        assert "Deichwacht" not in page.content.decode()
    said = text(pages[0])
    assert "10 gültige Bewertungen zu 2 Einreichungen" in said
    assert "1 Projekt 2 IKZ-2026-0002" in said
    assert "Bei einer Einreichung dieser Kategorie sind Sie befangen." in said
    assert "Das Ergebnis erfahren Sie mit der Preisverleihung am 15. April 2026" in said
    assert decision.reasons not in said
    assert "Niederschrift" not in said
    decision.refresh_from_db()
    assert decision.revision == 1


def test_recused_juror_sees_no_decision_after_the_lock(scene: Scene, client: Client) -> None:
    factories.recuse(scene.panel[3], scene.entries[2])
    decision = scene.record(scene.entries[0], votes_for=4)
    deciding.confirm_as_chair(decision, by=scene.chair, revision=1)
    deciding.confirm_as_office(decision, by=scene.office, revision=1)

    said = text(visit(client, scene.user(3)).get(url("session")))

    assert "Weil Sie in dieser Kategorie befangen sind" in said
    assert decision.reasons not in said
    said = text(visit(client, scene.user(2)).get(url("session")))
    assert decision.reasons in said
    assert "Beschlossen und gesperrt" in said


def test_undeclared_entry_hides_the_ranking(scene: Scene, client: Client) -> None:
    Clearance.objects.filter(juror=scene.panel[0], submission=scene.entries[2]).delete()
    visit(client, scene.chair)

    page = client.get(url("session"))

    said = text(page)
    assert "Bevor Sie die Sitzung sehen: Erklärung zu einer Einreichung" in said
    assert reverse("jury:recusal", args=[scene.entries[2].label]) in page.content.decode()
    assert "8,20" not in said
    assert "Beschluss" not in said
    assert client.post(url("record"), answers(scene.entries[0])).status_code == 403
    assert client.get(url("revise", scene.entries[2].label)).status_code == 302


def test_void_and_draft_sheets_are_shown_to_nobody(scene: Scene, client: Client) -> None:
    Assessment.objects.filter(submission=scene.entries[0], seat__position=1).update(status="void")
    Assessment.objects.filter(submission=scene.entries[0], seat__position=2).update(status="draft")

    said = text(visit(client, scene.user(4)).get(url("session")))

    assert "13 gültige Bewertungen" in said
    assert "Projekt 1 IKZ-2026-0001 keine Bewertung keine Bewertung 8,00 8,00 9,00" in said


def test_others_get_no_form(scene: Scene, client: Client) -> None:
    page = visit(client, scene.user(1)).get(url("session"))

    assert b"<form" not in page.content
    assert f"Das übernimmt {scene.panel[0].name}" in text(page)
    assert client.post(url("record"), answers(scene.entries[0])).status_code == 403
    assert not Decision.objects.exists()


# Refreshing ------------------------------------------------------------------------------------------
def test_state_is_nothing_new_until_something_changes(scene: Scene, client: Client) -> None:
    visit(client, scene.user(4))
    page = client.get(url("session"))
    assert poll(client, page).status_code == 204

    revise(scene, by=2, given=10)
    answer = poll(client, page)

    assert (answer.status_code, answer["HX-Reswap"]) == (200, "outerHTML")
    assert b"<html" not in answer.content
    assert "8,60" in text(answer)
    assert 'id="beschluss" data-hx-swap-oob' in answer.content.decode()
    assert poll(client, answer).status_code == 204


@pytest.mark.parametrize("change", ["withdrawn", "excluded", "admitted", "attendance", "recorded", "locked", "recused"])
def test_state_notices(scene: Scene, client: Client, change: str) -> None:
    visit(client, scene.user(4))
    if change == "admitted":
        Submission.objects.filter(pk=scene.entries[2].pk).update(formal_check="open")
    page = client.get(url("session"))

    if change == "withdrawn":
        Submission.objects.filter(pk=scene.entries[1].pk).update(status="withdrawn")
    elif change == "excluded":
        Submission.objects.filter(pk=scene.entries[1].pk).update(formal_check="excluded")
    elif change == "admitted":
        Submission.objects.filter(pk=scene.entries[2].pk).update(formal_check="admitted")
    elif change == "attendance":
        sessions.set_attendance(Session.objects.get(), by=scene.office, present=scene.panel[:2])
    elif change == "recorded":
        scene.record(scene.entries[0])
    elif change == "locked":
        scene.decide(scene.entries[0])
    else:
        factories.recuse(scene.panel[4], scene.entries[1])

    assert poll(client, page).status_code == 200


def test_state_leaves_the_form_alone(scene: Scene, client: Client) -> None:
    visit(client, scene.chair)
    page = client.get(url("session"))

    revise(scene, by=2, given=10)
    answer = poll(client, page, writing=True)

    said = answer.content.decode()
    assert "Es gibt Neues" in said
    assert 'id="beschluss"' not in said
    assert "<form" not in said
    assert poll(client, answer, writing=True).status_code == 204


def test_state_tells_who_comes_to_preside(scene: Scene, client: Client) -> None:
    visit(client, scene.user(1))
    page = client.get(url("session"))

    factories.recuse(scene.panel[0], scene.entries[2])
    Session.objects.update(revision=9)
    answer = poll(client, page)

    assert "Es gibt Neues" in text(answer)
    assert b"<form" not in answer.content
    assert b"<form" in client.get(url("session")).content


def test_locked_page_asks_no_more(scene: Scene, client: Client) -> None:
    scene.decide(scene.entries[0])

    page = visit(client, scene.chair).get(url("session"))

    assert b"data-hx-get" not in page.content
    assert b"<form" not in page.content
    assert reverse("jury:minutes", args=["krisen"]).encode() in page.content


# Deciding --------------------------------------------------------------------------------------------
def test_record_and_confirm_by_the_page(scene: Scene, client: Client) -> None:
    visit(client, scene.chair)

    answer = client.post(url("record"), answers(scene.entries[1], votes_for="4", votes_abstained="1"), follow=True)

    assert "Der Beschluss ist festgehalten." in text(answer)
    assert "Projekt 2 IKZ-2026-0002 Abstimmung 4 Ja, 0 Nein, 1 Enthaltung Gründe Die Alarmkette trägt." in text(answer)
    decision = Decision.objects.get()
    answer = client.post(url("confirm"), {"revision": decision.revision}, follow=True)
    assert "Gesperrt ist er, sobald auch die Geschäftsstelle bestätigt hat." in text(answer)
    assert f"bestätigt von {scene.panel[0].name}" in text(answer)


def test_record_keeps_what_was_written_when_something_is_missing(scene: Scene, client: Client) -> None:
    visit(client, scene.chair)

    answer = client.post(
        url("record"), answers(scene.entries[0], votes_for="viele", laudatio="", reasons="Lange überlegt")
    )

    said = text(answer)
    assert answer.status_code == 422
    assert "Ja: Bitte als Zahl angeben." in said
    assert "Wählen Sie, wer die Laudatio schreibt." in said
    assert "Lange überlegt" in said
    assert 'value="viele"' in answer.content.decode()
    assert not Decision.objects.exists()


@pytest.mark.parametrize("values", [{"winner": "IKZ-2026-9999"}, {"winner": ""}, {"winner": "andere"}, {"seen": "x"}])
def test_record_of_what_the_form_does_not_offer(scene: Scene, client: Client, values: dict[str, str]) -> None:
    visit(client, scene.chair)

    assert client.post(url("record"), answers(scene.entries[0]) | values).status_code == 422
    assert not Decision.objects.exists()


def test_record_refused_keeps_what_was_written(scene: Scene, client: Client) -> None:
    visit(client, scene.chair)

    answer = client.post(url("record"), answers(scene.entries[0], votes_for="6"))

    assert answer.status_code == 409
    assert "Stimmberechtigte: 5" in text(answer)
    assert "Die Alarmkette trägt." in text(answer)


def test_record_from_a_stale_page_says_so_and_keeps_the_text(scene: Scene, client: Client) -> None:
    scene.record(scene.entries[0])
    visit(client, scene.chair)

    answer = client.post(url("record"), answers(scene.entries[1], reasons="Mein neuer Text"))

    assert answer.status_code == 409
    assert "Der Beschluss ist inzwischen ein anderer" in text(answer)
    assert "Mein neuer Text" in text(answer)


def test_record_offers_the_first_three_and_a_list(open_round: Round, scoring: Clock, client: Client) -> None:
    scene = rooms.scored(open_round, scoring, [[9 - n] * 5 for n in range(8)])
    scene.open()
    visit(client, scene.chair)

    page = client.get(url("session")).content.decode()
    assert page.count('name="winner"') == 5
    assert page.count("<option") == (5 + 1) + (5 + 1)
    client.post(url("record"), answers(scene.entries[0]) | {"winner": "andere", "other": scene.entries[6].label})

    assert Decision.objects.get().winner == scene.entries[6]
    page = client.get(url("session")).content.decode()
    assert f'<option value="{scene.entries[6].label}" selected>' in page


def test_confirm_what_changed_is_refused_on_the_page(scene: Scene, client: Client) -> None:
    scene.record(scene.entries[0])
    scene.record(scene.entries[1], seen=1)

    answer = visit(client, scene.chair).post(url("confirm"), {"revision": 1})

    assert answer.status_code == 409
    assert "inzwischen geändert" in text(answer)
    assert Decision.objects.get().chair is None


def test_recusal_after_the_vote_is_told(scene: Scene, client: Client, at: Callable[[datetime], None]) -> None:
    factories.recuse(scene.panel[3], scene.entries[1])
    scene.record(scene.entries[0], votes_for=4)
    assert "Seitdem" not in text(visit(client, scene.chair).get(url("session")))
    at(clock.now() + timedelta(minutes=5))
    factories.recuse(scene.panel[4], scene.entries[1])

    said = text(visit(client, scene.chair).get(url("session")))

    assert "Seitdem hat sich ein Mitglied in dieser Kategorie für befangen erklärt." in said


def test_confirmation_of_a_chair_who_became_recused_is_told(scene: Scene, client: Client) -> None:
    decision = scene.record(scene.entries[0])
    deciding.confirm_as_chair(decision, by=scene.chair, revision=1)
    factories.recuse(scene.panel[0], scene.entries[1])

    page = visit(client, scene.user(1)).get(url("session"))

    assert "inzwischen leitet" in text(page)
    assert "Beschluss als Vorsitz bestätigen" in text(page)


# Revising --------------------------------------------------------------------------------------------
def sheet(points: int | str, **values: str) -> dict[str, str]:
    given = {f"punkte_{key}": str(points) for key in ("gewinn", "innovation", "zukunft")}
    return given | {"revision": "0", "gesamt": "", "reason": "Nachfrage beantwortet"} | values


def test_revise_by_the_page(scene: Scene, client: Client) -> None:
    visit(client, scene.user(2))
    address = url("revise", scene.entries[0].label)
    page = client.get(address).content.decode()
    assert page.count(" checked") == 3
    assert "Bewertung ändern" in page

    answer = client.post(address, sheet(2), follow=True)

    assert "ist gespeichert und zählt" in text(answer)
    assert "7,00" in text(answer)
    assert JuryEvent.objects.get(verb="revised").detail["reason"] == "Nachfrage beantwortet"


def test_revise_offers_to_hand_in_late(scene: Scene, client: Client) -> None:
    Assessment.objects.filter(submission=scene.entries[0], seat=scene.panel[2].seat).delete()

    page = visit(client, scene.user(2)).get(url("revise", scene.entries[0].label)).content.decode()

    assert "Bewertung nachreichen" in page
    assert " checked" not in page


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (sheet(8, reason=" "), "Nennen Sie den Grund der Änderung."),
        (sheet(11), "Vergeben Sie ganze Punkte von 0 bis 10."),
        (sheet(""), "Vergeben Sie Punkte."),
        (sheet("7,5"), "Vergeben Sie ganze Punkte von 0 bis 10."),
    ],
)
def test_revise_with_bad_input_changes_nothing(
    scene: Scene, client: Client, sent: dict[str, str], message: str
) -> None:
    visit(client, scene.user(2))
    before = rows()

    answer = client.post(url("revise", scene.entries[0].label), sent)

    assert answer.status_code == 422
    assert message in text(answer)
    assert rows() == before


def test_revise_from_a_stale_page_keeps_what_was_written(scene: Scene, client: Client) -> None:
    revise(scene, by=2, given=4)
    visit(client, scene.user(2))

    answer = client.post(url("revise", scene.entries[0].label), sheet(9, gesamt="Mein Eindruck"))

    assert answer.status_code == 409
    assert "anderen Fenster" in text(answer)
    assert "Mein Eindruck" in text(answer)


def test_revise_of_another_category_is_not_found(scene: Scene, client: Client) -> None:
    visit(client, scene.chair)

    assert client.get(url("revise", scene.entries[0].label, slug="umwelt")).status_code == 404
    assert client.get(url("revise", "IKZ-2026-4711")).status_code == 404


def test_revise_after_the_lock_leads_back(scene: Scene, client: Client) -> None:
    scene.decide(scene.entries[0])

    answer = visit(client, scene.chair).post(url("revise", scene.entries[0].label), sheet(1))

    assert answer.status_code == 302
    assert not JuryEvent.objects.filter(verb="revised").exists()


def test_page_of_somebody_whose_time_ended_is_gone(scene: Scene, client: Client) -> None:
    visit(client, scene.user(2))
    Juror.objects.filter(pk=scene.panel[2].pk).update(until=clock.now())

    assert client.get(url("session")).status_code == 404
    assert client.get(url("session_state")).status_code == 404
