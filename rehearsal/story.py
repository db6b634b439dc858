"""The whole award, act by act."""

from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from accounts.models import Municipality
from landespreis import clock
from rehearsal import cast
from rehearsal.acts import (
    checking,
    deciding,
    drafting,
    keeping,
    publishing,
    rushing,
    scoring,
    seating,
    writing,
)
from rehearsal.installation import Installation
from rehearsal.progress import Progress
from rehearsal.stage import Stage
from submissions.models import Round

BEFORE = datetime(2025, 11, 24, 9, 0, tzinfo=clock.BERLIN)
ACTS: dict[str, Callable[[Stage], None]] = {
    "Entwürfe": drafting.play,
    "Jury besetzen": seating.play,
    "Schluss": rushing.play,
    "Formale Prüfung": checking.play,
    "Bewertung": scoring.play,
    "Sitzungen": deciding.play,
    "Preisverleihung": publishing.play,
    "Newsletter": writing.play,
    "Jahre später": keeping.play,
}
"""Name of an act, as the progress shows it, and what plays it, in order."""


def rehearse(folder: Path, *, seed: int, municipalities: int, progress: Progress) -> Stage:
    """Play everything and return the stage with what was said and seen; the processes run on until it is closed."""
    installation = Installation(folder)
    try:
        with progress.act("Einrichten"):
            installation.open()
            stage = prepare(installation, seed=seed, municipalities=municipalities, progress=progress)
        for name, play in ACTS.items():
            with progress.act(name):
                play(stage)
        return stage
    finally:
        installation.close()


def prepare(installation: Installation, *, seed: int, municipalities: int, progress: Progress) -> Stage:
    """Fill the database as operators do, start the processes and return the stage."""
    clock.set_now(BEFORE)
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    for command in ("load_municipalities", "load_round", "load_roles", "load_seats", "load_pages", "load_directory"):
        call_command(command, stdout=StringIO())
    round = Round.objects.get()
    places = [(place.ags or "", place.name) for place in Municipality.objects.exclude(ags=None).order_by("ags")]
    categories = list(round.categories.order_by("position").values_list("key", flat=True))
    chosen = cast.Cast(seed, ()).chance("places").sample(places, min(municipalities, len(places)))
    for kind in ("web", "worker", "beat"):
        installation.start(kind)
    installation.wait_for_web()
    return Stage(installation, cast.make(seed, chosen, categories), round, progress)
