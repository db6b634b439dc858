"""The transition table of proposals: every pair of state and act."""

import itertools
from datetime import UTC, datetime

import pytest

from landespreis.refusal import Refused
from portal import workflow
from portal.models import Proposal
from portal.workflow import Act, Status

ALLOWED = {
    (Status.DRAFT, Act.SAVE): Status.DRAFT,
    (Status.DRAFT, Act.SUBMIT): Status.REVIEW,
    (Status.REVIEW, Act.RECALL): Status.DRAFT,
    (Status.REVIEW, Act.CORRECT): Status.REVIEW,
    (Status.REVIEW, Act.RETURN): Status.RETURNED,
    (Status.REVIEW, Act.PUBLISH): Status.PUBLISHED,
    (Status.RETURNED, Act.SAVE): Status.RETURNED,
    (Status.RETURNED, Act.SUBMIT): Status.REVIEW,
}
SAID = {
    Status.DRAFT: "Entwurf",
    Status.REVIEW: "liegt der Redaktion zur Prüfung vor",
    Status.RETURNED: "schon zurückgegeben",
    Status.PUBLISHED: "schon veröffentlicht",
}


@pytest.mark.parametrize(("status", "act"), list(itertools.product(Status, Act)))
def test_target_of_every_pair(status: Status, act: Act) -> None:
    assert workflow.allows(status, act) is ((status, act) in ALLOWED)
    if (status, act) in ALLOWED:
        assert workflow.target(status, act) == ALLOWED[status, act]
    else:
        with pytest.raises(Refused, match=SAID[status]):
            workflow.target(status, act)


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("submitted", [None, datetime(2026, 1, 20, tzinfo=UTC)])
def test_only_a_draft_never_submitted_is_discardable(status: Status, submitted: datetime | None) -> None:
    proposal = Proposal(status=status, submitted_at=submitted)

    assert workflow.is_discardable(proposal) is (status == Status.DRAFT and submitted is None)
