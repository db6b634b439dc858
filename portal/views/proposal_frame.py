"""What every page of a proposal shows around its own content: its state in words, and what can be done next."""

from typing import Any, NamedTuple
from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.models import User
from landespreis import wording
from portal import permissions, workflow
from portal.models import Proposal
from portal.workflow import Act

Status = Proposal.Status
SIGNS = {Status.DRAFT: "begun", Status.REVIEW: "running", Status.RETURNED: "error", Status.PUBLISHED: "done"}
"""State → the sign beside its words."""
EDGES = {Status.DRAFT: "draft", Status.REVIEW: "submitted", Status.RETURNED: "draft", Status.PUBLISHED: "submitted"}
"""State → the edge of its block: dashed while it is being written, solid once it is put in."""


class Row(NamedTuple):
    """A line of the list of proposals."""

    proposal: Proposal
    sign: str
    words: str
    about: str


def find(user: User, key: UUID) -> Proposal:
    """Return a proposal that this person may see; raises Http404 for any other."""
    visible = Proposal.objects.visible_to(user).select_related("lead", "owner", "project", "picture", "saved_by")
    return get_object_or_404(visible, key=key)


def is_writable(proposal: Proposal, user: User) -> bool:
    """Whether this person can write in it now."""
    return workflow.allows(proposal.status, Act.SAVE) and permissions.may_write(user, proposal)


def words(proposal: Proposal) -> str:
    """Return the state as a heading: «Entwurf – noch nicht vorgelegt»."""
    if proposal.status == Status.DRAFT:
        return "Entwurf – zurückgeholt" if proposal.submitted_at else "Entwurf – noch nicht vorgelegt"
    if proposal.status == Status.REVIEW:
        return "In Prüfung – liegt der Redaktion vor"
    if proposal.status == Status.RETURNED:
        return "Zurückgegeben – bitte überarbeiten"
    return "Veröffentlicht"


def row(proposal: Proposal, user: User) -> Row:
    kind = "Änderung" if proposal.project_id and proposal.status != Status.PUBLISHED else "Projekt"
    by = "" if proposal.owner_id == user.pk else f" · begonnen von {proposal.owner}"
    about = f"{kind} · {proposal.lead} · gespeichert {wording.day(proposal.saved_at)}{by}"
    return Row(proposal, SIGNS[Status(proposal.status)], words(proposal), about)


def context(proposal: Proposal, user: User) -> dict[str, Any]:
    """Return what the templates of all pages of a proposal get."""
    may_write = permissions.may_write(user, proposal)
    return {
        "proposal": proposal,
        "state_words": words(proposal),
        "edge": EDGES[Status(proposal.status)],
        "is_change": proposal.project_id is not None and proposal.status != Status.PUBLISHED,
        "writable": is_writable(proposal, user),
        "may_recall": may_write and workflow.allows(proposal.status, Act.RECALL),
        "may_discard": may_write and workflow.is_discardable(proposal),
        "is_unconfirmed": proposal.owner_id == user.pk and not permissions.is_confirmed(user, proposal.lead_id),
        "steps": list(proposal.steps.select_related("by")),
    }
