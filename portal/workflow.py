"""The transition table of a proposal for the directory: pure, no database, no clock."""

from enum import Enum

from landespreis.refusal import Refused
from portal.models import Proposal

Status = Proposal.Status


class Act(Enum):
    """What a person can want to do to a proposal that exists."""

    SAVE = "save"
    """Write in it, give it a picture."""
    SUBMIT = "submit"
    RECALL = "recall"
    CORRECT = "correct"
    """A small correction by the editors while they examine it."""
    RETURN = "return"
    PUBLISH = "publish"


TRANSITIONS: dict[tuple[Status, Act], Status] = {
    (Status.DRAFT, Act.SAVE): Status.DRAFT,
    (Status.DRAFT, Act.SUBMIT): Status.REVIEW,
    (Status.REVIEW, Act.RECALL): Status.DRAFT,
    (Status.REVIEW, Act.CORRECT): Status.REVIEW,
    (Status.REVIEW, Act.RETURN): Status.RETURNED,
    (Status.REVIEW, Act.PUBLISH): Status.PUBLISHED,
    (Status.RETURNED, Act.SAVE): Status.RETURNED,
    (Status.RETURNED, Act.SUBMIT): Status.REVIEW,
}
"""Every pair that is not named is refused. What was published changes by a new proposal only."""

REFUSALS: dict[Status, str] = {
    Status.DRAFT: "Der Vorschlag ist ein Entwurf und liegt der Redaktion nicht vor. Vielleicht wurde er gerade "
    "zurückgeholt.",
    Status.REVIEW: "Der Vorschlag liegt der Redaktion zur Prüfung vor und lässt sich so lange nicht ändern. "
    "Solange niemand entschieden hat, können Sie ihn zurückholen.",
    Status.RETURNED: "Die Redaktion hat den Vorschlag schon zurückgegeben. Er wird gerade überarbeitet.",
    Status.PUBLISHED: "Der Vorschlag ist schon veröffentlicht. Weitere Änderungen schlagen Sie neu vor.",
}


def target(status: str, act: Act) -> Status:
    """Return the status after `act`; raises Refused, saying what stands in the way, for a pair that is not named."""
    try:
        return TRANSITIONS[Status(status), act]
    except KeyError:
        raise Refused(REFUSALS[Status(status)]) from None


def allows(status: str, act: Act) -> bool:
    """Say whether `act` is possible now; pages offer only that."""
    return (Status(status), act) in TRANSITIONS


def is_discardable(proposal: Proposal) -> bool:
    """Say whether a proposal may vanish: nobody but its writers has ever seen it."""
    return proposal.status == Status.DRAFT and proposal.submitted_at is None
