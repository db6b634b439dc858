"""Fills the database that all parts are copied from: schema, register, round; and collects the static files."""

from io import StringIO

from django.core.management import call_command

from bench.figures import Figure


def measure(*, quick: bool) -> list[Figure]:
    """Measure nothing."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("load_municipalities", stdout=StringIO())
    call_command("load_round", stdout=StringIO())
    call_command("load_seats", stdout=StringIO())
    return []
