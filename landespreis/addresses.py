"""Addresses of views by their names, looked up once per process: a lookup takes as long as ten rows of a template."""

from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse

KEPT = 5000
"""Addresses that a process remembers, the latest used ones."""

Mount = tuple[str, str]


def mount() -> Mount:
    """Return what all addresses hang on: which URLs there are, and the path below which the portal is mounted."""
    return str(get_urlconf(settings.ROOT_URLCONF)), get_script_prefix()


def address_of(view: str, *args: object) -> str:
    """Return the address of a view, as Django's `reverse`. Raises NoReverseMatch."""
    return _looked_up(mount(), view, *args)


@lru_cache(maxsize=KEPT, typed=True)
def _looked_up(mounted: Mount, view: str, *args: object) -> str:
    return reverse(view, args=args)
