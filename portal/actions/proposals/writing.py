"""Verbs of those who write a proposal: begin one, begin a change of a published project, save, discard."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Municipality, User
from landespreis import clock
from landespreis.refusal import NotAllowed, Refused
from portal import permissions, workflow
from portal.actions.proposals import gate
from portal.actions.proposals.pictures import let_go
from portal.models import Project, Proposal, ProposalPartner, ProposalStep, Topic
from portal.workflow import Act

Values = Mapping[str, Any]
Verb = ProposalStep.Verb
MOST_PARTNERS = 100
"""As many as an entry may have."""
KEPT = {"lead", "picture"}
"""The lead is chosen when a proposal begins; a picture has verbs of its own."""
CONTACT = ("contact_name", "contact_email", "contact_phone", "contact_public")


class Conflict(Refused):
    """Somebody else saved after the page was opened; nothing of either was lost, `stored` is what counts now."""

    def __init__(self, stored: Proposal) -> None:
        super().__init__("Während Sie geschrieben haben, wurde der Vorschlag noch einmal gespeichert.")
        self.stored = stored


@transaction.atomic
def start(*, by: User, municipality: Municipality, key: uuid.UUID | None = None) -> Proposal:
    """Begin a proposal for a new project led by `municipality`, where `by` works.

    `key` is what the opened page offered: beginning twice with it (a double click) gives the same proposal. Writes a
    step; owes nothing. Raises NotAllowed.
    """
    User.objects.select_for_update().get(pk=by.pk)
    begun = Proposal.objects.filter(key=key, owner=by).first() if key else None
    if begun:
        return begun
    membership = permissions.membership(by, municipality.pk)
    if membership is None:
        raise NotAllowed(
            f"Vorschlagen können Sie nur für Kommunen, die in Ihrem Konto stehen; „{municipality.label}“ fehlt dort."
        )
    if key is None or Proposal.objects.filter(key=key).exists():
        key = uuid.uuid4()
    proposal = Proposal(
        key=key,
        lead=municipality,
        department=membership.department,
        contact_name=by.name,
        contact_email=by.email,
    )
    return _begun(proposal, by=by, at=clock.now())


@transaction.atomic
def start_change(project: Project, *, by: User) -> Proposal:
    """Begin a change of a published project: a copy with its partners, topics and picture; what is out stays.

    There is one open change at a time, so a second person gets the one that is open. What is not public of the
    contact is copied only for people whose membership is confirmed. Writes a step. Raises NotAllowed and Refused.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    now = clock.now()
    if not permissions.membership(by, project.lead_id):
        raise NotAllowed("Änderungen schlägt vor, wer für die federführende Kommune arbeitet.")
    if not project.is_public(now):
        raise Refused("Dieses Projekt ist zurzeit nicht öffentlich. Wenden Sie sich an die Geschäftsstelle.")
    if begun := open_change(project):
        if permissions.may_write(by, begun):
            return begun
        raise Refused(
            "Für dieses Projekt ist schon eine Änderung in Arbeit. Mitschreiben können Sie, sobald Ihre Zugehörigkeit "
            "zur Kommune bestätigt ist."
        )
    proposal = Proposal(project=project, **{name: getattr(project, name) for name in gate.CONTENT})
    if not project.contact_public and not permissions.is_confirmed(by, project.lead_id):
        proposal.contact_name, proposal.contact_email, proposal.contact_phone = by.name, by.email, ""
    _begun(proposal, by=by, at=now)
    proposal.topics.set(project.topics.all())
    _put_partners(proposal, project.partners.all())
    return proposal


def open_change(project: Project) -> Proposal | None:
    """Return the change of a project that is not decided yet."""
    return Proposal.objects.filter(project=project).exclude(status=workflow.Status.PUBLISHED).first()


@transaction.atomic
def save(
    proposal: Proposal,
    values: Values,
    *,
    by: User,
    revision: int,
    partners: Sequence[ProposalPartner] | None = None,
    topics: Iterable[Topic] | None = None,
    sitting: str = "",
) -> Proposal:
    """Save fields (name → cleaned value), partners and topics, whatever is still missing; None leaves what is there.

    `revision` is the one the page was opened with, `sitting` a token of that page: its own saving by itself never
    conflicts with its own button. Saving the same again changes nothing. Raises NotAllowed, Refused for partners
    that cannot be, and Conflict: then nothing was written.
    """
    fresh, _, now = gate.enter(proposal, Act.SAVE, by=by)
    chosen = None if topics is None else list(topics)
    if partners is not None:
        _require_partners(fresh, partners)
    if not differs(fresh, values, partners, chosen):
        return fresh
    if fresh.revision != revision and not (sitting and fresh.sitting == sitting):
        raise Conflict(fresh)
    return write(fresh, values, partners, chosen, by=by, at=now, sitting=sitting)


@transaction.atomic
def discard(proposal: Proposal, *, by: User) -> None:
    """Delete a draft that nobody but its writers has seen, with a picture that only it shows.

    Discarding one that is gone already changes nothing. Raises NotAllowed and Refused.
    """
    fresh = Proposal.objects.select_for_update().filter(pk=proposal.pk).first()
    if fresh is None:
        return
    gate.require(fresh, Act.SAVE, by=by)
    if not workflow.is_discardable(fresh):
        raise Refused("Dieser Vorschlag lag der Redaktion schon einmal vor; deshalb bleibt er mit seinem Verlauf.")
    picture = fresh.picture
    fresh.delete()
    let_go(picture)


def differs(
    proposal: Proposal, values: Values, partners: Sequence[ProposalPartner] | None, topics: list[Topic] | None
) -> bool:
    """Say whether saving these would change anything."""
    if any(getattr(proposal, name) != value for name, value in values.items()):
        return True
    if topics is not None and set(topics) != set(proposal.topics.all()):
        return True
    return partners is not None and [*map(_named, partners)] != [*map(_named, proposal.partners.all())]


def write(
    proposal: Proposal,
    values: Values,
    partners: Sequence[ProposalPartner] | None,
    topics: list[Topic] | None,
    *,
    by: User,
    at: datetime,
    sitting: str = "",
) -> Proposal:
    """Write what `save` and `correct` were given and count the revision; `proposal` is locked. Raises ValueError."""
    if strange := set(values) - set(gate.CONTENT) | KEPT & set(values):
        raise ValueError(f"no fields to write: {sorted(strange)}")
    for name, value in values.items():
        setattr(proposal, name, value)
    proposal.revision += 1
    proposal.saved_at, proposal.saved_by, proposal.sitting = at, by, sitting
    proposal.save()
    if partners is not None:
        proposal.partners.all().delete()
        _put_partners(proposal, partners)
    if topics is not None:
        proposal.topics.set(topics)
    return proposal


def _begun(proposal: Proposal, *, by: User, at: datetime) -> Proposal:
    proposal.owner = proposal.saved_by = by
    proposal.created_at = proposal.saved_at = at
    proposal.save()
    gate.record(proposal, Verb.STARTED, at=at, by=by)
    return proposal


def _put_partners(proposal: Proposal, partners: Iterable[Any]) -> None:
    for partner in partners:
        municipality_id, name, kind, country = _named(partner)
        ProposalPartner.objects.create(
            proposal=proposal, municipality_id=municipality_id, name=name, kind=kind, country=country
        )


def _named(partner: Any) -> tuple[int | None, str, str, str]:
    return partner.municipality_id, partner.name, partner.kind, partner.country


def _require_partners(proposal: Proposal, partners: Sequence[ProposalPartner]) -> None:
    if len(partners) > MOST_PARTNERS:
        raise Refused(f"Mehr als {MOST_PARTNERS} Partner lassen sich nicht eintragen. Nennen Sie weitere im Text.")
    known: set[object] = set()
    for partner in partners:
        if partner.municipality_id and partner.municipality_id == proposal.lead_id:
            raise Refused(f"{partner.label} ist federführend und braucht bei den Partnern nicht noch einmal zu stehen.")
        name = partner.municipality_id or partner.name.casefold()
        if name in known:
            raise Refused(f"{partner.label} steht schon in der Liste der Partner.")
        known.add(name)
