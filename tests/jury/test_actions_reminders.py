"""Reminders of the jury: once per offset at its second, to whom, never what they must not see, the latest only."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from post_office.models import Email

from accounts.models import User
from jury import tasks
from jury.actions import reminders
from jury.models import Assessment, Juror, JuryEvent, ScoringReminder
from submissions.models import Category, Round, Submission
from tests.conftest import MIDWAY, SECOND
from tests.jury import factories

Clock = Callable[[datetime], None]
OFFSETS = [168, 72, 24]
Status = Assessment.Status


@pytest.fixture
def juror(open_round: Round) -> Juror:
    """A juror who confirmed while entries were still handed in."""
    return factories.juror(factories.seats(open_round)[0], email="marlies@jury.example")


@pytest.fixture
def entry(open_round: Round) -> Submission:
    return factories.admitted(open_round)


@pytest.fixture
def opens(open_round: Round) -> datetime:
    assert open_round.scoring_opens_at
    return open_round.scoring_opens_at


@pytest.fixture
def closes(open_round: Round) -> datetime:
    assert open_round.scoring_closes_at
    return open_round.scoring_closes_at


def sent() -> list[int]:
    return list(ScoringReminder.objects.order_by("pk").values_list("hours", flat=True))


# When ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offset", "expected"), [(-SECOND, []), (timedelta(), [0]), (SECOND, [0]), (timedelta(days=2), [0])]
)
def test_remind_that_scoring_begins_once(
    juror: Juror, entry: Submission, opens: datetime, at: Clock, offset: timedelta, expected: list[int]
) -> None:
    at(opens + offset)

    counts = [reminders.remind_all(), reminders.remind_all()]

    assert sent() == expected
    assert counts == [len(expected), 0]
    assert Email.objects.count() == len(expected)


@pytest.mark.parametrize("hours", OFFSETS)
@pytest.mark.parametrize("offset", [-SECOND, timedelta(), SECOND])
def test_remind_at_each_offset_once(
    juror: Juror, entry: Submission, closes: datetime, at: Clock, hours: int, offset: timedelta
) -> None:
    at(closes - timedelta(hours=hours) + offset)

    counts = [reminders.remind_all(), reminders.remind_all()]

    earlier = {168: 0, 72: 168, 24: 72}[hours]
    assert sent() == [earlier if offset < timedelta() else hours]
    assert counts == [1, 0]


def test_remind_over_the_whole_time_sends_each_once(
    juror: Juror, entry: Submission, opens: datetime, closes: datetime, at: Clock
) -> None:
    moment = opens - timedelta(hours=5)
    while moment < closes + timedelta(hours=5):
        at(moment)
        reminders.remind_all()
        moment += timedelta(hours=1)

    assert sent() == [0, *OFFSETS]
    assert Email.objects.count() == 4
    assert list(JuryEvent.objects.values_list("verb", "by", "seat")) == [("reminded", None, juror.seat.pk)] * 4


def test_remind_after_a_sleeping_beat_sends_the_latest_only(
    juror: Juror, entry: Submission, closes: datetime, at: Clock
) -> None:
    at(closes - timedelta(hours=30))

    assert [reminders.remind_all(), reminders.remind_all()] == [1, 0]

    assert sent() == [72]


@pytest.mark.parametrize(("offset", "expected"), [(-SECOND, [24]), (timedelta(), []), (SECOND, [])])
def test_remind_never_from_the_closing_on(
    juror: Juror, entry: Submission, closes: datetime, at: Clock, offset: timedelta, expected: list[int]
) -> None:
    at(closes + offset)

    reminders.remind_all()

    assert sent() == expected


def test_remind_of_no_offset_before_the_beginning(
    juror: Juror, entry: Submission, opens: datetime, closes: datetime, at: Clock
) -> None:
    hours = int((closes - opens) / timedelta(hours=1))
    Round.objects.update(scoring_reminder_hours=[hours + 24, hours, 24])
    at(opens + SECOND)

    reminders.remind_all()

    assert sent() == [0]


def test_remind_without_a_closing_tells_of_the_beginning_only(
    juror: Juror, entry: Submission, opens: datetime, closes: datetime, at: Clock
) -> None:
    Round.objects.update(scoring_closes_at=None, session_at=None)
    at(closes)

    reminders.remind_all()

    assert sent() == [0]
    assert "Bewertungsschluss" not in Email.objects.get().message


def test_remind_again_when_the_closing_is_moved_but_not_of_the_beginning(
    juror: Juror, entry: Submission, opens: datetime, closes: datetime, at: Clock
) -> None:
    at(opens)
    reminders.remind_all()
    Round.objects.update(scoring_closes_at=closes + timedelta(days=2))
    at(opens + SECOND)
    reminders.remind_all()
    at(closes + timedelta(days=1))
    reminders.remind_all()
    Round.objects.update(scoring_closes_at=closes + timedelta(days=2, hours=1))
    at(closes + timedelta(days=1, hours=1))
    reminders.remind_all()

    assert sent() == [0, 24, 24]


@pytest.mark.parametrize("fields", [{"scoring_opens_at": None}, {"scoring_opens_at": None, "scoring_closes_at": None}])
def test_remind_nobody_while_no_beginning_is_set(
    juror: Juror, entry: Submission, closes: datetime, at: Clock, fields: dict[str, None]
) -> None:
    Round.objects.update(**fields)
    at(closes - SECOND)

    assert reminders.remind_all() == 0


def test_remind_without_a_round_does_nothing(db: None) -> None:
    assert reminders.remind_all() == 0


# Whom ------------------------------------------------------------------------------------------------


@pytest.fixture
def due(closes: datetime, juror: Juror, entry: Submission, at: Clock) -> None:
    """The clock stands where the last reminder is due."""
    at(closes - timedelta(hours=24))


def test_remind_not_whoever_only_has_an_invitation(
    open_round: Round, juror: Juror, entry: Submission, closes: datetime, at: Clock
) -> None:
    Juror.objects.update(user=None, confirmed_at=None, notice_accepted_at=None)
    at(closes - timedelta(hours=24))

    assert reminders.remind_all() == 0


@pytest.mark.parametrize("fields", [{"is_active": False}, {"is_staff": True}])
def test_remind_not_an_account_that_has_no_sight(due: None, fields: dict[str, bool]) -> None:
    User.objects.filter(email="marlies@jury.example").update(**fields)

    assert reminders.remind_all() == 0


def test_remind_not_whose_service_ended_meanwhile(due: None, juror: Juror) -> None:
    Juror.objects.update(until=MIDWAY)

    assert reminders.remind_all() == 0
    assert reminders.remind(juror) is False


def test_remind_not_of_what_was_due_before_they_confirmed(due: None, closes: datetime) -> None:
    Juror.objects.update(confirmed_at=closes - timedelta(hours=24) + SECOND, notice_accepted_at=None)

    assert reminders.remind_all() == 0


def test_remind_late_comers_that_scoring_has_begun(juror: Juror, entry: Submission, opens: datetime, at: Clock) -> None:
    Juror.objects.update(confirmed_at=opens + timedelta(days=1), notice_accepted_at=None)
    at(opens + timedelta(days=1))

    assert reminders.remind_all() == 1


def test_remind_not_who_is_done(due: None, juror: Juror, entry: Submission) -> None:
    factories.sheet(juror, entry, 7)

    assert reminders.remind_all() == 0


def test_remind_goes_on_after_a_juror_who_fails(
    due: None, open_round: Round, entry: Submission, first_fails: Callable[[object, str], None]
) -> None:
    factories.juror(open_round.seats.all()[1])
    first_fails(reminders, "left")

    assert [reminders.remind_all(), reminders.remind_all()] == [1, 1]


def test_remind_not_who_is_recused_from_all_that_is_left(due: None, juror: Juror, entry: Submission) -> None:
    factories.recuse(juror, entry)

    assert reminders.remind_all() == 0


def test_remind_not_once_the_sessions_of_all_categories_are_open(
    due: None, open_round: Round, entry: Submission
) -> None:
    for category in open_round.categories.all():
        factories.open_session(category)

    assert reminders.remind_all() == 0


def test_remind_at_the_next_beat_when_something_comes_to_be_open(due: None, juror: Juror, entry: Submission) -> None:
    Submission.objects.update(formal_check=Submission.Check.OPEN)
    first = reminders.remind_all()
    Submission.objects.update(formal_check=Submission.Check.ADMITTED)

    assert (first, reminders.remind_all()) == (0, 1)


# What ------------------------------------------------------------------------------------------------


def test_remind_counts_by_category_and_names_no_entry(
    open_round: Round, juror: Juror, closes: datetime, at: Clock
) -> None:
    keys = ("krisen", "krisen", "krisen", "krisen", "umwelt", "austausch", "wirtschaft")
    entries = [factories.admitted(open_round, key) for key in keys]
    factories.sheet(juror, entries[0], 7)
    factories.sheet(juror, entries[1], 7, Status.DRAFT)
    factories.recuse(juror, entries[2])
    factories.recuse(juror, entries[5])
    factories.open_session(open_round.categories.get(key="wirtschaft"))
    at(closes - timedelta(hours=24))

    reminders.remind_all()

    mail = Email.objects.get()
    assert mail.to == ["marlies@jury.example"]
    assert mail.subject == "Noch 1 Tag: 3 Bewertungen offen"
    assert "- Interkommunale Zusammenarbeit in der Krisenbewältigung: 2, davon 1 begonnen\n" in mail.message
    assert "- Umwelt, Planung & Infrastruktur: 1\n" in mail.message
    assert "Freitag, 13. März 2026, 12:00 Uhr (MEZ)" in mail.message
    assert "/jury/\n" in mail.message
    for text in (mail.subject, mail.message, mail.html_message):
        assert "IKZ-" not in text
        assert entries[0].submitted_title not in text
        assert "Informationsaustausch" not in text
        assert "Wirtschaftsförderung" not in text


def test_remind_of_the_beginning_says_so(juror: Juror, entry: Submission, opens: datetime, at: Clock) -> None:
    at(opens)

    reminders.remind_all()

    assert Email.objects.get().subject == "Die Bewertung beginnt"


def test_left_follows_the_order_of_the_categories(open_round: Round, juror: Juror, opens: datetime, at: Clock) -> None:
    for key in ("krisen", "austausch", "umwelt"):
        factories.admitted(open_round, key)
    at(opens)

    found = reminders.left(reminders.sights.of_juror(juror))

    names = [Category.objects.get(key=key).name for key in ("austausch", "umwelt", "krisen")]
    assert [row.category for row in found] == names


# Once ------------------------------------------------------------------------------------------------


def test_remind_task_sends_what_is_due(due: None) -> None:
    tasks.remind()

    assert sent() == [24]


def test_remind_beside_another_beat_is_once(due: None, juror: Juror, monkeypatch: pytest.MonkeyPatch) -> None:
    reminders.remind_all()
    monkeypatch.setattr(reminders, "_was_sent", lambda juror, found: False)  # as if the other were quicker by a moment

    assert reminders.remind(juror) is False
    assert (sent(), Email.objects.count()) == ([24], 1)


def test_remind_rolled_back_leaves_nothing(due: None, juror: Juror) -> None:
    with transaction.atomic():
        assert reminders.remind(juror) is True
        transaction.set_rollback(True)

    assert (sent(), Email.objects.count(), JuryEvent.objects.count()) == ([], 0, 0)


@pytest.mark.django_db(transaction=True)
def test_remind_by_many_beats_at_once_is_once(due: None, juror: Juror) -> None:
    def beat(_: int) -> Any:
        try:
            return reminders.remind_all()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as beats:
        assert sum(beats.map(beat, range(4))) == 1
    assert Email.objects.count() == 1
