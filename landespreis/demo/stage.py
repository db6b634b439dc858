"""Filling a demo: the phases and their moments, composed from the `demo` module that each app may offer."""

from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from io import StringIO

from django.contrib.auth import get_user_model
from django.core.management import call_command

from landespreis import chaining, clock, journals

PHASES: dict[str, datetime] = {
    "announced": datetime(2025, 11, 20, 10, 0, tzinfo=clock.BERLIN),
    "open": datetime(2026, 1, 27, 14, 32, 30, tzinfo=clock.BERLIN),
    "lastday": datetime(2026, 2, 9, 23, 50, tzinfo=clock.BERLIN),
    "jury": datetime(2026, 3, 5, 9, 0, tzinfo=clock.BERLIN),
    "session": datetime(2026, 3, 26, 10, 0, tzinfo=clock.BERLIN),
    "published": datetime(2026, 4, 20, 11, 0, tzinfo=clock.BERLIN),
}
"""Phase → the moment at which its clock starts."""

PARTS = ("accounts", "submissions", "jury", "portal")
"""Apps in the order in which they fill; each offers `demo.fill(phase)`, with the clock at the phase's moment."""

SHIPPED = ("load_roles", "load_municipalities", "load_round", "load_seats")
"""Commands that load what the parts stand on; each changes nothing where it is there."""


class RealData(Exception):
    """The database holds something that no demo has put there."""


def require_demo_data() -> None:
    """Raise RealData if anybody in the database has an address that could be real."""
    real = get_user_model().objects.exclude(email__endswith=".example")
    if real.exists():
        raise RealData(f"{real.count()} Personen haben keine Beispieladresse")


def is_filled() -> bool:
    return get_user_model().objects.exists()


def fill(phase: str) -> None:
    """Fill an empty database with the data of `phase` and set the clock to its moment.

    What comes with the portal is loaded first, as if the round had just been announced: lines of the journal with the
    machine's time would let the clock go on from there.
    """
    with clock.rehearsal():
        clock.set_now(PHASES["announced"])
        for command in SHIPPED:
            call_command(command, stdout=StringIO())
        clock.set_now(PHASES[phase])
        for app in PARTS:
            if find_spec(f"{app}.demo"):
                import_module(f"{app}.demo").fill(phase)
                clock.set_now(PHASES[phase])
        if latest := journals.latest():  # filling took a moment, and no line is later than the clock
            clock.set_now(max(PHASES[phase], latest))
        chaining.link_days(clock.now())


def resume(phase: str) -> datetime:
    """Let the clock go on from where it was set or something happened last, so that a pause runs down no deadline.

    Returns the moment from which it goes on.
    """
    latest = journals.latest()
    known = (PHASES[phase], clock.last_set(), latest + timedelta(minutes=1) if latest else None)
    moment = max(moment for moment in known if moment)
    clock.set_now(moment)
    return moment
