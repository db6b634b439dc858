"""Tables of the portal for staff: who registered for dates."""

from collections.abc import Iterable, Iterator

from django.contrib.auth.models import PermissionsMixin

from landespreis.exports import Dataset
from landespreis.tables import Row
from portal.models import Registration

CHUNK = 1000
REGISTRATIONS = (
    "event", "starts_at", "name", "email", "organisation", "status", "question", "created_at", "confirmed_at",
    "seated_at",
)  # fmt: skip


def datasets(user: PermissionsMixin) -> Iterable[Dataset]:
    if user.has_perm("portal.view_registration"):
        yield Dataset("anmeldungen", "Anmeldungen", "eine Zeile je Anmeldung zu einem Termin", REGISTRATIONS, _rows)


def _rows() -> Iterator[Row]:
    for row in Registration.objects.select_related("event").order_by("event__starts_at", "pk").iterator(CHUNK):
        yield (
            row.event.slug, row.event.starts_at, row.name, row.email, row.organisation, row.status, row.question,
            row.created_at, row.confirmed_at, row.seated_at,
        )  # fmt: skip
