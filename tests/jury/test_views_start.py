"""The start page and the category: what is done, what comes next, in every state; and nothing of recused entries."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jury.models import Juror
from landespreis import clock
from submissions.models import Category, Round, Submission
from tests.accounts.conftest import show_factor
from tests.accounts.factories import UserFactory
from tests.conftest import MIDWAY
from tests.jury import factories

Scoring = Callable[[], None]
Clock = Callable[[datetime], None]
KRISEN, UMWELT = "/jury/kategorien/krisen/", "/jury/kategorien/umwelt/"


@pytest.fixture
def entries(open_round: Round, panel: list[Juror], scoring: Scoring) -> list[Submission]:
    """Three entries of «krisen» and one of «umwelt», in the time of scoring."""
    made = [factories.admitted(open_round, key) for key in ("krisen", "umwelt", "krisen", "krisen")]
    scoring()
    return made


@pytest.fixture
def juror(panel: list[Juror]) -> Juror:
    return panel[1]


@pytest.fixture
def desk(client: Client, juror: Juror, entries: list[Submission]) -> Client:
    show_factor(client, juror.user)
    return client


def page(response: Any) -> str:
    return " ".join(response.content.decode().split())


def main(desk: Client, path: str = "/jury/") -> str:
    return page(desk.get(path)).split("<main")[1].split("</main>")[0]


def test_index_before_scoring_shows_no_entry(client: Client, open_round: Round, panel: list[Juror], at: Clock) -> None:
    entry = factories.admitted(open_round)
    factories.recuse(panel[0], entry)
    assert open_round.scoring_opens_at
    at(open_round.scoring_opens_at - timedelta(seconds=1))
    show_factor(client, panel[0].user)

    shown, category = main(client), main(client, KRISEN)

    assert "Die Bewertung hat noch nicht begonnen" in shown
    assert "Freitag, 20. Februar 2026, 09:00 Uhr (MEZ)" in shown
    assert "IKZ-2026" not in shown + category
    assert "befangen" not in shown + category


def test_index_without_a_date_says_that_it_is_not_known(client: Client, open_round: Round, panel: list[Juror]) -> None:
    Round.objects.update(scoring_opens_at=None, scoring_closes_at=None, session_at=None)
    show_factor(client, panel[0].user)

    shown = main(client)

    assert "Wann sie beginnt, steht noch nicht fest." in shown
    assert "<dt>" not in shown


def test_index_with_nothing_admitted_says_so(
    client: Client, open_round: Round, panel: list[Juror], scoring: Scoring
) -> None:
    scoring()
    show_factor(client, panel[0].user)

    assert "Noch ist keine Einreichung zur Bewertung zugelassen." in main(client)


def test_index_counts_and_names_deadline_and_rest(desk: Client, juror: Juror, entries: list[Submission]) -> None:
    factories.sheet(juror, entries[0], 5)
    factories.sheet(juror, entries[2], {"gewinn": 5}, "draft")
    factories.recuse(juror, entries[3])

    shown = main(desk)

    assert "1 von 3 Bewertungen abgeschlossen" in shown
    assert "1 von 2 abgeschlossen · 1 Entwurf · 1 befangen" in shown
    assert "0 von 1 abgeschlossen · 1 offen" in shown
    assert "keine zugelassene Einreichung" in shown
    assert "Freitag, 13. März 2026, 12:00 Uhr (MEZ)" in shown
    assert "18 Tage" in shown
    assert "Donnerstag, 26. März 2026, 09:30 Uhr (MEZ)" in shown
    assert '<rect class="lp-bar__draft" x="33.33" y="0" width="33.33" height="8"/>' in shown
    assert "Entwurf, 1 von 3 Kriterien" in shown


@pytest.mark.parametrize(
    ("drafts", "cleared", "label", "button"),
    [
        ([3], [], "IKZ-2026-0004", "Entwurf fortsetzen"),
        ([1, 3], [], "IKZ-2026-0002", "Entwurf fortsetzen"),
        ([], [], "IKZ-2026-0002", "Erklärung abgeben und lesen"),
        ([], [1], "IKZ-2026-0002", "Lesen und bewerten"),
    ],
)
def test_index_leads_to_the_first_draft_else_to_the_first_open(
    desk: Client,
    juror: Juror,
    entries: list[Submission],
    drafts: list[int],
    cleared: list[int],
    label: str,
    button: str,
) -> None:
    """«umwelt» stands before «krisen», so its entry 2 is the first."""
    for place in drafts:
        factories.sheet(juror, entries[place], {}, "draft")
    factories.clear(juror, *(entries[place] for place in cleared))

    shown = main(desk).split("lp-state__next")[1]

    assert shown.split("</p>")[0].endswith(f"{label} · PegelVerbund Hellweg")
    assert f'href="/jury/einreichungen/{label}/"><span class="kern-label">{button}</span>' in shown


def test_index_when_all_is_done_has_no_next(desk: Client, juror: Juror, entries: list[Submission]) -> None:
    for entry in entries:
        factories.sheet(juror, entry, 5)

    shown = main(desk)

    assert "Alle 4 Bewertungen sind abgeschlossen" in shown
    assert "lp-state__next" not in shown


def test_index_with_an_open_session_leads_there(desk: Client, entries: list[Submission]) -> None:
    assert entries[0].submitted_category
    factories.open_session(entries[0].submitted_category)

    shown = main(desk)

    assert 'Die Sitzung „<a href="/jury/sitzung/krisen/">Krisenbewältigung</a>“ ist eröffnet.' in shown
    assert "Sitzung eröffnet" in shown
    assert "IKZ-2026-0002 · PegelVerbund Hellweg" in shown


def test_index_when_all_is_decided_says_so(desk: Client, juror: Juror, entries: list[Submission]) -> None:
    for category in Category.objects.filter(key__in=["krisen", "umwelt"]):
        factories.open_session(category)
    Category.objects.update(decided_at=clock.now())

    shown = main(desk)

    assert "Alle Kategorien sind entschieden" in shown
    assert "15. April 2026" in shown
    assert "lp-state__next" not in shown


def test_index_after_the_deadline_still_leads_on(
    client: Client, juror: Juror, entries: list[Submission], at: Clock
) -> None:
    closes = entries[0].round.scoring_closes_at
    assert closes
    at(closes)
    show_factor(client, juror.user)

    shown = main(client)

    assert "abgelaufen" in shown
    assert "lp-state__next" in shown


def test_index_counts_a_predecessors_final_sheet_and_asks_the_successor_to_declare(
    client: Client, juror: Juror, entries: list[Submission]
) -> None:
    for entry in entries:
        factories.sheet(juror, entry, 5)
    Juror.objects.filter(pk=juror.pk).update(until=clock.now())
    show_factor(client, factories.juror(juror.seat).user)

    shown = main(client)

    assert "Alle 4 Bewertungen sind abgeschlossen" in shown
    assert "Erklärung abgeben und lesen" in shown
    assert "abgeschlossen, Erklärung zur Befangenheit nötig" in shown


@pytest.mark.parametrize("path", ["/jury/", KRISEN])
def test_recused_entry_is_a_number_only(desk: Client, juror: Juror, entries: list[Submission], path: str) -> None:
    Submission.objects.filter(pk=entries[0].pk).update(submitted_title="Nur für andere")
    factories.sheet(juror, entries[2], {}, "draft")
    factories.recuse(juror, entries[0])

    shown = page(desk.get(path))

    assert ("IKZ-2026-0001" in shown, "Nur für andere" in shown, "1 befangen" in shown) == (False, False, True)
    assert "IKZ-2026-0003" in shown


def test_category_lists_every_entry_with_its_state(desk: Client, juror: Juror, entries: list[Submission]) -> None:
    factories.sheet(juror, entries[0], 5)
    factories.sheet(juror, entries[2], {"gewinn": 1, "zukunft": 2}, "draft")

    rows = main(desk, KRISEN).split("<tbody>")[1].split("<tr>")[1:]

    states = [row.split("<span>")[1].split("</span>")[0] for row in rows]
    assert [row.split("</td>")[0].split(">")[1] for row in rows] == ["IKZ-2026-0001", "IKZ-2026-0003", "IKZ-2026-0004"]
    assert states == ["abgeschlossen", "Entwurf, 2 von 3 Kriterien", "offen, Erklärung zur Befangenheit nötig"]


def test_category_of_its_session_says_what_is_undeclared(desk: Client, juror: Juror, entries: list[Submission]) -> None:
    assert entries[0].submitted_category
    factories.open_session(entries[0].submitted_category)
    factories.clear(juror, entries[0])

    shown = main(desk, KRISEN)

    assert "Für zwei Einreichungen fehlt noch Ihre Erklärung zur Befangenheit." in shown
    assert 'href="/jury/sitzung/krisen/"' in shown


def test_category_where_all_are_recused_says_so(desk: Client, juror: Juror, entries: list[Submission]) -> None:
    factories.recuse(juror, entries[1])

    assert "Bei allen Einreichungen dieser Kategorie haben Sie sich für befangen erklärt." in main(desk, UMWELT)


def test_category_without_entries_says_so(desk: Client) -> None:
    assert "In dieser Kategorie ist keine Einreichung zugelassen." in main(desk, "/jury/kategorien/austausch/")


def test_category_that_does_not_exist_is_not_found(desk: Client) -> None:
    assert desk.get("/jury/kategorien/mond/").status_code == 404


def test_pages_lead_to_the_dossier(desk: Client) -> None:
    assert 'href="/jury/dossier/umwelt/"' in main(desk)
    assert 'href="/jury/dossier/krisen/"' in main(desk, KRISEN)


@pytest.mark.parametrize("path", ["/jury/", KRISEN])
def test_pages_are_for_seats_only(client: Client, desk: Client, path: str) -> None:
    stranger = Client()
    show_factor(stranger, UserFactory(totp=True))

    assert stranger.get(path).status_code == 404
    assert stranger.post(path).status_code == 404
    assert desk.post(path).status_code == 405


@pytest.mark.parametrize("path", ["/jury/", KRISEN])
def test_pages_before_the_notice_lead_to_it(client: Client, juror: Juror, entries: Any, path: str) -> None:
    Juror.objects.filter(pk=juror.pk).update(notice_accepted_at=None)
    show_factor(client, juror.user)

    assert client.get(path).headers["Location"] == "/jury/hinweise/"


@pytest.mark.parametrize("path", ["/jury/", KRISEN])
def test_pages_ask_the_same_number_of_queries_for_one_and_many(
    desk: Client, juror: Juror, entries: list[Submission], at: Clock, scoring: Scoring, path: str
) -> None:
    counted = []
    for more in (3, 9):
        at(MIDWAY)
        others = [factories.admitted(entries[0].round) for _ in range(more)]
        scoring()
        for place, other in enumerate(others):
            factories.sheet(juror, other, {"gewinn": 5}, "draft" if place % 2 else "final")
        factories.recuse(juror, others[0])
        desk.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(path).status_code == 200
        counted.append(len(queries))

    assert counted[0] == counted[1] <= 16
