"""Whom the office can write to about dates: people who registered. Subscribers of the newsletter are not among them."""

from collections.abc import Iterable, Iterator

from django.contrib.auth.models import PermissionsMixin

from landespreis import wording
from landespreis.audiences import Audience, Kind, Param, Params, Recipient
from landespreis.circulars.placeholders import Placeholder
from portal.models import Event, Registration

PART = "Termine"
DATE = Kind(
    "termin",
    "Termine",
    "Sie erhalten diese Nachricht, weil Sie sich mit dieser Adresse für den Termin angemeldet haben.",
    (
        Placeholder("termin", "der Titel des Termins"),
        Placeholder("wann", "Tag und Uhrzeit"),
        Placeholder("wo", "der Ort, oder „online“"),
    ),
)
KINDS = (DATE,)
SUBJECT = Registration
OFFERED = 100
"""How many of the latest dates can be chosen."""
Status = Registration.Status
STATES = {"alle": (Status.CONFIRMED, Status.WAITING), "platz": (Status.CONFIRMED,), "warteliste": (Status.WAITING,)}
WHO = Param(
    "wer",
    "Wer bekommt sie",
    (("alle", "mit Platz und auf der Warteliste"), ("platz", "nur mit Platz"), ("warteliste", "nur Warteliste")),
)


def audiences(user: PermissionsMixin) -> Iterable[Audience]:
    if not user.has_perm("portal.view_registration"):
        return
    dates = Event.objects.filter(registrations__status__in=STATES["alle"]).distinct().order_by("-starts_at", "-pk")
    choices = [(str(row.pk), f"{row.title}, {wording.day(row.starts_at)}") for row in dates[:OFFERED]]
    if choices:
        params = (Param("termin", "Termin", choices), WHO)
        what = "wer die Anmeldung zu einem Termin bestätigt hat"
        yield Audience("termin", "Angemeldete eines Termins", what, DATE, _registered, params)


def _registered(params: Params) -> Iterator[Recipient]:
    states = STATES.get(params.get("wer", ""), STATES["alle"])
    date = params.get("termin", "")
    rows = Registration.objects.filter(event=int(date) if date.isdecimal() else 0, status__in=states)
    for row in rows.select_related("event").order_by("created_at", "pk"):
        values = {
            "termin": row.event.title,
            "wann": row.event.when,
            "wo": row.event.where,
            "link": row.get_absolute_url(),
        }
        yield Recipient(row.email, row.name, values, f"portal:{row.pk}", row.get_status_display())
