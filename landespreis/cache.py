"""The cache on Redis, and what stands in for it while no Redis answers: this process's own memory."""

import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

PAUSE = 10.0
"""Seconds for which a Redis that did not answer is left alone, so that only one request waits for it."""


class EnduringRedisCache(RedisCache):
    """Redis, or a memory per process while it is away. Nothing here may decide whether the portal works.

    The register's list is simply read anew. Limits of attempts go on counting, in each process for itself: looser by
    the number of processes, but never off, and whoever knows the password still gets in.
    """

    ask_again: ClassVar[float] = 0.0
    """When Redis may be asked again, on the process's own clock; shared by all its threads."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._own = LocMemCache("redis-away", {**params, "OPTIONS": {"MAX_ENTRIES": settings.CACHE_ENTRIES}})

    @property
    def is_shared(self) -> bool:
        """Whether other processes get what is put here: not while this one remembers by itself."""
        return time.monotonic() >= type(self).ask_again

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("add", key, value, timeout, version))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._ask("get", key, default, version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask("set", key, value, timeout, version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("touch", key, timeout, version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(self._ask("delete", key, version))

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        found: dict[Any, Any] = self._ask("get_many", list(keys), version)
        return found

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return bool(self._ask("has_key", key, version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return int(self._ask("incr", key, delta, version))

    def set_many(
        self, data: Mapping[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[Any]:
        failed: list[Any] = self._ask("set_many", data, timeout, version)
        return failed

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        self._ask("delete_many", list(keys), version)

    def clear(self) -> None:
        self._ask("clear")

    def _ask(self, verb: str, *given: Any) -> Any:
        cls = type(self)
        if time.monotonic() >= cls.ask_again:
            try:
                return getattr(super(), verb)(*given)
            except RedisError as error:
                cls.ask_again = time.monotonic() + PAUSE
                log.warning("cache: Redis does not answer, this process remembers by itself: %s", error)
        return getattr(self._own, verb)(*given)
