"""Whom the office can write to about accounts: people whose membership waits for the ministry's word."""

from collections.abc import Iterable, Iterator

from django.contrib.auth.models import PermissionsMixin
from django.urls import reverse

from accounts.models import Membership
from landespreis.audiences import Audience, Kind, Params, Recipient
from landespreis.circulars.placeholders import Placeholder

PART = "Personen"
MEMBERSHIP = Kind(
    "zugehoerigkeit",
    "Zugehörigkeiten",
    "Sie erhalten diese Nachricht, weil Sie im Portal des Landespreises diese Kommune als Ihre angegeben haben.",
    (
        Placeholder("kommune", "die Kommune, für die jemand arbeiten will"),
        Placeholder("fachbereich", "der angegebene Fachbereich"),
    ),
)
KINDS = (MEMBERSHIP,)
SUBJECT = Membership


def audiences(user: PermissionsMixin) -> Iterable[Audience]:
    if user.has_perm("accounts.change_membership"):
        yield Audience(
            "zugehoerigkeit",
            "Zugehörigkeit wartet auf Bestätigung",
            "Personen, über deren Angabe noch niemand entschieden hat",
            MEMBERSHIP,
            _waiting,
        )


def _waiting(params: Params) -> Iterator[Recipient]:
    rows = Membership.objects.waiting().filter(user__is_active=True).select_related("user", "municipality")
    link = reverse("accounts:profile")
    for row in rows.order_by("created_at", "pk"):
        label = row.municipality.label
        values = {"kommune": label, "fachbereich": row.department, "link": link}
        yield Recipient(row.user.email, row.user.name, values, f"accounts:{row.pk}", label, row.user_id)
