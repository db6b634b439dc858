"""The broker on Redis: a message that could not be acknowledged does not take the place of the next."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import redis
from kombu.transport import virtual

from landespreis.celery import app
from landespreis.redis_broker import Channel, QoS


class Away:
    """Stands for kombu's channel to a Redis that nobody runs."""

    unacked_key, unacked_index_key, do_restore = "unacked", "unacked_index", False

    @contextmanager
    def conn_or_acquire(self, client: Any = None) -> Iterator[Any]:
        with redis.from_url("redis://127.0.0.1:1/0", retry=None) as nobody:
            yield nobody


@pytest.fixture
def qos() -> QoS:
    """One message is in hand, and no more are taken."""
    qos = QoS(Away(), prefetch_count=1)
    virtual.QoS.append(qos, object(), "tag")
    return qos


def test_ack_makes_room_though_redis_is_away(qos: QoS) -> None:
    assert not qos.can_consume()

    with pytest.raises(redis.ConnectionError):
        qos.ack("tag")

    assert qos.can_consume()


@pytest.mark.parametrize("requeue", [True, False])
def test_reject_makes_room_though_redis_is_away(qos: QoS, requeue: bool) -> None:
    with pytest.raises(redis.ConnectionError):
        qos.reject("tag", requeue)

    assert qos.can_consume()


def test_workers_use_it() -> None:
    with app.connection_for_read("redis://127.0.0.1:1/0") as connection:
        assert connection.transport.Channel is Channel
