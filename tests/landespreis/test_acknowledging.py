"""A worker whose acknowledgement Redis did not answer takes the next message all the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from kombu.transport import TRANSPORT_ALIASES

from landespreis import acknowledging
from landespreis.celery import app


class Nowhere:
    """A channel to a Redis that nobody runs."""

    unacked_key, unacked_index_key, do_restore = "unacked", "unacked_index", False

    @contextmanager
    def conn_or_acquire(self, client: Any = None) -> Iterator[redis.Redis]:
        with redis.Redis(port=1) as unreachable:
            yield unreachable


def test_celery_takes_redis_with_these_acknowledgements() -> None:
    assert app.connection("redis://localhost", transport=None).transport_cls == "redis"
    assert TRANSPORT_ALIASES["redis"] == f"{acknowledging.__name__}:Transport"
    assert acknowledging.Transport.Channel.QoS is acknowledging.QoS


def test_ack_without_an_answer_frees_the_place_of_the_message() -> None:
    counted: Any = acknowledging.QoS(Nowhere(), prefetch_count=1)  # type: ignore[no-untyped-call]
    counted._delivered["tag"] = SimpleNamespace()
    assert counted.can_consume() is False

    with pytest.raises(redis.ConnectionError):
        counted.ack("tag")

    assert counted.can_consume() is True
