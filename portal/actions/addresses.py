"""What the verbs share that give something an address: finding one that is free, keeping old ones alive."""

from collections.abc import Set as AbstractSet

from landespreis.refusal import Refused
from portal import slugs
from portal.models import Event, FormerAddress, FormerEventAddress, FormerProjectAddress, News, Project

MOST = 80
Addressed = News | Project | Event
Former = type[FormerAddress] | type[FormerProjectAddress] | type[FormerEventAddress]
FORMER: dict[type[Addressed], tuple[Former, str]] = {
    News: (FormerAddress, "news"),
    Project: (FormerProjectAddress, "project"),
    Event: (FormerEventAddress, "event"),
}
"""Model → where its former addresses stand, and the column there that leads to it."""


def settle(row: Addressed, title: str, reserved: AbstractSet[str]) -> str:
    """Give `row` an address if it has none, made from `title`, and return the one it had before («» for a new row).

    Call it inside the verb's transaction, before saving. Raises Refused for an address that is taken.
    """
    model = type(row)
    former, _ = FORMER[model]
    before: str = model._default_manager.select_for_update().get(pk=row.pk).slug if row.pk else ""
    others = model._default_manager.exclude(pk=row.pk)
    if not row.slug:
        wanted = slugs.slug(title, most=MOST)
        near = others.filter(slug__startswith=wanted).values_list("slug", flat=True)
        once = former._default_manager.filter(slug__startswith=wanted).values_list("slug", flat=True)
        row.slug = before or slugs.free(wanted, {*reserved, *near, *once}, most=MOST)
    if row.slug in reserved or others.filter(slug=row.slug).exists():
        raise Refused(f"Die Adresse „{row.slug}“ ist schon vergeben. Wählen Sie eine andere.")
    return before


def remember(row: Addressed, before: str) -> None:
    """Let the address `before` lead to `row` from now on, and its present one to itself alone; after saving."""
    former, column = FORMER[type(row)]
    former._default_manager.filter(slug=row.slug).delete()
    if before and before != row.slug:
        former._default_manager.update_or_create(slug=before, defaults={column: row})
