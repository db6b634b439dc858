"""The distance to the database's clock: a host whose own clock is wrong decides by the right one all the same."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from post_office.models import STATUS, Email

from landespreis import clock, delivery, drift

SECOND = timedelta(seconds=1)
OFF = timedelta(seconds=90)


@pytest.fixture
def shared(settings: Any) -> Iterator[Any]:
    """Settings under which the hosts follow the database's clock, which nobody has asked yet."""
    settings.DATABASE_CLOCK = True
    drift.forget()
    yield settings
    drift.forget()


def database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute(drift.QUESTION)
        moment: datetime = cursor.fetchone()[0]
    return moment


@pytest.mark.parametrize(
    ("before", "low", "high", "found"),
    [
        (0, -1, 1, 0),
        (0, 0, 2, 0),
        (5, 5, 6, 5),
        (0, 89, 91, 90),
        (90, -2, 0, -1),
        (2, -1, 1, 0),
    ],
)
def test_believed_stays_while_it_may_be_true(before: int, low: int, high: int, found: int) -> None:
    assert drift.believed(before * SECOND, low * SECOND, high * SECOND) == found * SECOND


def test_ahead_is_nothing_where_the_database_has_no_clock(settings: Any) -> None:
    settings.DATABASE_CLOCK = False

    assert drift.ahead() == timedelta()
    assert drift.told() is None


@pytest.mark.postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("off", [2 * delivery.CLAIM, -2 * delivery.CLAIM])
def test_mail_is_claimed_by_the_databases_clock_on_a_host_whose_clock_is_wrong(
    shared: Any, monkeypatch: pytest.MonkeyPatch, off: timedelta
) -> None:
    real, claims = database_now(), []
    values = {"from_email": "a@b.example", "to": "c@d.example", "status": STATUS.queued}
    claimed, waiting = (
        Email.objects.create(scheduled_time=at, **values) for at in (real + delivery.CLAIM, real - SECOND)
    )

    class Server(BaseEmailBackend):
        def send_messages(self, messages: Any) -> int:
            claims.extend(Email.objects.filter(pk=waiting.pk).values_list("scheduled_time", flat=True))
            return 1

    monkeypatch.setattr(delivery, "get_connection", lambda name: Server())
    with time_machine.travel(real + off):
        due, sent = list(delivery.due()), delivery.send_owed()

    assert (due, sent) == ([waiting], 1)
    assert claimed.pk != waiting.pk
    assert [abs(claim - delivery.CLAIM - real) < 5 * SECOND for claim in claims] == [True]


@pytest.mark.postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("off", [OFF, -OFF])
def test_now_is_the_databases_on_a_host_whose_clock_is_wrong(shared: Any, off: timedelta) -> None:
    real = database_now()

    with time_machine.travel(real + off):
        shown, read = clock.now(), database_now()

    assert abs(shown - read) < SECOND


@pytest.mark.postgresql
@pytest.mark.django_db
def test_now_asks_the_database_once_in_a_while(shared: Any) -> None:
    database_now()

    with CaptureQueriesContext(connection) as asked:
        for _ in range(20):
            clock.now()

    assert [query["sql"] for query in asked] == [drift.QUESTION]


@pytest.mark.postgresql
@pytest.mark.django_db
def test_now_follows_when_somebody_sets_the_hosts_clock(shared: Any) -> None:
    real = database_now()
    clock.now()

    with time_machine.travel(real + OFF):
        shown, read = clock.now(), database_now()

    assert abs(shown - read) < SECOND


@pytest.mark.postgresql
@pytest.mark.django_db
def test_now_keeps_the_last_distance_in_a_lost_transaction(shared: Any) -> None:
    database_now()
    shared.CLOCK_SKEW = -OFF
    before = clock.now()
    drift._reading = drift._reading._replace(until=0)  # type: ignore[union-attr]  # long ago

    with transaction.atomic():
        transaction.set_rollback(True)
        after = clock.now()
        transaction.set_rollback(False)

    assert timedelta() <= after - before < SECOND


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_now_does_not_raise_when_the_database_is_gone(shared: Any) -> None:
    database_now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()

    shown = clock.now()
    connection.close()

    assert abs(shown - timezone.now()) < SECOND


def test_now_does_not_connect_just_to_ask(shared: Any) -> None:
    """A thread of its own has no connection yet, and without the `db` fixture may not open one."""
    with ThreadPoolExecutor(1) as pool:
        shown = pool.submit(clock.now).result()

    assert abs(shown - timezone.now()) < SECOND
    assert drift._reading is None


@pytest.mark.postgresql
@pytest.mark.django_db
def test_wrong_clock_is_told_once_and_in_readyz(shared: Any, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    database_now()
    shared.CLOCK_SKEW = OFF
    with caplog.at_level(logging.WARNING, logger="landespreis.drift"):
        clock.now()
        drift._reading = drift._reading._replace(until=0)  # type: ignore[union-attr]  # long ago
        clock.now()

    answer = client.get("/readyz")

    assert [record.getMessage() for record in caplog.records] == [
        "this machine's clock is off: the database's is -90.0 s ahead, and is followed"
    ]
    assert answer.status_code == 200
    assert round(answer.json()["database_clock_ahead_seconds"]) == -90
