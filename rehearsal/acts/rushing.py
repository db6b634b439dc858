"""The last day: many hand in, some improve or withdraw, a third comes in the last minutes, and some come too late."""

import time
from datetime import datetime, timedelta

from landespreis import clock
from rehearsal.acts import drafting, extending, reminding
from rehearsal.applicant import Applicant
from rehearsal.cast import Finish
from rehearsal.stage import Stage

MORNING = timedelta(hours=15)
SHORTEST, WITH_FAULTS = 15.0, 90.0
"""Seconds of the rush."""
LATE_WITHIN = 6.0


def play(stage: Stage) -> None:
    closes = stage.round.closes_at
    stage.at(closes - MORNING)
    _last_day(stage)
    reminding.pass_by(stage, min(stage.round.reminder_hours), [])
    _rush(stage, closes)
    if late := drafting.people(stage, Finish.LATE):
        extending.extend(stage, late[0])
    stage.settle()


def _last_day(stage: Stage) -> None:
    people = drafting.people(stage, Finish.EARLY, Finish.LAST_DAY)
    stage.progress.expect(len(people))

    def one(person: Applicant) -> None:
        if person.town.finish == Finish.LAST_DAY:
            person.hand_in()
        if person.town.improves:
            person.improve("gewinn", f"{person.town.title}: im zweiten Jahr sind es doppelt so viele.")
        if person.town.withdraws:
            person.withdraw()

    stage.crowd(people, one)


def _rush(stage: Stage, closes: datetime) -> None:
    """Let people look through their entries, set the clock shortly before closing, and let everybody press."""
    inside, late = drafting.people(stage, Finish.LAST_MINUTES), drafting.people(stage, Finish.LATE)
    everybody = [*inside, *late]
    stage.progress.expect(2 * len(everybody))
    stage.crowd(everybody, _look_through)
    seconds = WITH_FAULTS if stage.faults else max(SHORTEST, len(inside) / stage.per_second)
    stage.at(closes - timedelta(seconds=seconds))

    def press(person: Applicant) -> None:
        chance = stage.cast.chance("rush", person.town.ags).random()
        after = chance * LATE_WITHIN if person.town.finish == Finish.LATE else (chance - 1) * seconds * 0.95
        _wait_until(closes + timedelta(seconds=after))
        person.hand_in()

    stage.crowd(everybody, press, at_once=max(len(everybody), 1))


def _look_through(person: Applicant) -> None:
    person.look_at_files()
    person.look_through()


def _wait_until(moment: datetime) -> None:
    """Let somebody's own moment come. The clock runs on by itself; a hundred who look at it would slow the portal."""
    time.sleep(max((moment - clock.now()).total_seconds(), 0))
