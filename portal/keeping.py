"""Where made pages are kept: the latest used ones in each process, and all in the cache that the processes share."""

import hashlib
import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import NamedTuple

from django.core.cache import cache
from django.http.response import ResponseHeaders
from redis.exceptions import RedisError

from portal import remembering

log = logging.getLogger(__name__)

SECONDS, ASKED_SECONDS = 24 * 60 * 60, 10 * 60
"""How long processes share a page, and one that somebody has searched or filtered for: of those there is no end."""
OWN_BYTES = 32 * 1024 * 1024
"""What a process keeps of the pages it answered last."""
BESIDE_BODY = 4 * 1024
"""Bytes that a page takes besides its body, roughly: headers twice, terms, address."""


class Address(NamedTuple):
    """What a kept page is found by; `query` is without what its view does not read."""

    scheme: str
    path: str
    query: str


@dataclass(frozen=True)
class Terms:
    """What a public page depends on: editions by topic, and the award's time between `since` and `until`."""

    editions: Mapping[str, int]
    since: datetime
    until: datetime | None

    def hold(self, now: datetime, numbers: Mapping[str, int]) -> bool:
        """Say whether the page still is what would be made `now`, with the present `numbers` of all topics."""
        in_time = self.since <= now and (self.until is None or now < self.until)
        return in_time and all(numbers.get(topic, 0) == number for topic, number in self.editions.items())


@dataclass(frozen=True)
class Kept:
    """A page as it is answered: body, all its headers, when it was made (in the machine's time, for HTTP)."""

    terms: Terms
    body: bytes
    headers: dict[str, str]
    etag: str
    modified: int

    @cached_property
    def ready_headers(self) -> ResponseHeaders:
        """The headers in Django's form, to copy from: building it took as long as all the rest of an answer."""
        return ResponseHeaders(self.headers)

    @property
    def size(self) -> int:
        return len(self.body) + BESIDE_BODY


class Shelf:
    """Pages by address, the latest used ones up to a number of bytes; the threads of a process share it."""

    def __init__(self, most: int) -> None:
        self.most, self.size = most, 0
        self._pages: OrderedDict[Address, Kept] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, address: Address) -> Kept | None:
        with self._lock:
            kept = self._pages.get(address)
            if kept is not None:
                self._pages.move_to_end(address)
            return kept

    def put(self, address: Address, kept: Kept) -> None:
        """Keep a page in the place of the one before it; what was not asked for longest makes room."""
        with self._lock:
            self._drop(address)
            self._pages[address] = kept
            self.size += kept.size
            while self.size > self.most:
                self._drop(next(iter(self._pages)))

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self.size = 0

    def _drop(self, address: Address) -> None:
        gone = self._pages.pop(address, None)
        if gone is not None:
            self.size -= gone.size


own = Shelf(OWN_BYTES)


def shared(address: Address, build: str) -> Kept | None:
    """Return the page that some process has made, whether it still holds or not."""
    if not _is_shared():
        return None
    try:
        kept = cache.get(_key(address, build))
    except (RedisError, OSError) as error:
        log.warning("the cache does not answer: %s", error)
        return None
    return kept if isinstance(kept, Kept) else None


def share(address: Address, build: str, kept: Kept) -> None:
    """Let the other processes have a page; a memory of this process alone would only hold it twice."""
    if not _is_shared():
        return
    try:
        cache.set(_key(address, build), kept, ASKED_SECONDS if address.query else SECONDS)
    except (RedisError, OSError) as error:
        log.warning("the cache does not answer: %s", error)


def forget() -> None:
    """Throw away every kept page, what pages are made of, and all else that is in the cache."""
    own.clear()
    remembering.forget()
    cache.clear()


def _is_shared() -> bool:
    return bool(getattr(cache, "is_shared", False))


def _key(address: Address, build: str) -> str:
    """A new build has keys of its own, so that no page outlives the templates that made it."""
    named = " ".join((build, *address))
    return f"page:{hashlib.sha256(named.encode('utf-8', 'surrogatepass')).hexdigest()}"
