"""The bar that tells on every public page where the round stands, and how long pages with it hold."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from landespreis import clock
from portal import caching, keeping, phases
from portal.actions import newsletters
from portal.course import instants
from portal.models import Edition
from submissions.models import Round
from tests.accounts.factories import StaffFactory
from tests.conftest import SECOND
from tests.portal import factories

At = Callable[[datetime], None]
PAGES = (
    "/landespreis/", "/projekte/", "/projekte/karte/", "/projekte/akte/", "/projekte/daten/", "/aktuelles/",
    "/aktuelles/neues/", "/termine/", "/termine/treffen/", "/newsletter/", "/newsletter/i-2026/", "/faq/",
    "/downloads/", "/impressum/", "/suche/",
)  # fmt: skip
OPEN = "bis Montag, 9. Februar 2026, 24:00 Uhr (MEZ)"


@pytest.fixture
def filled(open_round: Round) -> None:
    factories.page()
    factories.ProjectFactory(slug="akte")
    factories.NewsFactory(slug="neues")
    factories.EventFactory(slug="treffen")
    issue = factories.issue()
    newsletters.release(issue, by=StaffFactory())


def bar(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    _, found, rest = response.content.decode().partition('<aside class="lp-phase')
    return rest.partition("</aside>")[0] if found else ""


@pytest.mark.parametrize("path", PAGES)
def test_page_tells_where_the_round_stands_and_renews_it(
    client: Client, filled: None, round: Round, at: At, path: str
) -> None:
    assert "Einreichung offen" in bar(client, path)
    assert OPEN in bar(client, path)

    at(round.closes_at)
    assert "Preisträger werden bekannt am Mittwoch, 15. April 2026, 12:00 Uhr (MESZ)" in bar(client, path)
    Round.objects.update(decided_at=clock.now())
    assert "Die Jury hat entschieden" in bar(client, path)


def test_home_tells_it_without_a_bar(client: Client, filled: None) -> None:
    assert bar(client, "/") == ""
    assert OPEN in client.get("/").content.decode()


@pytest.mark.parametrize("path", ["/faq/", "/projekte/"])
def test_bar_is_left_out_without_a_round(client: Client, db: None, path: str) -> None:
    assert bar(client, path) == ""


def test_bar_says_no_time_that_changes_with_the_minute(client: Client, filled: None) -> None:
    assert "noch" not in bar(client, "/faq/")
    assert "noch 20 Tage" in bar(client, "/landespreis/")


def test_page_holds_until_the_standing_changes(round: Round) -> None:
    until, moments = phases.lasts(), []
    now: datetime | None = round.opens_at - SECOND
    Round.objects.update(decided_at=round.closes_at + timedelta(days=30))
    while now:
        now = until(now, Edition.objects.every())
        moments.append(now)

    assert moments == [*sorted(instants(Round.objects.get())), None]


def test_page_holds_no_longer_than_it_says_itself(open_round: Round) -> None:
    until = phases.lasts(caching.next_minute)

    assert until(clock.now(), {}) == caching.next_minute(clock.now())


@pytest.mark.parametrize("path", ["/projekte/", "/projekte/akte/", "/aktuelles/", "/termine/treffen/"])
def test_bar_costs_one_question_at_most_and_none_once_it_is_known(client: Client, filled: None, path: str) -> None:
    asked = []
    for _ in range(2):
        keeping.own.clear()
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        asked.append(sum('FROM "submissions_round"' in query["sql"] for query in queries))

    assert asked == [1, 0]
