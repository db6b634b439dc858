"""The jury of the demo, told through the verbs as far as the phase has come."""

from collections.abc import Iterator
from datetime import timedelta
from operator import itemgetter

from accounts.models import User
from jury.actions import reminders
from jury.demo import panel, sessions, sheets
from jury.demo.script import Act
from jury.models import Seat
from landespreis import clock
from submissions.models import Round

BEAT = timedelta(seconds=40)
"""How long after a reminder falls due the clock's next round sends it."""


def fill(phase: str) -> None:
    """Put the five on their seats, and play what lies before the clock's moment; needs the round and its entries."""
    until = clock.now()
    panel.fill()
    round = Round.objects.get(key="lp2")
    if round.scoring_opens_at is None or until < round.scoring_opens_at:
        return
    office = User.objects.get(email=panel.OFFICE)
    people = {seat.key: User.objects.get(email=panel.ADDRESS.format(key=seat.key)) for seat in Seat.objects.all()}
    course = [*sheets.acts(round, people), *sessions.acts(round, office), *_beats(round)]
    for at, do in sorted(course, key=itemgetter(0)):
        if at > until:
            break
        clock.set_now(at)
        do()


def _beats(round: Round) -> Iterator[Act]:
    assert round.scoring_opens_at
    assert round.scoring_closes_at
    yield round.scoring_opens_at + BEAT, reminders.remind_all
    for hours in round.scoring_reminder_hours:
        yield round.scoring_closes_at - timedelta(hours=hours) + BEAT, reminders.remind_all
