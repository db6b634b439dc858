"""Verbs that bring a proposal to the editors and back: submit, recall."""

from dataclasses import dataclass
from typing import NoReturn

from django.conf import settings
from django.db import transaction

from accounts.models import User
from landespreis import mail
from landespreis.refusal import Refused
from portal import permissions
from portal.actions import completeness
from portal.actions.proposals import gate
from portal.models import Proposal, ProposalStep
from portal.workflow import Act

Verb = ProposalStep.Verb


class Incomplete(Refused):
    """Something is missing; the page of the proposal lists every point."""

    status = 422


@dataclass(frozen=True)
class Declarations:
    """What the person declares when putting a proposal in."""

    correctness: bool
    publication: bool
    contact: bool = False
    """That the person named agrees; needed where the contact is to be public."""


@transaction.atomic
def submit(proposal: Proposal, declared: Declarations, *, by: User, seen: str) -> Proposal:
    """Put the proposal before the editors; `seen` is the token of the content that the person looked at.

    Precondition: complete and declared. Writes a step that names the declarations; owes the notice to the
    Geschäftsstelle. Raises NotAllowed, Outdated, Incomplete, and Refused for one that waits already.
    """
    fresh, status, now = gate.enter(proposal, Act.SUBMIT, by=by)
    gate.require_seen(fresh, seen)
    _require_declared(fresh, declared)
    if problems := completeness.problems(fresh):
        raise Incomplete(" ".join(problem.message for problem in problems), title="Es fehlt noch etwas")
    fresh.status, fresh.submitted_at, fresh.reason = status, now, ""
    fresh.decided_at = fresh.decided_by = None
    fresh.save()
    gate.record(fresh, Verb.SUBMITTED, at=now, by=by, reason=_told(declared))
    context = {
        "proposal": fresh,
        "by": by,
        "is_confirmed": permissions.is_confirmed(by, fresh.lead_id),
        "waiting": Proposal.objects.waiting().count(),
    }
    mail.owe("proposal_submitted", settings.CONTACT_EMAIL, context, reply_to=by.email)
    return fresh


@transaction.atomic
def recall(proposal: Proposal, *, by: User) -> Proposal:
    """Take a proposal back to write on, as long as nobody has decided. Writes a step. Raises NotAllowed, Refused."""
    fresh, status, now = gate.enter(proposal, Act.RECALL, by=by)
    fresh.status = status
    fresh.save()
    gate.record(fresh, Verb.RECALLED, at=now, by=by)
    return fresh


def _require_declared(proposal: Proposal, declared: Declarations) -> None:
    if not declared.correctness:
        _undeclared("Bestätigen Sie, dass die Angaben richtig sind.")
    if not declared.publication:
        _undeclared("Stimmen Sie der Veröffentlichung zu.")
    if proposal.contact_public and not declared.contact:
        _undeclared("Bestätigen Sie, dass die Ansprechperson einverstanden ist.")


def _undeclared(message: str) -> NoReturn:
    raise Incomplete(message, title="Eine Erklärung fehlt")


def _told(declared: Declarations) -> str:
    contact = ", Ansprechperson einverstanden" if declared.contact else ""
    return f"Erklärt: Angaben richtig, Veröffentlichung zugestimmt{contact}."
