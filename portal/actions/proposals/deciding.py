"""Verbs of the editors on a proposal that waits: correct it, hand it back, publish it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from landespreis import mail
from landespreis.refusal import Refused
from portal import telling
from portal.actions import completeness, projects
from portal.actions.proposals import gate, writing
from portal.models import Project, ProjectPartner, Proposal, ProposalStep, Topic
from portal.workflow import Act

Verb = ProposalStep.Verb
LONGEST_REASON = 2000


@transaction.atomic
def correct(
    proposal: Proposal, values: Mapping[str, Any], *, by: User, seen: str, topics: Iterable[Topic] | None = None
) -> Proposal:
    """Correct small things in a proposal that waits; a step names what. Correcting nothing changes nothing.

    Raises NotAllowed, Outdated, and Refused for one that does not wait.
    """
    fresh, _, now = gate.enter(proposal, Act.CORRECT, by=by)
    chosen = None if topics is None else list(topics)
    if not writing.differs(fresh, values, None, chosen):
        return fresh
    gate.require_seen(fresh, seen)
    before = telling.stored(fresh)
    writing.write(fresh, values, None, chosen, by=by, at=now)
    changed = [change.label for change in telling.changes(before, telling.stored(fresh))]
    gate.record(fresh, Verb.CORRECTED, at=now, by=by, reason=", ".join(changed))
    return fresh


@transaction.atomic
def hand_back(proposal: Proposal, *, reason: str, by: User, seen: str) -> Proposal:
    """Return the proposal to its writers, saying why. Writes a step; owes them a mail.

    Raises NotAllowed, Outdated, and Refused without a reason or when somebody has decided already.
    """
    fresh, status, now = gate.enter(proposal, Act.RETURN, by=by)
    gate.require_seen(fresh, seen)
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise Refused("Nennen Sie den Grund: Die Kommune muss wissen, was sie ändern soll.")
    fresh.status, fresh.reason = status, reason
    fresh.decided_at, fresh.decided_by = now, by
    fresh.save()
    gate.record(fresh, Verb.RETURNED, at=now, by=by, reason=reason)
    mail.owe("proposal_returned", _addresses(fresh), {"proposal": fresh})
    return fresh


@transaction.atomic
def publish(proposal: Proposal, *, by: User, seen: str) -> Project:
    """Take the proposal over into the directory, as a new project or over the one it changes; return the project.

    Address, former addresses, origin, prize and the moment of first publication stay; what somebody wrote into the
    project since the page was opened is never overwritten, see `gate.seen`. Writes a step; owes the writers
    a mail with the address. Raises NotAllowed, Outdated, Unreadable, and Refused for what is not complete or when
    somebody has decided already.
    """
    fresh, status, now = gate.enter(proposal, Act.PUBLISH, by=by)
    project = _project(fresh)
    gate.require_seen(fresh, seen)
    if problems := completeness.problems(fresh):
        raise Refused(" ".join(problem.message for problem in problems), title="Es fehlt noch etwas")
    project.published_at = project.published_at or now
    fresh.project = projects.save(project, partners=_partners(fresh), topics=list(fresh.topics.all()))
    fresh.status, fresh.reason = status, ""
    fresh.decided_at, fresh.decided_by = now, by
    fresh.save()
    gate.record(fresh, Verb.PUBLISHED, at=now, by=by)
    mail.owe("proposal_published", _addresses(fresh), {"proposal": fresh, "project": project})
    return project


def _project(proposal: Proposal) -> Project:
    """Return the project as it would be; one that is there already is locked, so that it stays what was looked at."""
    if proposal.project_id:
        project = Project.objects.select_for_update().get(pk=proposal.project_id)
    else:
        project = Project(origin=Project.Origin.PROPOSED)
    for name in gate.CONTENT:
        setattr(project, name, getattr(proposal, name))
    return project


def _partners(proposal: Proposal) -> list[ProjectPartner]:
    return [
        ProjectPartner(municipality=row.municipality, name=row.name, kind=row.kind, country=row.country)
        for row in proposal.partners.select_related("municipality")
    ]


def _addresses(proposal: Proposal) -> list[str]:
    """Return the addresses of the owner and of whoever put it in, each once; closed accounts get none."""
    last = proposal.steps.filter(verb=Verb.SUBMITTED).select_related("by").last()
    people = [proposal.owner, *([last.by] if last and last.by else [])]
    return list(dict.fromkeys(person.email for person in people if person.is_active))
