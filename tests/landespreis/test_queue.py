"""Nudges: on commit only, gathered, and a broker that does not answer is neither felt nor asked again at once."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from celery import Celery
from django.conf import settings
from django.db import transaction

from landespreis import queue

TASK = "landespreis.tasks.send_owed_mail"


@pytest.fixture(autouse=True)
def _fresh_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A messenger of the test's own, whose thread has nothing left to do at the end."""
    queue._messenger.deliver()  # what tests before have left must not come into this one
    queue._ask_again = 0.0
    messenger = queue.Messenger()
    monkeypatch.setattr(queue, "_messenger", messenger)
    yield
    messenger.deliver()
    queue._ask_again = 0.0


def eventually(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def waiting(app: Celery) -> int:
    with app.connection_for_read() as connection, connection.SimpleQueue("celery") as messages:
        return messages.qsize()


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Celery]:
    """A broker in memory of the test's own."""
    with Celery("test", broker="memory://", set_as_current=False) as app:
        monkeypatch.setattr(queue, "current_app", app)
        with app.connection_for_write() as connection, connection.SimpleQueue("celery") as messages:
            messages.clear()
        yield app


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Redis that nobody runs, spoken to with the project's own settings."""
    with Celery("test", broker="redis://127.0.0.1:1/0", set_as_current=False) as app:
        app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
        monkeypatch.setattr(queue, "current_app", app)
        yield


@pytest.mark.django_db(transaction=True)
def test_nudge_goes_out_on_commit(broker: Celery) -> None:
    with transaction.atomic():
        queue.nudge(TASK)
        queue._messenger.deliver()
        assert waiting(broker) == 0

    assert eventually(lambda: waiting(broker) == 1)


@pytest.mark.django_db(transaction=True)
def test_nudges_that_are_equal_become_one_message(broker: Celery) -> None:
    for number in (1, 2, 1, 1):
        queue.nudge(TASK, number)

    queue._messenger.deliver()

    assert eventually(lambda: waiting(broker) == 2)
    queue.nudge(TASK, 1)
    assert eventually(lambda: waiting(broker) == 3)


@pytest.mark.django_db(transaction=True)
def test_nudge_after_the_thread_was_lost_in_a_fork_goes_out(broker: Celery) -> None:
    lost = threading.Thread()  # like the one of the parent: known, but not running
    queue._messenger._thread = lost

    queue.nudge(TASK)

    assert eventually(lambda: waiting(broker) == 1)


@pytest.mark.django_db(transaction=True)
def test_nudge_is_dropped_with_its_transaction(broker: Celery) -> None:
    with transaction.atomic():
        queue.nudge(TASK)
        transaction.set_rollback(True)
    queue._messenger.deliver()

    assert waiting(broker) == 0


@pytest.mark.django_db(transaction=True)
def test_nudge_is_not_felt_when_broker_is_away(no_broker: None, caplog: pytest.LogCaptureFixture) -> None:
    begin = time.monotonic()

    for number in range(100):
        queue.nudge(TASK, number)

    assert time.monotonic() - begin < 1
    assert eventually(lambda: bool(caplog.records))
    queue._messenger.deliver()
    assert [record.message.split(":")[0] for record in caplog.records] == [f"broker not reached for {TASK}"]


@pytest.mark.django_db(transaction=True)
def test_nudge_asks_the_broker_again_after_a_pause(broker: Celery, monkeypatch: pytest.MonkeyPatch) -> None:
    queue._ask_again = time.monotonic() + queue.PAUSE

    queue.nudge(TASK)
    queue._messenger.deliver()
    paused = waiting(broker)
    monkeypatch.setattr(queue, "_ask_again", time.monotonic())
    queue.nudge(TASK)

    assert paused == 0
    assert eventually(lambda: waiting(broker) == 1)
