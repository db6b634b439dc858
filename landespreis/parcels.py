"""What the worker packs on request: each app says in a module `parcels` what it can pack and for whom.

`BUILDERS` there maps a kind to its `Builder`. The worker calls `build` with the parcel, the package to fill and a
function that notes how many of how many parts are done; whoever `may` not have it any more gets no file.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.contrib.auth.models import PermissionsMixin

from landespreis.models import Parcel
from landespreis.package import Package

APPS = ("landespreis.records", "accounts", "submissions", "jury", "portal")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Builder:
    build: Callable[[Parcel, Package, Progress], None]
    may: Callable[[PermissionsMixin, dict[str, Any]], bool]


def builders() -> dict[str, Builder]:
    """Return who packs what, by kind."""
    found: dict[str, Builder] = {}
    for app in APPS:
        if find_spec(f"{app}.parcels"):
            found |= import_module(f"{app}.parcels").BUILDERS
    return found
