"""A reminder after the handing in, at the wrong time or to the wrong people, and one that did not come, are found."""

import time
from datetime import timedelta

import pytest

from rehearsal.invariants import reminders
from rehearsal.mailbox import Letter
from rehearsal.stage import Stage
from submissions.models import Editor, Reminder, Round, Submission
from tests.conftest import CLOSES, MIDWAY, SECOND
from tests.rehearsal.told import broken
from tests.submissions import factories

DONE, OFF = "Niemand erinnert, der schon eingereicht hatte", "Jede Erinnerung zu ihrer Zeit"
COUNT, PEOPLE = "Jede Erinnerung kam einmal an: Zahl", "Jede Erinnerung kam einmal an: Personen"
WEEK = timedelta(hours=168)


@pytest.fixture
def entry(open_round: Round) -> Submission:
    return factories.complete(open_round)


def remind(entry: Submission, **other: object) -> Reminder:
    fields = {"hours": 168, "deadline": CLOSES, "sent_at": CLOSES - WEEK + SECOND}
    return Reminder.objects.create(submission=entry, **fields | other)


def come(stage: Stage, address: str) -> None:
    subject = "Handlungsbedarf: Ihr Entwurf ist noch nicht eingereicht, Frist Montag"
    stage.installation.mail.letters.append(
        Letter(address, subject, "", (), {"message-id": f"<{address}>"}, time.monotonic())
    )


def test_all_hold_for_a_reminder_that_came(stage: Stage, entry: Submission) -> None:
    remind(entry)
    come(stage, entry.owner.email)

    assert broken(stage, reminders.rows) == []
    assert broken(stage, reminders.mailed) == []


def test_rows_find_one_after_the_entry_was_handed_in(stage: Stage, entry: Submission) -> None:
    factories.submit(entry)
    remind(entry)

    assert broken(stage, reminders.rows) == [DONE]


def test_rows_let_one_be_before_it(stage: Stage, entry: Submission) -> None:
    factories.submit(entry)
    remind(entry, hours=2000, sent_at=MIDWAY - SECOND)

    assert broken(stage, reminders.rows) == []


@pytest.mark.parametrize("sent_at", [CLOSES - WEEK - SECOND, CLOSES])
def test_rows_find_one_too_early_and_one_too_late(stage: Stage, entry: Submission, sent_at: object) -> None:
    remind(entry, sent_at=sent_at)

    assert broken(stage, reminders.rows) == [OFF]


def test_mailed_finds_one_that_did_not_come(stage: Stage, entry: Submission) -> None:
    remind(entry)

    assert broken(stage, reminders.mailed) == [COUNT, PEOPLE]


def test_mailed_finds_one_that_came_to_somebody_else(stage: Stage, entry: Submission) -> None:
    remind(entry)
    come(stage, "fremd@stadt.example")

    assert broken(stage, reminders.mailed) == [PEOPLE]


def test_mailed_asks_for_everybody_who_writes_along_and_for_no_reader(stage: Stage, entry: Submission) -> None:
    writer = factories.editor(entry, Editor.Role.EDIT)
    factories.editor(entry, Editor.Role.READ)
    remind(entry)
    come(stage, entry.owner.email)

    assert broken(stage, reminders.mailed) == [COUNT, PEOPLE]

    come(stage, writer.email)

    assert broken(stage, reminders.mailed) == []
