"""Verbs where two decide the formal check: one proposes, another confirms or rejects."""

from django.db import transaction

from accounts.models import User
from landespreis import clock
from landespreis.refusal import NotAllowed, Refused
from submissions import permissions
from submissions.actions import gate, ruling
from submissions.actions.ruling import Ruling
from submissions.models import Event, Proposal, Submission

Verb = Event.Verb


@transaction.atomic
def propose(entry: Submission, proposed: Ruling, *, by: User, read: int | None = None, seen: str = "") -> Proposal:
    """Note a decision that another person must confirm; nothing about the entry changes, and no mail goes yet.

    Journals. `read` and `seen` as in `ruling`. Raises NotAllowed, Overtaken, MailChanged, and Refused for what could
    not be decided either, where one decides alone, or where a proposal waits already.
    """
    entry, now = ruling.enter(entry, by=by, read=read)
    if not entry.round.four_eyes:
        raise Refused("In dieser Runde entscheidet eine Person allein. Entscheiden Sie bitte gleich.")
    waiting = Proposal.objects.waiting().filter(submission=entry).select_related("proposed_by").first()
    if waiting:
        raise Refused(f"Es gibt schon einen Vorschlag von {waiting.proposed_by.name}, der auf Bestätigung wartet.")
    proposed = ruling.guard(entry, proposed, now)
    ruling.require_seen(ruling.letter(entry, proposed), seen)
    assert entry.current is not None  # what is submitted has one
    proposal = Proposal.objects.create(
        submission=entry,
        version=entry.current,
        act=proposed.act.value,
        reason=proposed.reason,
        until=proposed.until,
        tell=proposed.tell,
        proposed_by=by,
        proposed_at=now,
    )
    detail = {"act": proposed.act.value, "reason": proposed.reason}
    if proposed.until:
        detail["until"] = proposed.until.isoformat()
    gate.record(entry, Verb.CHECK_PROPOSED, at=now, by=by, version=entry.current, **detail)
    return proposal


@transaction.atomic
def confirm(proposal: Proposal, *, by: User, read: int | None = None, seen: str = "") -> Submission:
    """Decide what was proposed, with all that follows from it; the journal names both.

    Also possible once the round has gone back to one person. Raises NotAllowed for whoever proposed it, Overtaken,
    MailChanged, Refused once the proposal has ended, or when it cannot be decided any more.
    """
    entry, now = ruling.enter(proposal.submission, by=by, read=read)
    proposal = _waiting(proposal)
    if not permissions.may_confirm(by, proposal):
        raise NotAllowed("Den eigenen Vorschlag bestätigt eine andere Person der Geschäftsstelle.")
    decided = ruling.guard(entry, Ruling.proposed(proposal), now)
    _end(proposal, Proposal.Outcome.CONFIRMED, by, "")
    ruling.write(entry, decided, at=now, by=by, seen=seen, proposed_by=proposal.proposed_by)
    return entry


@transaction.atomic
def reject(proposal: Proposal, *, by: User, reason: str, read: int | None = None) -> Submission:
    """End a proposal without deciding; who made it may take it back in the same way. The entry waits again.

    Journals. Raises NotAllowed, Overtaken, Refused without a reason or once the proposal has ended.
    """
    entry, now = ruling.enter(proposal.submission, by=by, read=read)
    proposal = _waiting(proposal)
    reason = ruling.required(reason)
    _end(proposal, Proposal.Outcome.REJECTED, by, reason)
    gate.record(entry, Verb.CHECK_UNPROPOSED, at=now, by=by, version=entry.current, reason=reason)
    return entry


def _waiting(proposal: Proposal) -> Proposal:
    """Read the proposal again, under the lock of its entry."""
    fresh = Proposal.objects.waiting().select_related("proposed_by").filter(pk=proposal.pk).first()
    if fresh is None:
        raise Refused("Dieser Vorschlag wartet nicht mehr: Er ist schon bestätigt, abgelehnt oder hinfällig.")
    return fresh


def _end(proposal: Proposal, outcome: Proposal.Outcome, by: User, reason: str) -> None:
    proposal.outcome, proposal.ended_by, proposal.ended_at, proposal.ended_reason = outcome, by, clock.now(), reason
    proposal.save(update_fields=["outcome", "ended_by", "ended_at", "ended_reason"])
