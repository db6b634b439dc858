"""A round in preparation leaks nowhere: every page of everybody but the office is the same with and without one."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from jury.actions import reminders as jury_reminders
from jury.models import Seat
from portal import provenance
from portal.models import Project
from submissions.actions import reminders
from submissions.models import Round
from tests.accounts.conftest import show_factor
from tests.conftest import MIDWAY
from tests.jury import factories as jury
from tests.submissions import factories, preparing
from tests.submissions.preparing import NAMED
from tests.test_access import OURS, Place, address

At = Callable[[datetime], None]
DAY = timedelta(days=1)
NEVER_TWICE = re.compile(rb'name="(csrfmiddlewaretoken|sitting|schluessel|begun|key)" value="[^"]*"')
"""What a page makes anew each time."""
LEFT_OUT = {"healthz", "readyz", "accounts:export"}
"""Speak of the machine, or of how often they were asked for."""


def bodies(client: Client, urls: Iterable[str]) -> dict[str, tuple[int, bytes]]:
    """Return what each address answers, made anew."""
    answers = {}
    for url in urls:
        cache.clear()
        response = client.get(url)
        body: Any = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[arg-type]
        answers[url] = response.status_code, NEVER_TWICE.sub(b"", body)
    return answers


def prepare(round: Round) -> Round:
    """Prepare a round that would be open now and the newest, were it announced."""
    call_command("load_seats", verbosity=0)
    return preparing.copied(
        round,
        opens_at=MIDWAY - DAY,
        closes_at=MIDWAY + 9 * DAY,
        scoring_opens_at=MIDWAY + 10 * DAY,
        ceremony_on=(MIDWAY + 60 * DAY).date(),
        embargo_until=MIDWAY + 60 * DAY,
    )


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("role", ["anonymous", "member", "owner", "editorial"])
def test_every_page_is_the_same_with_a_round_in_preparation(open_round: Round, role: str, dated: bool) -> None:
    call_command("load_roles", verbosity=0)
    call_command("load_seats", verbosity=0)
    place = Place(open_round)
    client = place.client(role)
    urls = [address(name, place.arguments) for name in sorted(OURS) if name not in LEFT_OUT]
    before = bodies(client, urls)

    new = prepare(open_round)
    if not dated:
        Round.objects.filter(pk=new.pk).update(opens_at=None, closes_at=None, ceremony_on=None, embargo_until=None)
    after = bodies(client, urls)

    assert [url for url in urls if before[url] != after[url]] == []
    assert not any(NAMED["name"].encode() in body for _, body in after.values())


def test_announced_it_would_show(open_round: Round) -> None:
    new = prepare(open_round)
    paths = ["/", "/landespreis/"]
    before = bodies(Client(), paths)

    Round.objects.filter(pk=new.pk).update(announced_at=MIDWAY)

    assert all(NAMED["name"].encode() in body for _, body in bodies(Client(), paths).values())
    assert all(NAMED["name"].encode() not in body for _, body in before.values())


def test_jury_sees_the_same(open_round: Round, at: At) -> None:
    jurors = jury.panel(open_round)
    jury.admitted(open_round)
    at(MIDWAY.replace(month=3))
    client = Client()
    show_factor(client, jurors[0].user)
    urls = ["/jury/", "/jury/kategorien/krisen/"]
    before = bodies(client, urls)

    new = preparing.copied(open_round, opens_at=MIDWAY.replace(month=3) - DAY)

    assert bodies(client, urls) == before
    assert [status for status, _ in before.values()] == [200, 200]
    assert Seat.objects.filter(round=new).exists()


def test_provenance_of_earlier_projects_does_not_know_it(open_round: Round) -> None:
    preparing.copied(open_round)
    project = Project(origin=Project.Origin.AWARD, edition="1. Landespreis 2021/22", prize_year=2022)

    assert provenance.problems(project, MIDWAY) == {}


def test_nobody_is_reminded_of_it(open_round: Round, at: At) -> None:
    prepare(open_round)
    factories.draft(open_round)

    at(MIDWAY + 3 * DAY)

    assert (reminders.remind_all(), jury_reminders.remind_all()) == (0, 0)
