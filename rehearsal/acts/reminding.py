"""The days of the reminders pass: all that is due comes, while some hand in before, between and at the same moment."""

from datetime import timedelta

from rehearsal.acts import drafting
from rehearsal.applicant import Applicant
from rehearsal.cast import Finish
from rehearsal.machines import wait
from rehearsal.stage import Stage
from submissions.models import Reminder, Submission

AFTER = timedelta(minutes=20)
"""Beat comes a little later than the hour."""
SECONDS = 240


def play(stage: Stage) -> None:
    """Pass all days of reminders but the last hours, which belong to the last day."""
    hours = sorted(stage.round.reminder_hours, reverse=True)[:-1]
    people = [person for person in drafting.people(stage, Finish.EARLY) if not drafting.is_soon(stage, person.town)]
    stage.progress.expect(len(people))
    for place, offset in enumerate(hours):
        pass_by(stage, offset, people[place :: len(hours)])
    stage.settle()


def pass_by(stage: Stage, hours: int, people: list[Applicant]) -> None:
    """Let it be so many hours before the closing; `people` hand in while the reminders of that hour go out."""
    stage.at(stage.round.closes_at - timedelta(hours=hours) + AFTER)
    stage.crowd(people, Applicant.hand_in)
    wait(
        lambda: stage.persist("look for reminders", lambda: _all_came(stage, hours)), f"reminded at {hours} h", SECONDS
    )


def _all_came(stage: Stage, hours: int) -> bool:
    reminded = Reminder.objects.filter(hours=hours, deadline=stage.round.closes_at)
    drafts = Submission.objects.never_submitted().filter(
        round=stage.round, extended_until=None, created_at__lte=stage.round.closes_at - timedelta(hours=hours)
    )
    return not drafts.exclude(pk__in=reminded.values("submission")).exists()
