"""What the worker packs on request: each app says in a module `parcels` what it can pack and for whom.

`BUILDERS` there maps a kind to its `Builder`. The worker calls `build` with the parcel, the package to fill and a
function that notes how many of how many parts are done; whoever `may` not have it any more gets no file. What the page
of exports offers, a function `offers(user)` there tells; verbs are in `landespreis/packing.py`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
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


@dataclass(frozen=True)
class Offer:
    """A parcel that the page of exports offers; `key` names it in addresses and is one word with hyphens."""

    key: str
    kind: str
    title: str
    what: str
    params: dict[str, Any]


def builders() -> dict[str, Builder]:
    """Return who packs what, by kind."""
    found: dict[str, Builder] = {}
    for module in _modules():
        found |= module.BUILDERS
    return found


def offers(user: PermissionsMixin) -> dict[str, Offer]:
    """Return what the person may ask for on the page of exports, by its key."""
    return {offer.key: offer for offer in _offered(user)}


def _offered(user: PermissionsMixin) -> Iterator[Offer]:
    for module in _modules():
        offer: Callable[[PermissionsMixin], Iterable[Offer]] | None = getattr(module, "offers", None)
        if offer:
            yield from offer(user)


def _modules() -> Iterator[ModuleType]:
    for app in APPS:
        if find_spec(f"{app}.parcels"):
            yield import_module(f"{app}.parcels")
