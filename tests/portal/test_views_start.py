"""Home, the award, and the pages that still wait."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from landespreis import clock
from submissions.models import Round
from tests.portal import factories

At = Callable[[datetime], None]


def html(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("path", ["/", "/landespreis/"])
def test_page_works_without_a_round(client: Client, db: None, path: str) -> None:
    page = html(client, path)

    assert page.count("<h1") == 1
    assert "Beitrag einreichen</span>" not in page


def test_home_offers_to_file_an_entry_while_the_round_is_open(client: Client, open_round: Round) -> None:
    page = html(client, "/")

    assert '<span class="kern-label">Beitrag einreichen</span>' in page
    assert "bis Montag, 9. Februar 2026, 24:00 Uhr (MEZ)" in page
    assert "noch 20 Tage" in page
    assert "Sechs Kategorien, je 10.000&nbsp;Euro" in page


@pytest.mark.parametrize(
    ("away", "said"),
    [
        (timedelta(seconds=-1), "ab Montag, 1. Dezember 2025, 00:00 Uhr (MEZ)"),
        (timedelta(days=71), "Einreichung beendet"),
    ],
)
def test_home_offers_nothing_outside_the_window(
    client: Client, round: Round, at: At, away: timedelta, said: str
) -> None:
    at(round.opens_at + away)

    page = html(client, "/")

    assert '<span class="kern-label">Beitrag einreichen</span>' not in page
    assert said in page


def test_award_lists_categories_criteria_and_prize(client: Client, open_round: Round) -> None:
    page = html(client, "/landespreis/")

    assert all(category.name.replace("&", "&amp;") in page for category in open_round.categories.all())
    assert all(criterion.title in page for criterion in open_round.criteria.all())
    assert "Alle Kriterien zählen gleich viel." in page
    assert "Preis von 10.000&nbsp;Euro" in page


def test_award_prints_weights_when_they_differ(client: Client, open_round: Round) -> None:
    open_round.criteria.filter(position=1).update(weight=2)

    page = html(client, "/landespreis/")

    assert "zählt 50 %" in page
    assert "gleich viel" not in page


@pytest.mark.parametrize(("path", "most"), [("/", 4), ("/landespreis/", 4)])
@pytest.mark.parametrize("amount", [1, 3])
def test_page_asks_the_database_a_fixed_number_of_times(
    client: Client,
    open_round: Round,
    path: str,
    most: int,
    amount: int,
    django_assert_num_queries: Callable[..., object],
) -> None:
    factories.NewsFactory.create_batch(amount, picture=factories.picture())

    with django_assert_num_queries(most):  # type: ignore[attr-defined]
        client.get(path)


def test_home_shows_the_three_newest_items(client: Client, open_round: Round) -> None:
    for hours in range(1, 5):
        factories.NewsFactory(title=f"Vor {hours} Stunden", published_at=clock.now() - timedelta(hours=hours))

    page = html(client, "/")

    assert [f"Vor {hours} Stunden" in page for hours in range(1, 5)] == [True, True, True, False]
    assert '<link rel="canonical" href="http://localhost:8000/">' in page


def test_unknown_page_is_not_found(client: Client, db: None) -> None:
    assert client.get("/erfunden/").status_code == 404
