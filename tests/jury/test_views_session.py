"""The Session page: what it shows to whom, how it refreshes, and the forms on it."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from submissions.models import Round
from tests.jury import rooms

Clock = Callable[[], None]


def url(name: str, *arguments: str) -> str:
    return reverse(f"jury:{name}", args=["krisen", *arguments])


def test_session_shows_ranking(open_round: Round, scoring: Clock, client: Client) -> None:
    stage = rooms.scored(open_round, scoring, [[8, 8, 8, 8, 9], [9, 7, 6, 9, 9], [5, 5, 5, 5, 5]])
    stage.open()
    client.force_login(stage.chair)

    page = client.get(url("session"))

    assert page.status_code == 200
