"""What one person decides in the formal check: admit, exclude, hand back, take back, reopen, withdraw on request."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from landespreis.refusal import Refused
from submissions.actions import gate, ruling
from submissions.actions.ruling import Ruling
from submissions.models import Event, Submission
from submissions.workflow import CheckAct

Check, Verb = Submission.Check, Event.Verb
FOR_TWO = (
    "In dieser Runde entscheiden zwei über die formale Prüfung: Schlagen Sie die Entscheidung vor, eine andere Person "
    "bestätigt sie."
)
FOR_ONE = "Die Runde prüft nicht mehr zu zweit."


@transaction.atomic
def decide(entry: Submission, decided: Ruling, *, by: User, read: int | None = None, seen: str = "") -> Submission:
    """Decide alone what `decided` says: one of the acts that have a verb of their own below, which says what follows.

    `read` is what `ruling.last_seen` said when the person's page was made, `seen` the mark of the mail that was shown:
    when something happened since, or another mail would go, nothing is decided. Journals, and owes the mail. Raises
    NotAllowed, Overtaken, MailChanged, Refused, also where two decide.
    """
    entry, now = ruling.enter(entry, by=by, read=read)
    if entry.round.four_eyes:
        raise Refused(FOR_TWO)
    decided = ruling.guard(entry, decided, now)
    gate.drop_proposal(entry, at=now, by=by, why=FOR_ONE)
    ruling.write(entry, decided, at=now, by=by, seen=seen)
    return entry


@transaction.atomic
def admit_each(
    entries: Sequence[Submission], *, by: User, tell: bool = False, read: Mapping[UUID, int] | None = None
) -> Mapping[UUID, Refused]:
    """Admit several entries like `admit`, in as many queries as one; return why those that stay as they are do.

    `read` has for each what `ruling.last_seen` said. Raises NotAllowed.
    """
    entered = ruling.enter_each([entry.pk for entry in entries], by=by, read=read or {})
    for_two = {entry.pk: Refused(FOR_TWO) for entry in entered.ready if entry.round.four_eyes}
    entered = ruling.admissible(entered.without(for_two))
    if entered.ready:
        gate.drop_proposals(entered.ready, at=entered.now, by=by, why=FOR_ONE)
        ruling.write_admissions(entered.ready, Ruling(CheckAct.ADMIT, tell=tell), at=entered.now, by=by)
    return entered.refused


def admit(entry: Submission, *, by: User, tell: bool = False, read: int | None = None, seen: str = "") -> Submission:
    """Let the jury judge the version that counts. Precondition: submitted, its deadline past, category undecided.

    Journals, and with `tell` owes a mail to owner and editors. Raises what `decide` raises.
    """
    return decide(entry, Ruling(CheckAct.ADMIT, tell=tell), by=by, read=read, seen=seen)


def exclude(entry: Submission, *, by: User, reason: str, read: int | None = None, seen: str = "") -> Submission:
    """Take a submitted entry out of the award because it breaks a condition, also after it was admitted or scored.

    Scores that jurors gave stay, and stop counting. Journals, and owes a mail with the reason to owner and editors.
    Raises what `decide` raises, and Refused without a reason or once the category is decided.
    """
    return decide(entry, Ruling(CheckAct.EXCLUDE, reason), by=by, read=read, seen=seen)


def hand_back(
    entry: Submission, *, by: User, until: datetime, reason: str, read: int | None = None, seen: str = ""
) -> Submission:
    """Let the people of an entry correct it and submit it again before `until`; their submit opens the check again.

    The version they handed in counts until then. Journals, and owes a mail with reason and deadline to owner and
    editors. Raises what `decide` raises, and Refused without a reason, for a moment that is past or not later than the
    deadline, while that still runs, or once the category is decided.
    """
    return decide(entry, Ruling(CheckAct.HAND_BACK, reason, until), by=by, read=read, seen=seen)


def reason(entry: Submission) -> str:
    """Return why a submitted entry was handed back or excluded, as long as that stands; else nothing."""
    verb = {Check.RETURNED: Verb.HANDED_BACK, Check.EXCLUDED: Verb.EXCLUDED}.get(Check(entry.formal_check))
    if verb is None or entry.status != Submission.Status.SUBMITTED:
        return ""
    event = entry.events.filter(verb=verb).order_by("-pk").first()
    return str(event.detail["reason"]) if event else ""


def undo(entry: Submission, *, by: User, reason: str, read: int | None = None) -> Submission:
    """Take the last decision back, as long as nothing was built on it: state and deadline become what they were.

    A mail that went with it stays sent. Journals. Raises what `decide` raises, and Refused without a reason, without a
    decision, once something was built on it (then `reopen` is left), or once the category is decided.
    """
    return decide(entry, Ruling(CheckAct.UNDO, reason), by=by, read=read)


def reopen(entry: Submission, *, by: User, reason: str, read: int | None = None) -> Submission:
    """Set the formal check back to open, whatever was built on it; the jury loses sight of the entry until then.

    What jurors did stays, and counts again when the entry is admitted again. Journals. Raises what `decide` raises, and
    Refused without a reason or once the category is decided.
    """
    return decide(entry, Ruling(CheckAct.REOPEN, reason), by=by, read=read)


def withdraw_on_request(entry: Submission, *, by: User, reason: str, read: int | None = None) -> Submission:
    """Withdraw an entry after its deadline because its people asked for it; `reason` says who asked and how.

    Scores that jurors gave stay, and stop counting. Journals, and owes the mail of a withdrawal to owner and editors.
    Raises what `decide` raises, and Refused without a reason or once the category is decided.
    """
    return decide(entry, Ruling(CheckAct.WITHDRAW, reason), by=by, read=read)
