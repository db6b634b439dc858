"""What every verb on a proposal begins and ends with: lock it, check who and when, write its history."""

from datetime import UTC, datetime

from accounts.models import User
from landespreis import clock
from landespreis.refusal import NotAllowed, Refused
from portal import permissions, workflow
from portal.models import Proposal, ProposalStep
from portal.models.projects import ProjectContent
from portal.workflow import Act, Status

CONTENT = tuple(field.name for field in ProjectContent._meta.local_fields)
"""What a proposal and a project both hold in columns of their own."""
DECIDING = {Act.CORRECT, Act.RETURN, Act.PUBLISH}


class Outdated(Refused):
    """What the person looked at is not what is stored any more."""


def lock(proposal: Proposal) -> Proposal:
    """Return a fresh copy, locked until the transaction ends. Raises Refused for one that was discarded."""
    fresh = Proposal.objects.select_for_update().filter(pk=proposal.pk).first()
    if fresh is None:
        raise Refused(
            "Diesen Vorschlag gibt es nicht mehr. Vielleicht hat ihn jemand in einem anderen Fenster gelöscht."
        )
    return fresh


def enter(proposal: Proposal, act: Act, *, by: User) -> tuple[Proposal, Status, datetime]:
    """Lock the proposal and make sure that `by` may `act` now; return it, the status after that, and the moment.

    Raises NotAllowed and Refused.
    """
    fresh = lock(proposal)
    require(fresh, act, by=by)
    return fresh, workflow.target(fresh.status, act), clock.now()


def require(proposal: Proposal, act: Act, *, by: User) -> None:
    """Make sure that `by` may `act` on the proposal and that its state allows it. Raises NotAllowed and Refused."""
    if act in DECIDING and not permissions.may_decide(by):
        raise NotAllowed("Über Vorschläge entscheidet die Redaktion.")
    if act not in DECIDING and not permissions.may_write(by, proposal):
        raise NotAllowed(
            "An diesem Vorschlag schreibt, wer ihn begonnen hat und für die federführende Kommune arbeitet, und wer "
            "dort mit bestätigter Zugehörigkeit arbeitet. Bei Fragen hilft die Geschäftsstelle."
        )
    workflow.target(proposal.status, act)


def seen(proposal: Proposal) -> str:
    """Return what names the present content, and that of the project it changes: pages send it back with a decision."""
    project = proposal.project
    out = f"-{project.changed_at.astimezone(UTC):%Y%m%d%H%M%S%f}" if project else ""
    return f"{proposal.revision}-{proposal.picture_id or 0}{out}"


def require_seen(proposal: Proposal, token: str) -> None:
    """Raise Outdated if the content is not what `token` names: nobody decides about what they have not read."""
    if token != seen(proposal):
        what = "Der Vorschlag oder das Projekt im Verzeichnis" if proposal.project_id else "Der Vorschlag"
        raise Outdated(
            f"{what} hat sich geändert, seit Sie die Seite geöffnet haben. Lesen Sie ihn noch einmal und "
            "entscheiden Sie dann."
        )


def record(proposal: Proposal, verb: ProposalStep.Verb, *, at: datetime, by: User, reason: str = "") -> None:
    """Write a line of the history."""
    ProposalStep.objects.create(proposal=proposal, verb=verb, at=at, by=by, reason=reason)
