"""Proposals for tests: people of a municipality, drafts, proposals that wait; stored through the verbs."""

from typing import Any

from django.contrib.auth.models import Group
from django.core.management import call_command

from accounts.models import Membership, Municipality, User
from landespreis import clock
from portal.actions import proposals
from portal.actions.proposals import Declarations
from portal.models import Project, Proposal, ProposalPartner
from submissions.models import Partner
from tests.accounts.factories import MembershipFactory, MunicipalityFactory, StaffFactory
from tests.portal import factories

DECLARED = Declarations(correctness=True, publication=True, contact=True)
ABSTRACT = "Drei Städte am Hellweg warnen gemeinsam vor Starkregen."
BODY = "## Worum es geht\n\nEin Netz aus **31 Pegeln** für alle."


def person(municipality: Municipality | None = None, *, confirmed: bool = False, **fields: Any) -> User:
    """Somebody who works at a municipality, with the membership still waiting unless `confirmed`."""
    row = MembershipFactory(municipality=municipality or MunicipalityFactory(), **fields)
    if confirmed:
        confirm(row)
    user: User = row.user
    return user


def confirm(row: Membership) -> None:
    row.status, row.decided_by, row.decided_at = Membership.Status.CONFIRMED, StaffFactory(), clock.now()
    row.save()


def refuse(row: Membership) -> None:
    row.status, row.decided_by, row.decided_at = Membership.Status.REFUSED, StaffFactory(), clock.now()
    row.save()


def home(user: User) -> Municipality:
    return user.memberships.get().municipality


def editor() -> User:
    """Somebody of the Redaktion, with what `load_roles` grants."""
    call_command("load_roles", verbosity=0)
    user: User = StaffFactory()
    user.groups.add(Group.objects.get(name="Redaktion"))
    return user


def draft(user: User | None = None, **values: Any) -> Proposal:
    """An empty draft of `user`, with `values` written in it."""
    user = user or person()
    begun = proposals.start(by=user, municipality=home(user))
    return proposals.save(begun, values, by=user, revision=0) if values else begun


def complete(user: User | None = None, **values: Any) -> Proposal:
    """A draft that can be put in."""
    begun = draft(user)
    written = {
        "title": "PegelVerbund Hellweg",
        "category": factories.ProjectCategoryFactory(),
        "abstract": ABSTRACT,
        "body": BODY,
        "department": "Fachbereich Umwelt",
    }
    partners = [
        ProposalPartner(municipality=MunicipalityFactory()),
        ProposalPartner(name="Lippeverband", kind=Partner.Kind.ZWECKVERBAND),
    ]
    topics = [factories.TopicFactory()]
    return proposals.save(begun, written | values, partners=partners, topics=topics, by=begun.owner, revision=0)


def submit(proposal: Proposal, by: User | None = None) -> Proposal:
    return proposals.submit(proposal, DECLARED, by=by or proposal.owner, seen=proposals.seen(proposal))


def waiting(user: User | None = None, **values: Any) -> Proposal:
    """A proposal that the editors have not decided about."""
    return submit(complete(user, **values))


def published(user: User | None = None, **values: Any) -> Project:
    """A project that came out as a proposal."""
    proposal = waiting(user, **values)
    return proposals.publish(proposal, by=StaffFactory(superuser=True), seen=proposals.seen(proposal))


def returned(user: User | None = None, reason: str = "Nennen Sie die Partner.") -> Proposal:
    proposal = waiting(user)
    decider = StaffFactory(superuser=True)
    return proposals.hand_back(proposal, reason=reason, by=decider, seen=proposals.seen(proposal))


def in_state(status: str, user: User | None = None) -> Proposal:
    """A proposal in any state."""
    if status == Proposal.Status.PUBLISHED:
        return published(user).proposals.get()
    make = {Proposal.Status.DRAFT: complete, Proposal.Status.REVIEW: waiting, Proposal.Status.RETURNED: returned}
    return make[Proposal.Status(status)](user)
