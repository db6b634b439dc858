"""What the clock starts for dates: each reminder once, and nobody's data for longer than promised."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from post_office.models import Email

from landespreis.clock import BERLIN
from portal import tasks
from portal.actions import event_duties, events, notices, registrations
from portal.models import Event, Registration
from tests.conftest import MIDWAY, SECOND
from tests.portal import factories
from tests.submissions.test_actions_handing_in import together

pytestmark = pytest.mark.django_db
At = Callable[[datetime], None]
HOURS, DAYS = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _midway(at: At) -> None:
    at(MIDWAY)


@pytest.fixture
def event() -> Event:
    """A date in a week for which Anna has the only place and Bernd waits; Carla has not confirmed."""
    event: Event = factories.EventFactory(title="Sprechstunde", capacity=1)
    for who in ("anna", "bernd"):
        factories.registration(event, who)
    factories.registration(event, "carla", confirmed=False)
    Email.objects.all().delete()
    return event


def reminders() -> list[str]:
    return [mail.to[0] for mail in Email.objects.filter(subject__contains=": Sprechstunde, 10:30").order_by("pk")]


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (timedelta(days=-1) - SECOND, False),
        (timedelta(days=-1), True),
        (timedelta(days=-1) + SECOND, True),
        (-SECOND, True),
        (timedelta(), False),
        (SECOND, False),
    ],
)
def test_reminder_is_due_from_the_day_before_until_the_beginning(
    event: Event, at: At, moment: timedelta, due: bool
) -> None:
    at(event.starts_at + moment)

    assert event_duties.remind_all() == due
    assert reminders() == ["anna@soest.example"] * due


@pytest.mark.parametrize(("minute", "due"), [(-1, 0), (0, 1)])
def test_reminder_keeps_to_the_clock_when_it_changes(at: At, minute: int, due: int) -> None:
    event = factories.EventFactory(starts_at=datetime(2026, 3, 29, 10, 0, tzinfo=BERLIN))
    factories.registration(event)
    at(datetime(2026, 3, 28, 10, 0, tzinfo=BERLIN) + timedelta(minutes=minute))

    assert event_duties.remind_all() == due


def test_reminder_comes_once_with_the_link(event: Event, at: At) -> None:
    at(event.starts_at - DAYS)

    tasks.remind_of_events()
    at(event.starts_at - HOURS)
    tasks.remind_of_events()

    mail = Email.objects.get()
    assert mail.subject == "Morgen: Sprechstunde, 10:30 Uhr"
    assert "https://konferenz.example/raum" in mail.message


def test_reminder_that_comes_late_says_today(event: Event, at: At) -> None:
    at(event.starts_at - HOURS)

    event_duties.remind_all()

    assert Email.objects.get().subject == "Heute: Sprechstunde, 10:30 Uhr"


def test_reminder_that_fails_for_one_goes_to_the_others(
    event: Event, at: At, first_fails: Callable[[object, str], None]
) -> None:
    Event.objects.update(capacity=3)
    factories.registration(event, "dora")
    Email.objects.all().delete()
    at(event.starts_at - HOURS)
    first_fails(notices, "reminder")

    event_duties.remind_all()
    first = reminders()
    event_duties.remind_all()

    others = ["bernd@soest.example", "dora@soest.example"]
    assert (first, reminders()) == (others, [*others, "anna@soest.example"])


def test_reminder_comes_anew_for_a_moved_date(event: Event, at: At) -> None:
    at(event.starts_at - DAYS)
    event_duties.remind_all()
    events.move(event, by=None, starts_at=event.starts_at + 5 * DAYS, ends_at=event.ends_at + 5 * DAYS)
    event_duties.remind_all()
    at(event.starts_at + 4 * DAYS)

    event_duties.remind_all()

    assert reminders() == ["anna@soest.example"] * 2


def test_nobody_is_reminded_who_got_the_place_after_that(event: Event, at: At) -> None:
    at(event.starts_at - DAYS)
    registrations.withdraw(event.registrations.seated().get())

    assert event_duties.remind_all() == 0


@pytest.mark.parametrize("change", ["cancelled", "withdrawn", "unpublished"])
def test_nobody_is_reminded_of_what_does_not_happen(event: Event, at: At, change: str) -> None:
    if change == "cancelled":
        events.cancel(event, by=None, notice="Krank")
    elif change == "withdrawn":
        for row in event.registrations.told():
            registrations.withdraw(row)
    else:
        Event.objects.update(published_at=None)
    at(event.starts_at - HOURS)

    assert event_duties.remind_all() == 0


def test_remind_looks_at_the_date_as_it_is_by_now(event: Event, at: At) -> None:
    row = event.registrations.seated().get()
    events.cancel(event, by=None, notice="Krank")
    at(event.starts_at - HOURS)

    assert not event_duties.remind(row)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_remind_once(event: Event, at: At) -> None:
    at(event.starts_at - DAYS)

    counts = together(*[event_duties.remind_all] * 4)

    assert sum(counts) == 1
    assert reminders() == ["anna@soest.example"]


@pytest.mark.parametrize(("after", "left"), [(-SECOND, 3), (timedelta(), 2), (SECOND, 2)])
def test_what_nobody_confirmed_is_forgotten_after_48_hours(event: Event, at: At, after: timedelta, left: int) -> None:
    at(MIDWAY + 48 * HOURS + after)

    tasks.forget_registrations()
    tasks.forget_registrations()

    assert Registration.objects.count() == left


@pytest.mark.parametrize(("after", "left"), [(-SECOND, 2), (timedelta(), 0), (SECOND, 0)])
def test_everybody_is_forgotten_days_after_the_date(event: Event, at: At, after: timedelta, left: int) -> None:
    Event.objects.update(keep_days=5)
    other = factories.EventFactory(keep_days=90)
    factories.registration(other, "emil")
    at(event.ends_at + 5 * DAYS + after)

    tasks.forget_registrations()

    assert event.registrations.count() == left
    assert other.registrations.count() == 1


def test_mail_about_a_registration_goes_with_it(event: Event, at: At) -> None:
    """Whatever was written to the three in the life of a date, and nothing that somebody else got."""
    kept = factories.registration(factories.EventFactory(keep_days=90), "emil")
    registrations.register(event, {"name": "Anna", "email": "anna@soest.example", "organisation": "", "question": ""})
    events.move(event, by=None, starts_at=event.starts_at + DAYS, ends_at=event.ends_at + DAYS)
    event.refresh_from_db()
    at(event.starts_at - HOURS)
    tasks.remind_of_events()
    event.title = "Sprechstunde II"
    events.save(event)
    registrations.withdraw(event.registrations.seated().get())
    events.cancel(event, by=None, notice="Krank")
    written = {mail.subject.split(":")[0] for mail in Email.objects.exclude(to=kept.email)}
    at(event.ends_at + event.keep_days * DAYS)

    tasks.forget_registrations()

    assert {"Sie sind schon angemeldet", "Geändert", "Heute", "Sie sind abgemeldet", "Abgesagt"} <= written
    assert {mail.to[0] for mail in Email.objects.all()} == {kept.email}
    assert Registration.objects.count() == 1


def test_mail_that_asked_for_a_confirmation_goes_with_it(at: At) -> None:
    factories.registration(factories.EventFactory(), "dora", confirmed=False)
    at(MIDWAY + 48 * HOURS)

    tasks.forget_registrations()

    assert not Email.objects.exists()


def test_beat_knows_the_tasks() -> None:
    assert {"portal.tasks.remind_of_events", "portal.tasks.forget_registrations"} <= set(settings.CELERY_BEAT_SCHEDULE)
