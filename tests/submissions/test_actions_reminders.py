"""Reminders: once per offset, to whom, with what, never after submitting or closing, and the latest only."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from post_office.models import Email

from landespreis import mail
from submissions.actions import handing_in, reminders
from submissions.models import Answer, Editor, Event, Reminder, Round, Submission
from tests.conftest import CLOSES, MIDWAY, OPENS, SECOND
from tests.submissions import factories

Clock = Callable[[datetime], None]
OFFSETS = [336, 168, 72, 24, 3]


def before_close(hours: int) -> datetime:
    return CLOSES - timedelta(hours=hours)


@pytest.mark.parametrize("hours", OFFSETS)
def test_remind_at_each_offset_once(open_round: Round, at: Clock, hours: int) -> None:
    entry = factories.draft(open_round, created_at=OPENS)

    at(before_close(hours) - SECOND)
    early = reminders.due_offset(entry, before_close(hours) - SECOND)
    at(before_close(hours))
    sent = [reminders.remind_all(), reminders.remind_all()]

    assert early != hours
    assert sent == [1, 0]
    assert [(row.hours, row.deadline) for row in Reminder.objects.all()] == [(hours, CLOSES)]
    assert Event.objects.get().detail == {"hours": hours}


def test_remind_over_the_whole_window_sends_each_offset(open_round: Round, at: Clock) -> None:
    factories.draft(open_round, created_at=OPENS)

    for hours in range(500, -5, -1):
        at(before_close(hours))
        reminders.remind_all()

    assert list(Reminder.objects.order_by("pk").values_list("hours", flat=True)) == OFFSETS
    assert Email.objects.count() == 5


def test_remind_after_a_sleeping_beat_sends_the_latest_only(open_round: Round, at: Clock) -> None:
    factories.draft(open_round, created_at=OPENS)
    at(before_close(20))

    assert [reminders.remind_all(), reminders.remind_all()] == [1, 0]

    assert Reminder.objects.get().hours == 24


@pytest.mark.parametrize("moment", [CLOSES, CLOSES + SECOND])
def test_remind_never_after_closing(open_round: Round, at: Clock, moment: datetime) -> None:
    factories.draft(open_round, created_at=OPENS)
    at(moment)

    assert reminders.remind_all() == 0


def test_remind_never_after_submitting(open_round: Round, at: Clock) -> None:
    entry = factories.submitted(open_round, created_at=OPENS)
    Answer.objects.filter(submission=entry).update(text="Seitdem geändert.")
    withdrawn = factories.submitted(open_round, created_at=OPENS)
    handing_in.withdraw(withdrawn, by=withdrawn.owner)
    at(before_close(3))

    assert reminders.remind_all() == 0


def test_remind_looks_again_under_the_lock(open_round: Round, at: Clock) -> None:
    stale = factories.complete(open_round, created_at=OPENS)
    at(before_close(3))
    factories.submit(stale)

    assert reminders.remind(stale) is False


def test_remind_not_for_an_offset_before_the_draft_began(open_round: Round, at: Clock) -> None:
    factories.draft(open_round, created_at=before_close(100))
    at(before_close(90))

    assert reminders.remind_all() == 0


def test_remind_goes_on_after_a_draft_that_fails(
    open_round: Round, at: Clock, first_fails: Callable[[object, str], None]
) -> None:
    for _ in range(2):
        factories.draft(open_round, created_at=OPENS)
    at(before_close(24))
    first_fails(mail, "owe")

    assert [reminders.remind_all(), reminders.remind_all()] == [1, 1]


def test_remind_follows_an_extension(open_round: Round, at: Clock) -> None:
    until = CLOSES + timedelta(days=2)
    entry = factories.draft(open_round, created_at=OPENS, extended_until=until)
    Reminder.objects.create(submission=entry, hours=3, deadline=CLOSES, sent_at=MIDWAY)
    at(until - timedelta(hours=3))

    assert reminders.remind_all() == 1
    assert Reminder.objects.filter(deadline=until, hours=3).exists()


def test_remind_tells_what_is_missing_to_those_who_can_write(open_round: Round, at: Clock) -> None:
    entry = factories.complete(open_round, created_at=OPENS, title="")
    editor = factories.editor(entry, Editor.Role.EDIT)
    factories.editor(entry, Editor.Role.READ)
    at(before_close(3))

    reminders.remind_all()

    mails = list(Email.objects.order_by("pk"))
    assert [mail.to for mail in mails] == [[entry.owner.email], [editor.email]]
    assert "Titel eintragen" in mails[0].message
    assert entry.get_absolute_url() in mails[0].message
    assert "Montag, 9. Februar 2026, 24:00 Uhr (MEZ)" in mails[0].message


def test_reminded_entry_is_still_a_draft(open_round: Round, at: Clock) -> None:
    factories.draft(open_round, created_at=OPENS)
    at(before_close(3))

    reminders.remind_all()

    assert Submission.objects.get().status == "draft"


# What is owed -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "created", "longer", "expected"),
    [
        (24, OPENS, None, [24]),
        (3, OPENS, None, [3]),
        (25, OPENS, None, [72]),
        (24, before_close(24) + SECOND, None, []),
        (400, OPENS, None, []),
        (0, OPENS, None, []),
        (24, OPENS, 0, [24]),
        (24, OPENS, 1, [72]),
        (23, OPENS, 1, [24]),
        (-1, OPENS, 4, [3]),
        (-4, OPENS, 4, []),
    ],
)
def test_unsent_tells_what_is_due_until_it_is_sent(
    open_round: Round, at: Clock, hours: int, created: datetime, longer: int | None, expected: list[int]
) -> None:
    deadline = CLOSES + timedelta(hours=longer or 0)
    factories.draft(open_round, created_at=created, extended_until=None if longer is None else deadline)
    factories.submitted(open_round)
    at(before_close(hours))

    assert reminders.unsent(before_close(hours)) == [deadline - timedelta(hours=offset) for offset in expected]

    reminders.remind_all()
    assert reminders.unsent(before_close(hours)) == []
