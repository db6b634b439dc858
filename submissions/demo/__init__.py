"""The entries of the demo, told through the verbs: each act at its moment, as far as the phase has come."""

from datetime import datetime, timedelta

from landespreis import clock
from submissions.actions import reminders
from submissions.demo import check, field, stories
from submissions.demo.acts import Act
from submissions.demo.story import Story
from submissions.models import Round

BEAT = timedelta(seconds=40)
"""How long after a reminder falls due the clock's next round sends it."""


def fill(phase: str) -> None:
    """Play everything that lies before the clock's moment; needs the round, the register and the demo's people."""
    until = clock.now()
    round = Round.objects.get(key="lp2")
    due = [round.closes_at - timedelta(hours=hours) + BEAT for hours in round.reminder_hours]
    story = Story(round)
    timeline: list[tuple[datetime, Act | None]] = [(act.at, act) for act in (*stories.acts(), *field.acts())]
    timeline += [(at, None) for at in due]
    for at, act in sorted(timeline, key=lambda row: row[0]):
        if at > until:
            break
        clock.set_now(at)
        if act:
            story.play(act)
        else:
            reminders.remind_all()
    check.check_all(round, until)
