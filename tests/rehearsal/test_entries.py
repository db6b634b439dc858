"""What was handed in and is not as people were told, or not in time, is found."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from rehearsal import ledger
from rehearsal.invariants import entries
from rehearsal.stage import Stage
from submissions.actions import entries as verbs
from submissions.actions import handing_in
from submissions.models import Round, Submission, Version
from tests.accounts.factories import StaffFactory
from tests.conftest import CLOSES, SECOND
from tests.rehearsal.told import broken
from tests.submissions import factories

CHECKSUM, GAPLESS = "Jede Version hat die Prüfsumme ihres Inhalts", "Nummern lückenlos und einmalig"
COUNTED, NAMED = "Versionen jeder Einreichung lückenlos gezählt", "Jede Version nennt ihre Nummer und Fassung"
LOST, UNTOLD = "Jede zugesagte Einreichung liegt genau einmal vor", "Keine Version, von der niemand erfuhr"
LATE, PRESSED_LATE = "Nichts nach der Frist angenommen", "Nichts angenommen, was nach der Frist abgeschickt wurde"
TURNED_AWAY, GONE = "Nichts Rechtzeitiges abgewiesen", "Entwürfe der Verspäteten erhalten"
At = Callable[[datetime], None]


@pytest.fixture
def version(open_round: Round) -> Version:
    current = factories.submitted(open_round).current
    assert current
    return current


def tell(stage: Stage, version: Version, /, **other: Any) -> None:
    """Write down that somebody was told of a version, as their browser would."""
    moment = version.submitted_at
    said = {
        "number": version.submission.number,
        "version": version.number,
        "sha256": version.sha256,
        "pressed": True,
        "began": (moment - SECOND).isoformat(),
        "ended": (moment + SECOND).isoformat(),
    }
    stage.ledger.note("a@stadt.example", ledger.SUBMITTED, str(version.submission_id), **said | other)


def turn_away(stage: Stage, entry: Submission, ended: datetime) -> None:
    said = {"began": (ended - SECOND).isoformat(), "ended": ended.isoformat()}
    stage.ledger.note("a@stadt.example", ledger.TOO_LATE, str(entry.pk), **said)


def freeze(version: Version, **other: Any) -> Version:
    """Write one more version of the same entry, which no verb would write like this."""
    fields = {"number": version.number + 1, "canonical": version.canonical, "sha256": version.sha256}
    fields |= {"submitted_at": version.submitted_at, "submitted_by": version.submitted_by}
    return Version.objects.create(submission=version.submission, **fields | other)


def test_all_checks_hold_for_what_was_handed_in_and_told(stage: Stage, version: Version) -> None:
    tell(stage, version)

    assert [broken(stage, check) for check in entries.CHECKS] == [[]] * len(entries.CHECKS)


def test_checksums_find_a_version_with_another_one(stage: Stage, version: Version) -> None:
    freeze(version, sha256="0" * 64)

    assert broken(stage, entries.checksums) == [CHECKSUM]


def test_checksums_find_another_spelling_of_the_content(stage: Stage, version: Version) -> None:
    freeze(version, canonical=json.dumps(version.payload, indent=1))

    assert broken(stage, entries.checksums) == [CHECKSUM]


def test_numbers_find_a_gap_and_the_version_that_names_another_number(stage: Stage, version: Version) -> None:
    Submission.objects.filter(pk=version.submission_id).update(number=2)

    assert broken(stage, entries.numbers) == [GAPLESS, NAMED]


def test_numbers_find_a_version_that_is_missing_before_another(stage: Stage, version: Version) -> None:
    freeze(version, number=3)

    assert broken(stage, entries.numbers) == [COUNTED, NAMED]


def test_told_finds_a_version_that_is_not_held(stage: Stage, version: Version) -> None:
    tell(stage, version)
    tell(stage, version, version=2)

    assert broken(stage, entries.told_is_held) == [LOST]


@pytest.mark.parametrize("other", [{"number": 7}, {"sha256": "0" * 64}])
def test_told_finds_another_number_and_another_checksum(stage: Stage, version: Version, other: dict[str, Any]) -> None:
    tell(stage, version, **other)

    assert broken(stage, entries.told_is_held) == [LOST, UNTOLD]


def test_told_finds_a_version_of_which_nobody_was_told(stage: Stage, version: Version) -> None:
    assert broken(stage, entries.told_is_held) == [UNTOLD]


@pytest.mark.parametrize(("after", "found"), [(-SECOND, []), (timedelta(0), [LATE]), (SECOND, [LATE])])
def test_deadlines_find_a_version_from_the_closing_instant_on(
    stage: Stage, version: Version, after: timedelta, found: list[str]
) -> None:
    freeze(version, submitted_at=CLOSES + after)

    assert broken(stage, entries.deadlines) == found


def test_deadlines_let_an_extension_hold_from_its_grant_on(stage: Stage, version: Version, at: At) -> None:
    at(CLOSES + timedelta(hours=1))
    verbs.extend(version.submission, until=CLOSES + timedelta(days=2), reason="Stromausfall", by=_office())
    freeze(version, submitted_at=CLOSES + timedelta(hours=2))

    assert broken(stage, entries.deadlines) == []

    freeze(version, number=3, submitted_at=CLOSES + SECOND)

    assert broken(stage, entries.deadlines) == [LATE]


def test_deadlines_find_a_button_pressed_at_the_closing_instant(stage: Stage, version: Version) -> None:
    tell(stage, version, began=CLOSES.isoformat())

    assert broken(stage, entries.deadlines) == [PRESSED_LATE]


def test_deadlines_let_somebody_look_after_the_closing(stage: Stage, version: Version) -> None:
    tell(stage, version, began=CLOSES.isoformat(), pressed=False)

    assert broken(stage, entries.deadlines) == []


@pytest.mark.parametrize(("after", "found"), [(-SECOND, [TURNED_AWAY]), (timedelta(0), []), (SECOND, [])])
def test_refusals_find_who_was_answered_in_time(
    stage: Stage, open_round: Round, after: timedelta, found: list[str]
) -> None:
    turn_away(stage, factories.complete(open_round), CLOSES + after)

    assert broken(stage, entries.refusals) == found


def test_refusals_find_a_draft_that_is_gone(stage: Stage, open_round: Round) -> None:
    turn_away(stage, factories.draft(open_round), CLOSES)

    assert broken(stage, entries.refusals) == [GONE]


def test_withdrawals_find_what_takes_part_all_the_same(stage: Stage, version: Version) -> None:
    stage.ledger.note("a@stadt.example", ledger.WITHDRAWN, str(version.submission_id))

    assert broken(stage, entries.withdrawals) == ["Zurückgezogenes bleibt zurückgezogen"]

    handing_in.withdraw(version.submission, by=version.submitted_by)

    assert broken(stage, entries.withdrawals) == []


def _office() -> Any:
    return StaffFactory(superuser=True)
