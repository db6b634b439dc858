"""Tests of the cache while no Redis answers."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from threading import Thread
from typing import Any

import pytest
from django.conf import settings as project
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache

from landespreis.cache import EnduringRedisCache


@pytest.fixture
def deaf_redis(settings: Any) -> Iterator[list[socket.socket]]:
    """Something that takes connections and says nothing; yields those it took."""
    EnduringRedisCache.ask_again = 0.0
    taken: list[socket.socket] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        settings.CACHES = {"default": {**project.REDIS_CACHE, "LOCATION": f"redis://127.0.0.1:{port}/0"}}
        taking = Thread(target=_take, args=(server, taken))
        taking.start()
        yield taken
        server.shutdown(socket.SHUT_RDWR)  # wakes the thread, which closing alone would not
        taking.join()
    for connection in taken:
        connection.close()
    cache.clear()
    EnduringRedisCache.ask_again = 0.0


def _take(server: socket.socket, taken: list[socket.socket]) -> None:
    while True:
        try:
            taken.append(server.accept()[0])
        except OSError:  # the server is shut down
            return


def test_every_verb_of_the_cache_works_without_redis(no_redis: None) -> None:
    cache.set("a", 1)

    assert (cache.get("a"), cache.get("b", "keiner"), cache.has_key("a"), "b" in cache) == (1, "keiner", True, False)
    assert (cache.add("a", 2), cache.add("b", 2), cache.incr("a"), cache.decr("b")) == (False, True, 2, 1)
    assert cache.set_many({"c": 3, "d": 4}) == []
    assert cache.get_many(["a", "c", "e"]) == {"a": 2, "c": 3}
    assert (cache.touch("a"), cache.touch("e"), cache.delete("a"), cache.delete("a")) == (True, False, True, False)
    cache.delete_many(["b", "c"])
    assert cache.get_many(["a", "b", "c", "d"]) == {"d": 4}
    cache.clear()
    assert cache.get("d") is None


def test_no_verb_of_redis_is_left_without_a_stand_in() -> None:
    verbs = {name for name in vars(RedisCache) if not name.startswith("_") and name != "get_backend_timeout"}

    assert verbs <= set(vars(EnduringRedisCache))


def test_a_redis_that_says_nothing_is_waited_for_once(deaf_redis: list[socket.socket]) -> None:
    begin = time.monotonic()
    for number in range(50):
        cache.set(f"k{number}", number)

    assert cache.get("k49") == 49
    assert time.monotonic() - begin < 5
    assert len(deaf_redis) <= 2  # one attempt, at most with one more handshake


def test_redis_is_asked_again_after_the_pause(deaf_redis: list[socket.socket]) -> None:
    cache.get("a")
    before = len(deaf_redis)

    EnduringRedisCache.ask_again = time.monotonic()
    cache.get("a")

    assert len(deaf_redis) > before
