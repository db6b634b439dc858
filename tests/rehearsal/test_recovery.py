"""The invariant that the portal recovers."""

from rehearsal.invariants import recovery
from rehearsal.ledger import now
from rehearsal.stage import Stage


def test_recovered_holds_when_all_is_well_after_each_outage(stage: Stage) -> None:
    with stage.ledger.outage("web", "kill-web") as outage:
        pass
    outage.well = now()

    assert [finding.holds for finding in recovery.recovered(stage)] == [True]


def test_recovered_fails_for_an_outage_that_never_became_well(stage: Stage) -> None:
    with stage.ledger.outage("web", "kill-web"):
        pass

    assert [finding.holds for finding in recovery.recovered(stage)] == [False]
