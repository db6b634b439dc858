"""The line at the head of the admin's pages: that everything works, or what is late or failed and where one acts."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import PermissionsMixin
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from landespreis import chaining, clock, owed, wording

KEY = "watching.standing"
SECONDS = 15
"""How long the line may be old: the office leafs through many pages, and each of them would ask anew."""


@dataclass(frozen=True)
class Trouble:
    """What is late or failed, the page where one acts, and the permission that this page asks for."""

    text: str
    page: str
    permission: str


@dataclass(frozen=True)
class Line:
    """Words, and where they lead; no address for who may not go there."""

    text: str
    url: str


@dataclass(frozen=True)
class Standing:
    lines: tuple[Line, ...]

    @property
    def sign(self) -> str:
        return "error" if self.lines else "done"


def of_the_portal(user: PermissionsMixin) -> Standing:
    """Return how the portal stands, the same for everybody in the admin; it is looked at every few seconds at most."""
    troubles: tuple[Trouble, ...] | None = cache.get(KEY)
    if troubles is None:
        troubles = tuple(_troubles())
        cache.set(KEY, troubles, SECONDS)
    return Standing(tuple(Line(one.text, one.page if user.has_perm(one.permission) else "") for one in troubles))


def _troubles() -> Iterator[Trouble]:
    now = timezone.now()
    everything = owed.everything()
    for one in everything:
        if one.since and one.is_late(now):
            said = f"{one.kind.name} überfällig seit {wording.stretch(now - one.since)}"
            yield Trouble(said, reverse(one.kind.page), one.kind.permission)
    for one in everything:
        if one.recent:
            said = f"{one.recent} {one.kind.name if one.recent == 1 else one.kind.names} nicht zustellbar"
            yield Trouble(said, reverse(one.kind.page) + one.kind.failed_query, one.kind.permission)
    chain = chaining.standing(clock.now())
    if chain.behind:
        said = f"{chain.waiting} Tage im Verlauf nicht verkettet"
        yield Trouble(said, reverse("admin:landespreis_link_changelist"), "landespreis.view_link")
