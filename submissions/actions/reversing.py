"""What takes back what stands of an entry: the last decision undone, its check opened again, the entry withdrawn."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from landespreis import wording
from landespreis.outgoing import Outgoing
from landespreis.refusal import Refused
from submissions import builds_on, workflow
from submissions.actions import gate
from submissions.models import Event, Submission
from submissions.workflow import CheckAct

Check, Verb = Submission.Check, Event.Verb
DECIDED = {CheckAct.ADMIT: Verb.ADMITTED, CheckAct.EXCLUDE: Verb.EXCLUDED, CheckAct.HAND_BACK: Verb.HANDED_BACK}
"""What the journal calls a decision."""
REVERSED = {
    CheckAct.UNDO: Verb.CHECK_UNDONE,
    CheckAct.REOPEN: Verb.CHECK_REOPENED,
    CheckAct.WITHDRAW: Verb.WITHDRAWN,
}
"""What it calls that which takes back."""
CORRECTING = (
    Verb.SAVED, Verb.PARTNER_ADDED, Verb.PARTNER_REMOVED, Verb.FILE_ADDED, Verb.FILE_DESCRIBED, Verb.FILE_REMOVED,
    Verb.RESET, Verb.EXTENDED,
)  # fmt: skip
"""What builds on an entry being handed back."""


@dataclass(frozen=True)
class LastDecision:
    """The decision an entry's check stands on, and what has been built on it since: sentences, none if nothing."""

    event: Event
    built: list[str]

    @property
    def before(self) -> str:
        """The state of the check in which it was made."""
        return str(self.event.detail.get("before", Check.OPEN))

    @property
    def was_told(self) -> bool:
        """Whether a mail went with it."""
        return bool(self.event.detail.get("told", self.event.verb != Verb.ADMITTED))


def last_decision(entry: Submission) -> LastDecision | None:
    """Return the decision that led to the state of the check, or None while that is open."""
    act = workflow.DECISIONS.get(Check(entry.formal_check))
    events = entry.events.filter(verb=DECIDED[act]).select_related("by") if act else entry.events.none()
    event = events.order_by("-pk").first()
    if event is None:
        return None
    return LastDecision(event, _built_on(entry, event))


def _built_on(entry: Submission, decision: Event) -> list[str]:
    """Nothing builds on an exclusion: it ends what was there."""
    if decision.verb == Verb.ADMITTED:
        return builds_on.admission(entry)
    if decision.verb == Verb.EXCLUDED:
        return []
    later = entry.events.filter(pk__gt=decision.pk, verb__in=CORRECTING).order_by("-pk").first()
    return [f"Seitdem: „{later.get_verb_display()}“ am {wording.moment_short(later.at)}."] if later else []


def require(entry: Submission, act: CheckAct) -> None:
    """Raise Refused unless this can be done to the locked entry now."""
    if act is CheckAct.REOPEN:
        workflow.checked(entry.formal_check, act)
    elif act is CheckAct.WITHDRAW:
        workflow.target(entry.status, workflow.Act.WITHDRAW)
    else:
        last = last_decision(entry)
        workflow.undone(entry.formal_check, last.before if last else Check.OPEN)
        if last is None or last.built:
            said = " ".join(last.built) if last else "Im Verlauf steht keine Entscheidung."
            raise Refused(f"{said} Zurücknehmen lässt sie sich nicht mehr; Sie können die Prüfung aber wieder öffnen.")


def write(entry: Submission, act: CheckAct, *, at: datetime, by: User, **detail: str) -> None:
    """Set the state and journal it; `require` has let it pass."""
    if act is CheckAct.REOPEN:
        entry.formal_check = workflow.checked(entry.formal_check, act)
    elif act is CheckAct.WITHDRAW:
        entry.status = workflow.target(entry.status, workflow.Act.WITHDRAW)
    else:
        detail["undone"] = _undo(entry)
    entry.save(update_fields=["status", "formal_check", "extended_until"])
    gate.record(entry, REVERSED[act], at=at, by=by, version=entry.current, **detail)


def _undo(entry: Submission) -> str:
    """Put state and deadline back to what they were, and return what the decision was called."""
    last = last_decision(entry)
    assert last is not None  # `require` has looked
    entry.formal_check = workflow.undone(entry.formal_check, last.before)
    if last.event.verb == Verb.HANDED_BACK:
        former = last.event.detail.get("deadline_before", "")
        entry.extended_until = datetime.fromisoformat(former) if former else None
    return last.event.get_verb_display()


def withdrawal(entry: Submission, *, by: User, at: datetime) -> Outgoing:
    """Return the mail of a withdrawal on request."""
    context = {
        "number": entry.label,
        "title": entry.submitted_title,
        "by": f"{by.name} (Geschäftsstelle)",
        "at": at,
        "deadline": entry.deadline,
        "again": workflow.is_open(entry, at),
        "path": entry.get_absolute_url(),
    }
    return Outgoing("withdrawn", gate.addresses(entry), context, moment="at")
