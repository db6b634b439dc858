"""How often something may happen in a span of time, counted in the cache; without a cache it may.

How often stands in `settings.RATE_LIMITS`, beside what allauth counts by itself (`settings.ACCOUNT_RATE_LIMITS`).
"""

import hashlib
import ipaddress
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.forms import Form
from django.http import HttpRequest
from redis.exceptions import RedisError

from landespreis.refusal import Refused

log = logging.getLogger(__name__)

UNITS = {"s": 1, "m": 60, "h": 60 * 60}
PREFIX = 64
"""Bits of an IPv6 address that count: a household or an office gets all addresses below them."""
DEFAULT_WAIT = 5 * 60
_WAIT, _TAKEN = "_throttled_for", "_throttle_counted"


@dataclass(frozen=True)
class Rate:
    """«8/h/key»: at most so many within so many seconds, for each address of the network ("ip"), account or key."""

    most: int
    seconds: int
    per: str


class TooOften(Refused):
    """Something happens too often; `seconds` is when it may again."""

    status = 429

    def __init__(self, message: str, *, seconds: int) -> None:
        super().__init__(f"{message} Versuchen Sie es {soon(seconds)} noch einmal.", title="Bitte warten Sie kurz")
        self.seconds = seconds


def require(request: HttpRequest, name: str, message: str, *, key: str = "") -> None:
    """Count one more `name` from this network, by this account and for `key`. Raises `TooOften`.

    An empty key counts for nobody. Call it when everything else is right: what is only typed wrong does not count.
    """
    if seconds := max(_counted(request, name, key), default=0):
        setattr(request, _WAIT, seconds)
        raise TooOften(message, seconds=seconds)


def holds_back(request: HttpRequest, form: Form, name: str, message: str, *, key: str = "") -> bool:
    """Like `require`, but say whether it is too often, and why in the form, which is shown again with what it holds."""
    try:
        require(request, name, message, key=key)
    except TooOften as refusal:
        form.add_error(None, refusal.message)
        return True
    return False


def give_back(request: HttpRequest) -> None:
    """Count what this request counted one less: what failed on our side is nobody's attempt.

    Else whoever tries again while the database is away would be told that they tried too often, and nothing was done.
    """
    for key in getattr(request, _TAKEN, ()):
        try:
            cache.decr(key)
        except ValueError:  # its window is over
            pass
        except (RedisError, OSError) as error:
            log.warning("nothing is given back, the cache does not answer: %s", error)


def count(name: str, key: str) -> None:
    """Count one more `name` for `key`, which `is_exceeded` tells."""
    for rate in rates(name):
        _count(_key(name, key, rate), rate)


def is_exceeded(name: str, key: str) -> bool:
    """Say whether as much was counted for `key` as is allowed, without counting."""
    return any(_number(name, key, rate) >= rate.most for rate in rates(name))


def wait(request: HttpRequest) -> int:
    """Return in how many seconds whoever was refused in this request may try again."""
    return int(getattr(request, _WAIT, DEFAULT_WAIT))


def rates(name: str) -> list[Rate]:
    """Return what `settings.RATE_LIMITS` says of `name`."""
    found = []
    for text in settings.RATE_LIMITS[name].split(","):
        most, span, per = text.split("/")
        found.append(Rate(int(most), int(span[:-1] or 1) * UNITS[span[-1]], per))
    return found


def network(request: HttpRequest) -> str:
    """Return which network a request came from, as the last proxy that is trusted saw it."""
    address = str(get_adapter().get_client_ip(request))
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(ipaddress.IPv6Network(f"{found}/{PREFIX}", strict=False).network_address)


def soon(seconds: int) -> str:
    """Return «in einer Minute» or «in 12 Minuten»."""
    minutes = -(-seconds // 60)
    return "in einer Minute" if minutes <= 1 else f"in {minutes} Minuten"


def _counted(request: HttpRequest, name: str, given: str) -> Iterator[int]:
    """Yield the wait for every rate; all are counted, whichever is exceeded."""
    for rate in rates(name):
        who = {"ip": network(request), "user": str(request.user.pk or ""), "key": given.casefold()}[rate.per]
        if who:
            key = _key(f"{name}:{rate.per}", who, rate)
            setattr(request, _TAKEN, [*getattr(request, _TAKEN, ()), key])
            yield _count(key, rate)


def _count(key: str, rate: Rate) -> int:
    """Count once more in the window that the first opened; return the seconds to its end, 0 = it is not too often."""
    now = int(time.time())
    try:
        if cache.add(key, 0, timeout=rate.seconds):
            cache.set(f"{key}:until", now + rate.seconds, timeout=rate.seconds)
        if cache.incr(key) <= rate.most:
            return 0
        return max(int(cache.get(f"{key}:until", now)) - now, 1)
    except ValueError:  # it ended between the two
        return 0
    except (RedisError, OSError) as error:
        log.warning("nothing is throttled, the cache does not answer: %s", error)
        return 0


def _number(name: str, who: str, rate: Rate) -> int:
    try:
        return int(cache.get(_key(name, who, rate), 0))
    except (RedisError, OSError) as error:
        log.warning("nothing is throttled, the cache does not answer: %s", error)
        return 0


def _key(name: str, who: str, rate: Rate) -> str:
    """Return where something is counted; neither network nor person is kept in clear."""
    return f"throttle:{name}:{hashlib.sha256(who.encode()).hexdigest()[:32]}:{rate.seconds}"
