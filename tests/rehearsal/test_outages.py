"""What is laid to an outage: from its beginning until it was well again, and a little longer."""

from datetime import UTC, datetime, timedelta

import pytest

from rehearsal.ledger import Outage
from rehearsal.outages import GRACE, struck

SINCE = datetime(2026, 2, 9, 23, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("began", "ended", "expected"),
    [
        (-9, -2, False),
        (-9, 0, True),
        (2, 3, True),
        (4, 9, True),
        (15, 16, False),
        (-9, 60, True),
    ],
)
def test_struck_asks_whether_the_two_times_meet(began: int, ended: int, expected: bool) -> None:
    outage = Outage("database", "kill", SINCE, SINCE + 5 * SECOND)

    assert struck([outage], SINCE + began * SECOND, SINCE + ended * SECOND) is expected


def test_struck_counts_until_the_portal_was_well_again() -> None:
    outage = Outage("database", "kill", SINCE, SINCE + 5 * SECOND, SINCE + 30 * SECOND)
    last = SINCE + 30 * SECOND + GRACE

    assert [struck([outage], moment, moment) for moment in (last, last + SECOND)] == [True, False]


def test_struck_counts_on_while_nobody_mends_it() -> None:
    assert struck([Outage("database", "kill", SINCE)], SINCE + timedelta(days=1), SINCE + timedelta(days=1))
