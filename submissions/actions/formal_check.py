"""Verbs of the formal check: admit, exclude, hand back, reopen, and withdraw an entry on request of its people."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from landespreis import clock, mail
from landespreis.refusal import NotAllowed, Refused
from submissions import permissions, workflow
from submissions.actions import gate
from submissions.models import Category, Event, Submission


@transaction.atomic
def admit(entry: Submission, *, by: User) -> Submission:
    """Let the jury judge the version that counts. Precondition: submitted, its deadline past, category undecided.

    Journals. Raises NotAllowed, Refused.
    """
    entry, now = _enter(entry, by)
    _require_closed(entry, now)
    return _note(entry, workflow.CheckAct.ADMIT, Event.Verb.ADMITTED, now, by)


@transaction.atomic
def exclude(entry: Submission, *, by: User, reason: str) -> Submission:
    """Take a submitted entry out of the award because it breaks a condition, also after it was admitted or scored.

    Scores that jurors gave stay, and stop counting. Journals, and owes a mail with the reason to owner and editors.
    Raises NotAllowed, Refused without a reason or once the category is decided.
    """
    entry, now = _enter(entry, by)
    reason = _required(reason)
    _note(entry, workflow.CheckAct.EXCLUDE, Event.Verb.EXCLUDED, now, by, reason=reason)
    mail.owe(
        "excluded",
        gate.addresses(entry),
        {"number": entry.label, "title": entry.submitted_title, "reason": reason, "path": entry.get_absolute_url()},
    )
    return entry


@transaction.atomic
def hand_back(entry: Submission, *, by: User, until: datetime, reason: str) -> Submission:
    """Let the people of an entry correct it and submit it again before `until`; their submit opens the check again.

    The version they handed in counts until then. Journals, and owes a mail with reason and deadline to owner and
    editors. Raises NotAllowed, Refused without a reason, for a moment that is past or not later than the deadline,
    while that still runs, or once the category is decided.
    """
    entry, now = _enter(entry, by)
    _require_closed(entry, now)
    reason = _required(reason)
    if until <= max(now, entry.deadline):
        raise Refused("Die Frist der Korrektur muss in der Zukunft und nach der bisherigen Frist liegen.")
    _note(entry, workflow.CheckAct.HAND_BACK, Event.Verb.HANDED_BACK, now, by, reason=reason, until=until.isoformat())
    entry.extensions.create(until=until, reason=f"Korrektur: {reason}", granted_by=by, granted_at=now)
    entry.extended_until = until
    entry.save(update_fields=["extended_until"])
    mail.owe(
        "handed_back",
        gate.addresses(entry),
        {
            "number": entry.label,
            "title": entry.submitted_title,
            "reason": reason,
            "until": until,
            "path": entry.get_absolute_url(),
        },
    )
    return entry


def correction(entry: Submission) -> str:
    """Return why an entry was handed back last; empty unless it waits for its correction."""
    if entry.formal_check != Submission.Check.RETURNED:
        return ""
    event = entry.events.filter(verb=Event.Verb.HANDED_BACK).order_by("-pk").first()
    return str(event.detail["reason"]) if event else ""


@transaction.atomic
def reopen(entry: Submission, *, by: User, reason: str) -> Submission:
    """Set the formal check back to open; the jury loses sight of the entry until it is admitted again.

    Journals. Raises NotAllowed, Refused without a reason or once the category is decided.
    """
    entry, now = _enter(entry, by)
    return _note(entry, workflow.CheckAct.REOPEN, Event.Verb.CHECK_REOPENED, now, by, reason=_required(reason))


@transaction.atomic
def withdraw_on_request(entry: Submission, *, by: User, reason: str) -> Submission:
    """Withdraw an entry after its deadline because its people asked for it; `reason` says who asked and how.

    Scores that jurors gave stay, and stop counting. Journals, and owes the mail of a withdrawal to owner and editors.
    Raises NotAllowed, Refused without a reason or once the category is decided.
    """
    entry, now = _enter(entry, by)
    entry.status = workflow.target(entry.status, workflow.Act.WITHDRAW)
    entry.save(update_fields=["status"])
    gate.record(entry, Event.Verb.WITHDRAWN, at=now, by=by, version=entry.current, reason=_required(reason))
    mail.owe(
        "withdrawn",
        gate.addresses(entry),
        {
            "number": entry.label,
            "title": entry.submitted_title,
            "by": f"{by.name} (Geschäftsstelle)",
            "at": now,
            "deadline": entry.deadline,
            "again": workflow.is_open(entry, now),
            "path": entry.get_absolute_url(),
        },
    )
    return entry


def _enter(entry: Submission, by: User) -> tuple[Submission, datetime]:
    """Lock the entry and its category, which the jury's verbs lock too, and read clock and decision after that."""
    if not permissions.may_check(by):
        raise NotAllowed("Über die formale Prüfung entscheidet die Geschäftsstelle.")
    entry = gate.lock(entry)
    if entry.status != Submission.Status.SUBMITTED:
        raise Refused("Das geht nur mit einer Einreichung, die eingereicht und nicht zurückgezogen ist.")
    category = Category.objects.filter(entries=entry)
    category.select_for_update(no_key=True, of=("self",)).values_list("pk").get()
    if category.filter(decided_at__isnull=False).exists():
        raise Refused("Die Jury hat diese Kategorie entschieden. An ihren Einreichungen ändert sich nichts mehr.")
    return entry, clock.now()


def _require_closed(entry: Submission, now: datetime) -> None:
    if workflow.is_open(entry, now):
        raise Refused("Die Frist dieser Einreichung läuft noch. Zulassen können Sie sie danach.")


def _required(reason: str) -> str:
    if not reason.strip():
        raise Refused("Bitte nennen Sie den Grund.")
    return reason.strip()


def _note(
    entry: Submission, act: workflow.CheckAct, verb: Event.Verb, at: datetime, by: User, **detail: str
) -> Submission:
    entry.formal_check = workflow.checked(entry.formal_check, act)
    entry.save(update_fields=["formal_check"])
    gate.record(entry, verb, at=at, by=by, version=entry.current, **detail)
    return entry
