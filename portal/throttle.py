"""How often something may happen in a span of time, counted in the cache; without a cache it may."""

import logging

from django.core.cache import cache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def exceeded(name: str, who: str, *, most: int, seconds: int) -> bool:
    """Count one more `name` by `who` and say whether that is too many within a window of `seconds`."""
    key = f"throttle:{name}:{who}"
    try:
        cache.add(key, 0, timeout=seconds)
        return cache.incr(key) > most
    except ValueError:  # it ended between the two
        return False
    except (RedisError, OSError) as error:
        log.warning("nothing is throttled, the cache does not answer: %s", error)
        return False
