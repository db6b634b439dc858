"""Each issue came once to everybody who was subscribed when it was released, and to nobody who had left before."""

from collections import Counter
from collections.abc import Iterator

from landespreis.models import Circular
from portal.models import Delivery
from rehearsal import letters
from rehearsal.acts import writing
from rehearsal.invariants import Check, Finding, compare, none, none_lost
from rehearsal.ledger import ISSUED, SUBSCRIBED, UNSUBSCRIBED, WRITTEN
from rehearsal.stage import Stage

STATUS = Delivery.Status
OPEN = (STATUS.OWED, STATUS.HANDING, STATUS.FAILED, STATUS.UNCERTAIN)
"""How a delivery may stand that a fault hit; the office sees it, and the mail came once or not at all."""


def issues(stage: Stage) -> Iterator[Finding]:
    members: set[str] = set()
    for line in stage.ledger.lines:
        if line.what == SUBSCRIBED:
            members.add(line.who)
        elif line.what == UNSUBSCRIBED:
            members.discard(line.who)
        elif line.what == ISSUED:
            yield from _issue(stage, line.about, set(members))


def _issue(stage: Stage, subject: str, members: set[str]) -> Iterator[Finding]:
    arrived = writing.arrived(stage, subject)
    came = Counter(letter.to for letter in letters.once(arrived))
    rows = Delivery.objects.filter(newsletter__subject=subject)
    open_ = set(rows.filter(status__in=OPEN).values_list("subscriber__email", flat=True))
    lacking = sorted(one for one in members - open_ if not came[one])
    yield none_lost(f"„{subject}“ kam bei allen an", lacking, len(members))
    yield none(f"„{subject}“ kam bei niemandem zweimal an", [one for one in came if came[one] > 1], len(came))
    yield none(f"„{subject}“ kam nur bei Angemeldeten an", sorted(came.keys() - members), len(came))
    yield letters.again(stage, f"„{subject}“", arrived)


def circulars(stage: Stage) -> Iterator[Finding]:
    """A circular came as often as its page had promised, and to each entry's people once."""
    for line in stage.ledger.told(WRITTEN):
        came = [letter for letter in list(stage.installation.mail.letters) if letter.subject == line.about]
        found = list(letters.once(came))
        yield compare(f"Nachricht „{line.about}“ wie zugesagt", len(found), line.detail["number"])
        twice = [key for key, number in Counter((one.to, one.text) for one in found).items() if number > 1]
        yield none(f"Nachricht „{line.about}“ kam nie zweimal an", twice, len(found))
        yield letters.again(stage, f"Nachricht „{line.about}“", came)
        left = Circular.objects.filter(subject=line.about).exclude(status=Circular.Status.DRAFT).count()
        yield compare(f"Nachricht „{line.about}“ ist eine", left, 1)


CHECKS: tuple[Check, ...] = (issues, circulars)
