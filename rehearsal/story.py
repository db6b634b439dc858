"""The whole award, act by act."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from accounts.models import Municipality
from landespreis import clock
from rehearsal import cast, invariants, memory
from rehearsal.acts import (
    checking,
    deciding,
    drafting,
    keeping,
    opening,
    publishing,
    reminding,
    rushing,
    scoring,
    seating,
    tidying,
    writing,
)
from rehearsal.faults import Fault
from rehearsal.faults.recovery import Recovery
from rehearsal.faults.troublemaker import Troublemaker
from rehearsal.installation import Installation
from rehearsal.invariants import Check, Finding, catalogue
from rehearsal.machines import wait
from rehearsal.progress import Progress
from rehearsal.stage import Stage
from submissions.models import Round

BEFORE = datetime(2025, 11, 24, 9, 0, tzinfo=clock.BERLIN)
ACTS: dict[str, Callable[[Stage], None]] = {
    "Vor der Eröffnung": opening.play,
    "Entwürfe": drafting.play,
    "Jury besetzen": seating.play,
    "Erinnerungen": reminding.play,
    "Schluss": rushing.play,
    "Formale Prüfung": checking.play,
    "Bewertung": scoring.play,
    "Sitzungen": deciding.play,
    "Preisverleihung": publishing.play,
    "Newsletter": writing.play,
}
"""Name of an act, as the progress shows it, and what plays it, in order."""
RUSH = ("Vor der Eröffnung", "Entwürfe", "Schluss")
"""The acts of a measurement: everybody has a draft and presses in the last minutes."""
EPILOGUE: dict[str, Callable[[Stage], None]] = {"Jahre später": keeping.play}
"""Played when what was handed in has been checked: afterwards most of that is gone."""


@dataclass
class Outcome:
    """What came of it. `failure` says why it could not be played to its end; empty = it was."""

    stage: Stage
    faults: Sequence[Fault]
    findings: list[Finding] = field(default_factory=list)
    memory: dict[str, dict[str, int]] = field(default_factory=dict)
    """MiB of web and worker after each act."""
    failure: str = ""

    @property
    def code(self) -> int:
        """Return the exit code: 2 if the story ended early, 1 if something was not true, otherwise 0."""
        return 2 if self.failure else int(not all(finding.holds for finding in self.findings))


def rehearse(
    folder: Path,
    *,
    seed: int,
    municipalities: int,
    progress: Progress,
    faults: Sequence[Fault] = (),
    per_second: float = 0,
) -> Outcome:
    """Play everything and say what came of it. Whatever happens, no process of it is left.

    With `per_second` only the way to the rush is played: everybody leads an entry, and so many of them press in a
    second.
    """
    installation = Installation(folder)
    try:
        with progress.act("Einrichten"):
            installation.open()
            stage = prepare(installation, seed=seed, municipalities=municipalities, progress=progress)
            wait(Recovery(installation).well, "the portal does its work")
        stage.faults = bool(faults)
        outcome = Outcome(stage, faults, memory={"Einrichten": memory.taken(installation)})
        if per_second:
            stage.cast, stage.per_second = cast.in_the_last_minutes(stage.cast), per_second
        _play(outcome, {name: ACTS[name] for name in RUSH} if per_second else ACTS)
        _check(outcome, "Prüfen", catalogue.RUSH if per_second else catalogue.CHECKS)
        if not outcome.failure and not per_second:
            _play(outcome, EPILOGUE)
            _check(outcome, "Noch einmal prüfen", catalogue.LATER)
        return outcome
    finally:
        installation.close()


def _play(outcome: Outcome, acts: Mapping[str, Callable[[Stage], None]]) -> None:
    """Play some acts, and wait until nothing is owed; what goes wrong is told in the report."""
    stage, faults = outcome.stage, outcome.faults
    try:
        with Troublemaker(stage, faults) if faults else nullcontext():
            for name, play in acts.items():
                with stage.progress.act(name):
                    play(stage)
                outcome.memory[name] = memory.taken(stage.installation)
        with stage.progress.act("Ausklang"):
            stage.settle()
            tidying.play(stage)
    except Exception as error:  # what is true is looked at all the same
        outcome.failure = f"{type(error).__name__}: {error}"


def _check(outcome: Outcome, name: str, checks: Iterable[Check]) -> None:
    connection.close()  # a fault may have cut it
    with outcome.stage.progress.act(name):
        outcome.findings.extend(invariants.check_all(outcome.stage, checks))


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
