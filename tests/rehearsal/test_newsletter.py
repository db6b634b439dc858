"""An issue that somebody lacks, got twice, or got after leaving is found; so is a circular not as it was promised."""

import pytest

from landespreis import clock
from landespreis.models import Circular
from portal.models import Delivery
from rehearsal.invariants import newsletter
from rehearsal.ledger import ISSUED, SUBSCRIBED, UNSUBSCRIBED, WRITTEN
from rehearsal.stage import Stage
from tests.accounts.factories import staff
from tests.portal import factories
from tests.rehearsal.told import broken, mail

ISSUE, CIRCULAR = "Die Preisträger stehen fest", "Danke"
ANNA, BERND = "anna@soest.example", "bernd@hamm.example"


def issue(stage: Stage, *to: str) -> None:
    stage.ledger.note("renate", ISSUED, ISSUE)
    for address in to:
        mail(stage, address, f"I/2026: {ISSUE}", list_unsubscribe="<https://portal.example/>")


@pytest.fixture
def two(stage: Stage) -> None:
    for address in (ANNA, BERND):
        stage.ledger.note(address, SUBSCRIBED)


def test_issue_to_everybody_holds(stage: Stage, two: None) -> None:
    issue(stage, ANNA, BERND)

    assert broken(stage, newsletter.issues) == []


def test_issue_that_somebody_lacks_is_found(stage: Stage, two: None) -> None:
    issue(stage, ANNA)

    assert broken(stage, newsletter.issues) == [f"„{ISSUE}“ kam bei allen an"]


def test_issue_that_came_twice_is_found(stage: Stage, two: None) -> None:
    issue(stage, ANNA, BERND, BERND)

    assert broken(stage, newsletter.issues) == [f"„{ISSUE}“ kam bei niemandem zweimal an"]


def test_issue_to_somebody_who_had_left_is_found(stage: Stage, two: None) -> None:
    stage.ledger.note(BERND, UNSUBSCRIBED)
    issue(stage, ANNA, BERND)

    assert broken(stage, newsletter.issues) == [f"„{ISSUE}“ kam nur bei Angemeldeten an"]


def test_issue_to_somebody_who_leaves_later_holds(stage: Stage, two: None) -> None:
    issue(stage, ANNA, BERND)
    stage.ledger.note(BERND, UNSUBSCRIBED)

    assert broken(stage, newsletter.issues) == []


def test_mail_of_which_nobody_knows_may_be_missing_but_not_come_twice(stage: Stage, two: None) -> None:
    Delivery.objects.create(
        newsletter=factories.issue(subject=ISSUE),
        subscriber=factories.SubscriberFactory(email=BERND),
        status=Delivery.Status.UNCERTAIN,
    )
    issue(stage, ANNA)

    assert broken(stage, newsletter.issues) == []

    mail(stage, BERND, ISSUE, list_unsubscribe="<https://portal.example/>")
    mail(stage, BERND, ISSUE, list_unsubscribe="<https://portal.example/>")

    assert broken(stage, newsletter.issues) == [f"„{ISSUE}“ kam bei niemandem zweimal an"]


@pytest.fixture
def circular(stage: Stage) -> None:
    by = staff()
    now = clock.now()
    Circular.objects.create(
        audience="zugelassen", kind="entry", group="Zugelassene", subject=CIRCULAR, text="Danke", written_by=by,
        changed_at=now, status=Circular.Status.SENT, total=2, released_by=by, released_at=now,
    )  # fmt: skip
    stage.ledger.note("renate", WRITTEN, CIRCULAR, number=2)
    mail(stage, ANNA, CIRCULAR, "eins")


def test_circular_as_promised_holds(stage: Stage, circular: None) -> None:
    mail(stage, ANNA, CIRCULAR, "zwei")

    assert broken(stage, newsletter.circulars) == []


def test_circular_that_somebody_lacks_is_found(stage: Stage, circular: None) -> None:
    assert broken(stage, newsletter.circulars) == [f"Nachricht „{CIRCULAR}“ wie zugesagt"]


def test_circular_that_came_twice_is_found(stage: Stage, circular: None) -> None:
    mail(stage, ANNA, CIRCULAR, "eins")

    assert broken(stage, newsletter.circulars) == [f"Nachricht „{CIRCULAR}“ kam nie zweimal an"]


def test_circular_that_was_never_released_is_found(stage: Stage) -> None:
    stage.ledger.note("renate", WRITTEN, CIRCULAR, number=0)

    assert broken(stage, newsletter.circulars) == [f"Nachricht „{CIRCULAR}“ ist eine"]


def test_mail_handed_over_again_without_need_is_found(stage: Stage, two: None, circular: None) -> None:
    issue(stage, ANNA, BERND)
    for subject in (ISSUE, ISSUE, CIRCULAR, CIRCULAR):
        mail(stage, ANNA, subject, "zwei", list_unsubscribe="<https://portal.example/>", message_id=f"<1.{subject}>")

    again = "nur dann ein zweites Mal zugestellt, wenn dabei etwas ausfiel"
    assert f"„{ISSUE}“ {again}" in broken(stage, newsletter.issues)
    assert broken(stage, newsletter.circulars) == [f"Nachricht „{CIRCULAR}“ {again}"]
