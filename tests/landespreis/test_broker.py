"""The broker in a folder: order, each message once, and a folder that vanishes, is in the way, or holds rubbish."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty
from shutil import rmtree
from typing import Any

import pytest
from kombu import Connection
from kombu.transport import TRANSPORT_ALIASES

from landespreis import broker
from landespreis.celery import app

QUEUE = "celery"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "broker"


@pytest.fixture
def connection(folder: Path) -> Iterator[Connection]:
    with connect(folder) as opened:
        yield opened


def connect(folder: Path) -> Connection:
    return Connection("folder://localhost", transport_options={"folder": str(folder)})


def put(connection: Connection, *messages: Any) -> None:
    with connection.SimpleQueue(QUEUE) as queue:
        for message in messages:
            queue.put(message)


def take(connection: Connection) -> list[Any]:
    taken = []
    with connection.SimpleQueue(QUEUE) as queue:
        try:
            while True:
                message = queue.get(block=False)
                taken.append(message.payload)
                message.ack()
        except Empty:
            return taken


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_celery_knows_the_folder_broker() -> None:
    assert app.connection("folder://localhost", transport=None).transport_cls == "folder"
    assert TRANSPORT_ALIASES["folder"] == f"{broker.__name__}:Transport"


def test_connecting_makes_the_folder(connection: Connection, folder: Path) -> None:
    connection.ensure_connection(max_retries=1)

    assert folder.is_dir()


def test_messages_come_in_order_and_leave_nothing_behind(connection: Connection, folder: Path) -> None:
    put(connection, *range(20))

    with connect(folder) as another:
        assert take(another) == list(range(20))
    assert files(folder) == []


def test_message_waits_for_whoever_comes_later(connection: Connection, folder: Path) -> None:
    assert take(connection) == []

    with connect(folder) as another:
        put(another, "later")

    assert take(connection) == ["later"]


def test_each_message_goes_to_one_of_several_workers(connection: Connection, folder: Path) -> None:
    put(connection, *range(200))

    with ThreadPoolExecutor() as workers:
        shares = list(workers.map(lambda number: take(connect(folder)), range(4)))

    assert sorted(number for share in shares for number in share) == list(range(200))


def test_message_that_is_still_written_is_not_seen(connection: Connection, folder: Path) -> None:
    put(connection, "whole")
    (folder / QUEUE / "00000000000000000000-half.part").write_text('{"body"')

    assert take(connection) == ["whole"]


def test_unreadable_message_is_dropped(connection: Connection, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    put(connection, "whole")
    (folder / QUEUE / "00000000000000000000-rubbish").write_text('{"body"')

    assert take(connection) == ["whole"]
    assert [record.message for record in caplog.records] == [
        "dropped an unreadable message: 00000000000000000000-rubbish"
    ]
    assert files(folder) == []


def test_folder_that_vanished_is_made_again(connection: Connection, folder: Path) -> None:
    put(connection, "lost")
    take(connection)
    rmtree(folder)

    empty = take(connection)
    put(connection, "new")

    assert (empty, take(connection)) == ([], ["new"])


def test_messages_that_vanish_while_they_are_listed_are_skipped(connection: Connection, folder: Path) -> None:
    put(connection, 1, 2, 3)
    with connection.SimpleQueue(QUEUE) as queue:
        queue.get(block=False).ack()

    rmtree(folder)
    put(connection, 4)

    assert [*take(connection), *take(connection)] == [4]


def test_unusable_folder_stops_nobody_and_is_said_once(
    connection: Connection, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.write_text("in the way")

    with caplog.at_level(logging.WARNING), connection.SimpleQueue(QUEUE) as queue:
        for number in range(5):
            queue.put(number)
        with pytest.raises(Empty):
            queue.get(block=False)
    folder.unlink()
    put(connection, "new")

    assert take(connection) == ["new"]
    assert len([record for record in caplog.records if "cannot be used" in record.message]) == 1


def test_queue_is_counted_and_cleared(connection: Connection, folder: Path) -> None:
    put(connection, 1, 2)
    with connection.SimpleQueue(QUEUE) as queue:
        assert (queue.qsize(), queue.clear(), queue.qsize()) == (2, 2, 0)
