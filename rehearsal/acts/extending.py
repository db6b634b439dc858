"""One who came too late had a good reason: the office extends the deadline of that entry, and it is handed in."""

from datetime import datetime, timedelta

from landespreis.clock import BERLIN
from rehearsal.acts import seating
from rehearsal.applicant import Applicant
from rehearsal.insiders import Insider, once
from rehearsal.stage import Stage
from submissions.models import Submission

AFTER = timedelta(hours=1)
LONGER = timedelta(hours=20)
"""Past the closing: when the office hears of it, and until when it extends."""
REASON = "Im Rathaus war seit dem Mittag der Strom ausgefallen."


def extend(stage: Stage, person: Applicant) -> None:
    """Let the office give the entry of `person` a later deadline, and the person hand in before it."""
    closes = stage.round.closes_at
    stage.at(closes + AFTER)
    until = (closes + LONGER).astimezone(BERLIN)
    renate = seating.office(stage)
    extended = Submission.objects.filter(pk=person.pk, extended_until=until)
    once(stage, "extend a deadline", extended.exists, lambda: _extends(renate, person.pk, until))
    person.page = None  # the open one says that it is too late
    person.hand_in()


def _extends(renate: Insider, pk: str, until: datetime) -> None:
    form = renate.get(f"/admin/submissions/submission/{pk}/verlaengern/").form(field="until_0")
    form.set({"until_0": until.strftime("%d.%m.%Y"), "until_1": until.strftime("%H:%M"), "reason": REASON})
    renate.send(form.press("Frist verlängern"))
