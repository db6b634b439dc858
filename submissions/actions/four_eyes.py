"""Verbs where two decide the formal check: one proposes, another confirms or rejects."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from landespreis import clock
from landespreis.outgoing import require_seen
from landespreis.refusal import NotAllowed, Refused
from submissions import permissions
from submissions.actions import gate, ruling
from submissions.actions.ruling import Ruling
from submissions.models import Event, Proposal, Submission
from submissions.workflow import CheckAct

Verb = Event.Verb


@transaction.atomic
def propose(entry: Submission, proposed: Ruling, *, by: User, read: int | None = None, seen: str = "") -> Proposal:
    """Note a decision that another person must confirm; nothing about the entry changes, and no mail goes yet.

    Journals. `read` and `seen` as in `ruling`. Raises NotAllowed, Overtaken, MailChanged, and Refused for what could
    not be decided either, where one decides alone, or where a proposal waits already.
    """
    entry, now = ruling.enter(entry, by=by, read=read)
    for refusal in _not_for_two([entry]).values():
        raise refusal
    proposed = ruling.guard(entry, proposed, now)
    require_seen(ruling.letter(entry, proposed, by=by, at=now), seen)
    proposal = _proposal(entry, proposed, now, by)
    proposal.save()
    gate.record(entry, Verb.CHECK_PROPOSED, at=now, by=by, version=entry.current, **_detail(proposed))
    return proposal


@transaction.atomic
def propose_admissions(
    entries: Sequence[Submission], *, by: User, tell: bool = False, read: Mapping[UUID, int] | None = None
) -> Mapping[UUID, Refused]:
    """Propose to admit several entries like `propose`, in as many queries as one; return why the others are not.

    `read` has for each what `ruling.last_seen` said. Raises NotAllowed.
    """
    entered = ruling.enter_each([entry.pk for entry in entries], by=by, read=read or {})
    entered = ruling.admissible(entered.without(_not_for_two(entered.ready)))
    admission = Ruling(CheckAct.ADMIT, tell=tell)
    Proposal.objects.bulk_create(_proposal(entry, admission, entered.now, by) for entry in entered.ready)
    told = [(entry, _detail(admission)) for entry in entered.ready]
    gate.record_each(Verb.CHECK_PROPOSED, told, at=entered.now, by=by)
    return entered.refused


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


def _not_for_two(entries: Sequence[Submission]) -> dict[UUID, Refused]:
    """Return for which entries nothing can be proposed: where one decides alone, or a proposal waits already."""
    refused = {
        entry.pk: Refused("In dieser Runde entscheidet eine Person allein. Entscheiden Sie bitte gleich.")
        for entry in entries
        if not entry.round.four_eyes
    }
    waiting = Proposal.objects.waiting().filter(submission__in=[entry.pk for entry in entries])
    for proposal in waiting.select_related("proposed_by"):
        said = f"Es gibt schon einen Vorschlag von {proposal.proposed_by.name}, der auf Bestätigung wartet."
        refused.setdefault(proposal.submission_id, Refused(said))
    return refused


def _proposal(entry: Submission, proposed: Ruling, now: datetime, by: User) -> Proposal:
    assert entry.current is not None  # what is submitted has one
    return Proposal(
        submission=entry,
        version=entry.current,
        act=proposed.act.value,
        reason=proposed.reason,
        until=proposed.until,
        tell=proposed.tell,
        proposed_by=by,
        proposed_at=now,
    )


def _detail(proposed: Ruling) -> dict[str, str]:
    """Return what the journal says of a proposal."""
    detail = {"act": proposed.act.value, "reason": proposed.reason}
    return detail | {"until": proposed.until.isoformat()} if proposed.until else detail


def _waiting(proposal: Proposal) -> Proposal:
    """Read the proposal again, under the lock of its entry."""
    fresh = Proposal.objects.waiting().select_related("proposed_by").filter(pk=proposal.pk).first()
    if fresh is None:
        raise Refused("Dieser Vorschlag wartet nicht mehr: Er ist schon bestätigt, abgelehnt oder hinfällig.")
    return fresh


def _end(proposal: Proposal, outcome: Proposal.Outcome, by: User, reason: str) -> None:
    proposal.outcome, proposal.ended_by, proposal.ended_at, proposal.ended_reason = outcome, by, clock.now(), reason
    proposal.save(update_fields=["outcome", "ended_by", "ended_at", "ended_reason"])
