"""Dates: what saving, moving and cancelling change, who is told, and that it happens once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from post_office.models import Email

from landespreis.models import Trace
from landespreis.refusal import Refused
from portal.actions import events, registrations
from portal.actions.texts import Unreadable
from portal.models import Event, FormerEventAddress, Registration
from portal.seating import Door, Seating, reminder_at
from tests.accounts.factories import StaffFactory
from tests.conftest import MIDWAY, SECOND
from tests.landespreis.circulars import undone
from tests.portal import factories
from tests.submissions.test_actions_handing_in import together

pytestmark = pytest.mark.django_db
At = Callable[[datetime], None]
HOURS, DAYS = timedelta(hours=1), timedelta(days=1)
LATER = {"starts_at": MIDWAY + 20 * DAYS, "ends_at": MIDWAY + 20 * DAYS + HOURS}


@pytest.fixture(autouse=True)
def _midway(at: At) -> None:
    at(MIDWAY)


@pytest.fixture
def event() -> Event:
    """A date with one place, which Anna has; Bernd waits, Carla has not confirmed, Doris has withdrawn."""
    event: Event = factories.EventFactory(title="Sprechstunde", capacity=1)
    registrations.withdraw(factories.registration(event, "doris"))
    for who in ("anna", "bernd"):
        factories.registration(event, who)
    factories.registration(event, "carla", confirmed=False)
    Email.objects.all().delete()
    return event


def told() -> dict[str, list[str]]:
    """Who was told what, with the names of the files that came along."""
    return {
        mail.to[0].partition("@")[0]: [mail.subject, *(file.name for file in mail.attachments.all())]
        for mail in Email.objects.all()
    }


def file(to: str) -> str:
    attachment = Email.objects.get(to=f"{to}@soest.example").attachments.get()
    with attachment.file.open("rb") as content:
        text: str = content.read().decode().replace("\r\n ", "")
    return text


# Saving ------------------------------------------------------------------------------------------------


def test_save_makes_an_address_from_title_and_day() -> None:
    made = [factories.EventFactory(title="Spotlight", starts_at=MIDWAY + 10 * DAYS).slug for _ in range(2)]

    assert made == ["spotlight-30-januar-2026", "spotlight-30-januar-2026-2"]


def test_save_keeps_former_addresses() -> None:
    event = factories.EventFactory(slug="alt")
    event.slug = "neu"

    events.save(event)

    assert list(FormerEventAddress.objects.values_list("slug", "event")) == [("alt", event.pk)]


@pytest.mark.parametrize("slug", ["kalender", "anmeldung", "vergeben"])
def test_save_refuses_an_address_that_is_taken(slug: str) -> None:
    factories.EventFactory(slug="vergeben")

    with pytest.raises(Refused, match="schon vergeben"):
        factories.EventFactory(slug=slug)


def test_save_refuses_what_cannot_be_shown() -> None:
    with pytest.raises(Unreadable):
        factories.EventFactory(body="### zu früh")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "Anderer Titel"),
        ("starts_at", MIDWAY + 7 * DAYS - HOURS),
        ("ends_at", MIDWAY + 8 * DAYS),
        ("place", "Kreishaus Soest"),
        ("joining_link", "https://konferenz.example/neu"),
    ],
)
def test_save_of_what_calendars_show_is_a_new_sequence_and_told_to_those_with_a_place(
    event: Event, name: str, value: Any
) -> None:
    setattr(event, name, value)

    events.save(event)
    events.save(event)

    assert Event.objects.get().sequence == 1
    assert {who: said[1:] for who, said in told().items()} == {"anna": ["termin.ics"]}
    assert "SEQUENCE:1" in file("anna")


def test_save_of_anything_else_is_no_new_sequence(event: Event) -> None:
    event.lead, event.body, event.capacity, event.keep_days = "Neu", "Neu", 1, 5

    events.save(event)

    assert Event.objects.get().sequence == 0
    assert told() == {}


@pytest.mark.parametrize("published_at", [None, MIDWAY + SECOND])
def test_save_before_publication_is_no_new_sequence(published_at: datetime | None) -> None:
    event = factories.EventFactory(published_at=published_at)
    event.title = "Anders"

    events.save(event)

    assert Event.objects.get().sequence == 0


def test_save_of_a_past_or_cancelled_date_tells_nobody(event: Event, at: At) -> None:
    events.cancel(event, by=None, notice="Krank")
    Email.objects.all().delete()
    event = Event.objects.get()
    event.title = "Anders"
    events.save(event)

    assert told() == {}


def test_save_from_a_form_that_stood_open_brings_nothing_back(event: Event) -> None:
    stale = Event.objects.get()
    events.cancel(event, by=None, notice="Krank")
    stale.lead = "Neu"

    events.save(stale)

    fresh = Event.objects.get()
    assert (fresh.lead, fresh.cancelled_at, fresh.notice, fresh.sequence) == ("Neu", MIDWAY, "Krank", 1)


def test_save_refuses_fewer_places_than_are_taken(event: Event) -> None:
    event.capacity = 0

    with pytest.raises(Refused, match="Ein Platz ist schon vergeben"):
        events.save(event)

    assert Event.objects.get().capacity == 1


def test_save_sets_downloads() -> None:
    paper = factories.download()
    event = factories.EventFactory()

    events.save(event, downloads=[paper])
    events.save(event)

    assert list(event.downloads.all()) == [paper]


# Moving ------------------------------------------------------------------------------------------------


def test_move_tells_everybody_who_comes_or_waits(event: Event) -> None:
    events.move(event, by=None, notice="Der Raum ist belegt.", **LATER)

    fresh = Event.objects.get()
    assert (fresh.starts_at, fresh.moved_from, fresh.sequence) == (LATER["starts_at"], MIDWAY + 7 * DAYS, 1)
    subject = "Verlegt auf 9. Februar 2026: Sprechstunde"
    assert told() == {"anna": [subject, "termin.ics"], "bernd": [subject]}
    assert all("Der Raum ist belegt." in mail.message + mail.html_message for mail in Email.objects.all())
    assert "SEQUENCE:1" in file("anna")
    assert "METHOD:PUBLISH" in file("anna")
    assert "konferenz.example" not in Email.objects.get(to="bernd@soest.example").message


@pytest.mark.parametrize(
    ("times", "subject", "said"),
    [
        (
            {"starts_at": MIDWAY + 7 * DAYS + 3 * HOURS, "ends_at": MIDWAY + 7 * DAYS + 4 * HOURS},
            "Neue Zeit: 27. Januar 2026, 13:30 Uhr: Sprechstunde",
            "der Termin war zuerst für Dienstag, 27. Januar 2026, 10:30 Uhr (MEZ) geplant. Er findet jetzt",
        ),
        (
            {"starts_at": MIDWAY + 7 * DAYS, "ends_at": MIDWAY + 7 * DAYS + 2 * HOURS},
            "Neue Zeit: 27. Januar 2026, 10:30 Uhr: Sprechstunde",
            "der Termin findet jetzt zu dieser Zeit statt",
        ),
    ],
)
def test_move_within_a_day_tells_the_time(event: Event, times: dict[str, datetime], subject: str, said: str) -> None:
    events.move(event, by=None, **times)

    assert [mail.subject for mail in Email.objects.all()] == [subject] * 2
    assert all(said in mail.message and said in mail.html_message for mail in Email.objects.all())


def test_move_to_another_hour_of_the_new_day_does_not_tell_the_day_again(event: Event) -> None:
    events.move(event, by=None, **LATER)
    Email.objects.all().delete()

    events.move(event, by=None, **{name: time + HOURS for name, time in LATER.items()})

    assert Email.objects.all()[0].subject == "Neue Zeit: 9. Februar 2026, 11:30 Uhr: Sprechstunde"
    assert "zuerst für Dienstag, 27. Januar 2026, 10:30 Uhr (MEZ)" in Email.objects.all()[0].message


def test_move_keeps_the_file_once_for_all() -> None:
    event = factories.EventFactory()
    for who in ("anna", "bernd"):
        factories.registration(event, who)
    Email.objects.all().delete()

    events.move(event, by=None, **LATER)

    assert len({mail.attachments.get().pk for mail in Email.objects.all()}) == 1


def test_move_twice_remembers_the_first_time_and_back_is_no_move(event: Event) -> None:
    first = {"starts_at": event.starts_at, "ends_at": event.ends_at}
    events.move(event, by=None, **LATER)

    again = events.move(event, by=None, starts_at=MIDWAY + 30 * DAYS, ends_at=MIDWAY + 31 * DAYS)
    assert again.moved_from == first["starts_at"]
    assert events.move(event, by=None, **first).moved_from is None
    assert Event.objects.get().sequence == 3


def test_move_pressed_twice_tells_once(event: Event) -> None:
    events.move(event, by=None, **LATER)

    with pytest.raises(Refused, match="liegt schon in dieser Zeit"):
        events.move(event, by=None, **LATER)

    assert Email.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_move_and_cancel_at_once_tell_once_each(event: Event) -> None:
    together(*[lambda: events.move(event, by=None, **LATER)] * 3)
    moved = Email.objects.count()
    together(*[lambda: events.cancel(event, by=None, notice="Krank")] * 3)

    assert (moved, Email.objects.count()) == (2, 4)


@pytest.mark.parametrize("published_at", [None, MIDWAY + SECOND])
def test_save_does_not_hide_a_date_that_somebody_counts_on(event: Event, published_at: datetime | None) -> None:
    event.published_at = published_at

    with pytest.raises(Refused, match="Sagen Sie den Termin ab"):
        events.save(event)

    assert Event.objects.get().is_public(MIDWAY)


@pytest.mark.parametrize("state", ["nobody", "cancelled", "over"])
def test_save_hides_a_date_that_nobody_counts_on(event: Event, at: At, state: str) -> None:
    if state == "nobody":
        event.registrations.told().delete()
    elif state == "cancelled":
        event = events.cancel(event, by=None, notice="Krank")
    else:
        at(event.ends_at)
    event.published_at = None

    events.save(event)

    assert Event.objects.get().published_at is None


@pytest.mark.parametrize(
    ("fields", "times", "said"),
    [
        ({"published_at": None}, LATER, "noch nicht veröffentlicht"),
        ({"cancelled_at": MIDWAY}, LATER, "schon abgesagt"),
        ({"starts_at": MIDWAY, "ends_at": MIDWAY + HOURS}, LATER, "schon begonnen"),
        ({"starts_at": MIDWAY - HOURS, "ends_at": MIDWAY}, LATER, "vorbei"),
        ({}, {"starts_at": MIDWAY, "ends_at": MIDWAY + HOURS}, "in der Vergangenheit"),
        ({}, {"starts_at": MIDWAY + HOURS, "ends_at": MIDWAY + HOURS}, "nach dem Beginn"),
    ],
)
def test_move_refuses(fields: dict[str, Any], times: dict[str, datetime], said: str) -> None:
    event = factories.EventFactory(**fields)
    before = Event.objects.values().get()

    with pytest.raises(Refused, match=said):
        events.move(event, by=None, **times)

    assert Event.objects.values().get() == before


def test_move_reminds_anew_unless_it_is_too_near(event: Event) -> None:
    Registration.objects.seated().update(reminded_at=MIDWAY)

    events.move(event, by=None, starts_at=MIDWAY + DAYS + SECOND, ends_at=MIDWAY + 2 * DAYS)
    assert Registration.objects.seated().get().reminded_at is None
    events.move(event, by=None, starts_at=MIDWAY + DAYS, ends_at=MIDWAY + 2 * DAYS)
    assert Registration.objects.seated().get().reminded_at == MIDWAY


def test_move_sets_the_deadline() -> None:
    event = factories.EventFactory(registration_until=MIDWAY - HOURS)

    events.move(event, by=None, registration_until=MIDWAY + DAYS, **LATER)

    registrations.register(event, {"name": "A", "email": "a@soest.example", "organisation": "", "question": ""})
    assert Registration.objects.count() == 1


# Cancelling, removing ----------------------------------------------------------------------------------


def test_cancel_tells_everybody_who_comes_or_waits(event: Event) -> None:
    events.cancel(event, by=None, notice="Wegen Krankheit.")

    fresh = Event.objects.get()
    assert (fresh.cancelled_at, fresh.notice, fresh.sequence) == (MIDWAY, "Wegen Krankheit.", 1)
    subject = "Abgesagt: Sprechstunde, 27. Januar 2026"
    assert told() == {"anna": [subject, "termin.ics"], "bernd": [subject]}
    assert all("Wegen Krankheit." in mail.message + mail.html_message for mail in Email.objects.all())
    found = file("anna")
    assert ["METHOD:CANCEL" in found, "STATUS:CANCELLED" in found, "SEQUENCE:1" in found] == [True] * 3
    assert "konferenz.example" not in found + Email.objects.get(to="anna@soest.example").message


def test_cancel_twice_tells_once(event: Event) -> None:
    events.cancel(event, by=None, notice="Krank")

    with pytest.raises(Refused, match="schon abgesagt"):
        events.cancel(event, by=None, notice="Krank")

    assert Email.objects.count() == 2


def test_cancel_lets_nobody_move_up(event: Event) -> None:
    events.cancel(event, by=None, notice="Krank")
    fresh = Event.objects.get()
    fresh.capacity = None

    events.save(fresh)

    assert Registration.objects.seated().count() == 1


@pytest.mark.parametrize(("after", "works"), [(-SECOND, True), (timedelta(), False)])
def test_cancel_works_until_the_end(event: Event, at: At, after: timedelta, works: bool) -> None:
    at(event.ends_at + after)

    if works:
        events.cancel(event, by=None, notice="Strom aus")
    else:
        with pytest.raises(Refused, match="vorbei"):
            events.cancel(event, by=None, notice="Strom aus")


def test_cancel_of_a_draft_is_refused() -> None:
    with pytest.raises(Refused, match="noch nicht veröffentlicht"):
        events.cancel(factories.EventFactory(draft=True), by=None, notice="Nein")


@pytest.mark.parametrize("verb", ["move", "cancel"])
def test_rolled_back_leaves_neither_change_nor_mail(event: Event, verb: str) -> None:
    before = Event.objects.values().get()

    with transaction.atomic():
        if verb == "move":
            events.move(event, by=None, **LATER)
        else:
            events.cancel(event, by=None, notice="Krank")
        transaction.set_rollback(True)

    assert Event.objects.values().get() == before
    assert told() == {}


def test_remove_refuses_while_somebody_is_registered(event: Event) -> None:
    with pytest.raises(Refused, match="sagen Sie ihn ab"):
        events.remove(event)

    Registration.objects.all().delete()
    events.remove(event)
    assert not Event.objects.exists()


# Rules without a database row --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("taken", "door", "said"),
    [
        (0, Door.OPEN, "Noch 3 Plätze frei"),
        (2, Door.OPEN, "Noch 1 Platz frei"),
        (3, Door.WAITING, "Ausgebucht, Warteliste"),
        (4, Door.WAITING, "Ausgebucht, Warteliste"),
    ],
)
def test_seating_says_how_many_places_are_left(taken: int, door: Door, said: str) -> None:
    found = Seating.of(factories.EventFactory(capacity=3), taken, MIDWAY)

    assert (found.door, found.said) == (door, said)


@pytest.mark.parametrize(
    ("starts_at", "expected"),
    [
        ("2026-01-28T10:00+01:00", "2026-01-27T10:00+01:00"),
        ("2026-03-28T10:00+01:00", "2026-03-27T10:00+01:00"),
        ("2026-03-29T10:00+02:00", "2026-03-28T10:00+01:00"),  # 23 hours before: the clocks go forward that night
        ("2026-03-30T10:00+02:00", "2026-03-29T10:00+02:00"),
        ("2026-10-25T10:00+01:00", "2026-10-24T10:00+02:00"),  # 25 hours before
    ],
)
def test_reminder_comes_on_the_day_before_at_the_same_clock_time(starts_at: str, expected: str) -> None:
    assert reminder_at(datetime.fromisoformat(starts_at)) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("event_has_address", {"slug": ""}),
        ("event_ends_after_it_starts", {"ends_at": MIDWAY + 7 * DAYS}),
        ("event_has_a_place", {"is_online": False, "place": ""}),
    ],
)
def test_constraint_holds(name: str, fields: dict[str, Any]) -> None:
    event = factories.EventFactory()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(**fields)


def test_address_is_unique() -> None:
    event, other = factories.EventFactory(), factories.EventFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(slug=other.slug)


def test_moving_and_cancelling_leave_lines() -> None:
    event, by = factories.EventFactory(), StaffFactory()
    before = event.starts_at

    events.move(event, by=by, **LATER)
    events.cancel(event, by=by, notice="Frau Muster ist krank")

    moved, cancelled = Trace.objects.order_by("pk")
    told = {"event": event.pk, "before": before.isoformat(), "after": LATER["starts_at"].isoformat()}
    assert (moved.verb, moved.by, moved.about, moved.detail) == ("event_moved", by, event.title, told)
    assert (cancelled.verb, cancelled.by, cancelled.detail) == ("event_cancelled", by, {"event": event.pk})


@pytest.mark.parametrize("act", ["move", "cancel"])
def test_verb_rolled_back_leaves_no_line(act: str) -> None:
    event = factories.EventFactory()
    verbs = {
        "move": lambda: events.move(event, by=None, **LATER),
        "cancel": lambda: events.cancel(event, by=None, notice="Krank"),
    }

    undone(verbs[act])

    assert not Trace.objects.exists()
