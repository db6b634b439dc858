"""A changed or missing line, and a broken chain, are found without the portal's own check."""

from collections.abc import Callable
from datetime import datetime

import pytest

from landespreis.models import Link, Trace
from rehearsal.invariants import journal
from rehearsal.stage import Stage
from tests.landespreis.chained import shell, three_days, unprotected
from tests.rehearsal.told import broken

TRACE, LINK, DIGEST = "landespreis_trace", "landespreis_link", "landespreis_digest"
CHAIN, LINES = "Kette des Verlaufs ungebrochen", "Zeilen des Verlaufs unverändert"


@pytest.fixture
def chained(stage: Stage, at: Callable[[datetime], None]) -> list[Trace]:
    return three_days(at)


def test_untouched_journal_holds(stage: Stage, chained: list[Trace]) -> None:
    assert broken(stage, journal.chain) + broken(stage, journal.lines) == []


def test_changed_line_is_found(stage: Stage, chained: list[Trace]) -> None:
    with unprotected(TRACE):
        shell(f"UPDATE {TRACE} SET about = 'anders' WHERE id = {chained[2].pk}")

    assert broken(stage, journal.lines) == [LINES]


def test_missing_line_is_found(stage: Stage, chained: list[Trace]) -> None:
    with unprotected(TRACE):
        shell(f"DELETE FROM {TRACE} WHERE id = {chained[2].pk}")

    assert broken(stage, journal.lines) == [LINES]


def test_changed_checksum_breaks_the_chain(stage: Stage, chained: list[Trace]) -> None:
    with unprotected(DIGEST):
        shell(f"UPDATE {DIGEST} SET sha256 = '{'0' * 64}' WHERE row = {chained[0].pk}")

    assert broken(stage, journal.chain) == [CHAIN]


def test_missing_day_breaks_the_chain(stage: Stage, chained: list[Trace]) -> None:
    day = Link.objects.order_by("day")[1]
    with unprotected(LINK, DIGEST):
        shell(f"DELETE FROM {DIGEST} WHERE link_id = {day.pk}", f"DELETE FROM {LINK} WHERE id = {day.pk}")

    assert broken(stage, journal.chain) == [CHAIN]


def test_command_that_does_not_say_yes_is_found(stage: Stage) -> None:
    assert broken(stage, journal.verified) == ["verify_journal findet nichts"]  # its database does not run
