"""Whose clock the deadline follows: the database's, whatever the host believes that takes the entry in."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from landespreis import clock, drift
from submissions import workflow
from submissions.models import Round, Version
from tests.conftest import CLOSES
from tests.submissions import factories

pytestmark = pytest.mark.postgresql
OFF = timedelta(seconds=90)
SOON = timedelta(seconds=30)


@pytest.fixture
def shared(settings: Any, tmp_path: Path) -> Iterator[Any]:
    """Settings under which the hosts follow the database's clock, and the award's can be set."""
    settings.DATABASE_CLOCK = True
    settings.DEMO, settings.CLOCK_FILE, settings.NOW_ORIGIN = True, tmp_path / "clock.json", None
    drift.forget()
    yield settings
    drift.forget()


def test_host_that_is_slow_accepts_nothing_late(round: Round, shared: Any) -> None:
    entry = factories.complete(round)
    clock.set_now(CLOSES + SOON)
    shared.CLOCK_SKEW = -OFF

    with pytest.raises(workflow.TooLate):
        factories.submit(entry)

    assert Version.objects.count() == 0


def test_host_that_is_fast_refuses_nobody_in_time(round: Round, shared: Any) -> None:
    entry = factories.complete(round)
    clock.set_now(CLOSES - SOON)
    shared.CLOCK_SKEW = OFF

    version = factories.submit(entry)

    assert CLOSES - SOON <= version.submitted_at < CLOSES
