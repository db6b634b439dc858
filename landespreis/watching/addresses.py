"""What an address is called where nobody may read it: the name of its view, because the path may hold a key."""

from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.urls import Resolver404, resolve

UNKNOWN = "unknown"
"""All paths that lead nowhere together: nobody can make up figures or lines by asking for many."""
STATIC = "static"


def view_of(request: HttpRequest) -> str:
    """Return the name of the view that a request was for, whether it got as far as that or not."""
    match = request.resolver_match
    return (match.view_name or UNKNOWN) if match else view_at(request.path_info)


@lru_cache(maxsize=1024)
def view_at(path: str) -> str:
    """Return the name of the view at a path. A page that is kept is answered without asking for it."""
    if path.startswith(settings.STATIC_URL):
        return STATIC
    try:
        return resolve(path.partition("?")[0]).view_name or UNKNOWN
    except (Resolver404, ImproperlyConfigured):
        return UNKNOWN
