"""The five jurors of the demo: named, invited, confirmed and with the notice accepted before the first phase begins."""

from datetime import date, datetime, timedelta
from io import StringIO

from django.core.management import call_command

from accounts.models import User
from jury.actions import seats
from jury.models import Seat
from landespreis import clock
from landespreis.clock import BERLIN

OFFICE = "renate.vollmer@geschaeftsstelle.example"
ADDRESS = "jury.{key}@jury.example"
SINCE = date(2025, 12, 1)
NAMED = datetime(2025, 11, 18, 14, 10, tzinfo=BERLIN)
EACH, TO_INVITE, TO_CONFIRM, TO_READ = (timedelta(minutes=n) for n in (37, 4, 96, 11))
"""From one seat to the next; from naming to inviting; from that to confirming; from that to accepting the notice."""


def fill() -> None:
    """Seat the demo's people through the verbs."""
    office = User.objects.get(email=OFFICE)
    call_command("load_seats", stdout=StringIO())
    for place, seat in enumerate(Seat.objects.select_related("round").filter(round__key="lp2")):
        _sit(seat, User.objects.get(email=ADDRESS.format(key=seat.key)), office, NAMED + place * EACH)


def _sit(seat: Seat, person: User, office: User, at: datetime) -> None:
    clock.set_now(at)
    juror = seats.name(seat, name=person.name, email=person.email, since=SINCE, by=office)
    clock.set_now(at + TO_INVITE)
    juror = seats.invite(juror, by=office)
    clock.set_now(at + TO_INVITE + TO_CONFIRM)
    juror = seats.accept(juror, by=person)
    clock.set_now(at + TO_INVITE + TO_CONFIRM + TO_READ)
    seats.accept_notice(juror, by=person)
