"""What the tests of the jury stand on: a panel of five, and a clock in the time of scoring."""

from collections.abc import Callable
from datetime import datetime

import pytest

from jury.models import Juror
from submissions.models import Round
from tests.jury import factories


@pytest.fixture
def panel(round: Round) -> list[Juror]:
    """Five jurors who confirmed and accepted the notice, in the order of their seats; the first is the chair."""
    return factories.panel(round)


@pytest.fixture
def scoring(round: Round, at: Callable[[datetime], None]) -> Callable[[], None]:
    """Move the clock into the time of scoring: `scoring()` after the entries were made."""
    return lambda: at(factories.scoring_time(round))
