"""Calendar files: what calendars show, how they follow changes, and that no joining link is in public ones."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from typing import Any
from urllib.parse import urlsplit

import icalendar
import pytest
from django.test import Client
from post_office.models import Email

from landespreis import delivery
from landespreis.clock import BERLIN
from portal import calendars
from portal.actions import events, registrations
from portal.models import Event
from tests.conftest import MIDWAY
from tests.portal import factories

pytestmark = pytest.mark.django_db
DAYS = timedelta(days=1)


@pytest.fixture(autouse=True)
def _midway(at: Callable[[datetime], None]) -> None:
    at(MIDWAY)


def entries(content: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


def test_entry_says_what_calendars_need(settings: Any) -> None:
    event = factories.EventFactory(title="Ärger, Öl; und mehr", lead="Eine Zeile.\nUnd noch eine.")

    (entry,) = entries(calendars.single(event))

    assert str(entry["uid"]) == f"{event.key}@{urlsplit(settings.BASE_URL).hostname}"
    assert str(entry["summary"]) == "Ärger, Öl; und mehr"
    assert (entry["sequence"], str(entry["status"]), str(entry["location"])) == (0, "CONFIRMED", "online")
    assert entry.decoded("dtstart") == event.starts_at
    assert entry.decoded("last-modified") == MIDWAY
    assert str(entry["url"]).endswith(event.get_absolute_url())
    assert str(entry["description"]).startswith("Eine Zeile. Und noch eine.")


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        (datetime(2026, 3, 28, 10, 0, tzinfo=BERLIN), datetime(2026, 3, 28, 9, 0, tzinfo=UTC)),
        (datetime(2026, 3, 29, 10, 0, tzinfo=BERLIN), datetime(2026, 3, 29, 8, 0, tzinfo=UTC)),
    ],
)
def test_entry_keeps_its_clock_time_when_the_clocks_change(local: datetime, utc: datetime) -> None:
    (entry,) = entries(calendars.single(factories.EventFactory(starts_at=local)))

    assert entry["dtstart"].to_ical() == f"{utc:%Y%m%dT%H%M%SZ}".encode()


def test_entry_of_a_changed_date_keeps_its_uid_and_grows_its_sequence() -> None:
    event = factories.EventFactory()
    (before,) = entries(calendars.single(event))
    moved = events.move(event, by=None, starts_at=MIDWAY + 20 * DAYS, ends_at=MIDWAY + 21 * DAYS, notice="Neuer Tag.")
    (after,) = entries(calendars.single(moved))
    cancelled = events.cancel(moved, by=None, notice="Krank.")
    (last,) = entries(calendars.single(cancelled))

    assert {str(entry["uid"]) for entry in (before, after, last)} == {str(before["uid"])}
    assert [entry["sequence"] for entry in (before, after, last)] == [0, 1, 2]
    assert [str(entry["status"]) for entry in (before, after, last)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert str(after["description"]).startswith("Hinweis: Neuer Tag.")
    assert b"METHOD:CANCEL" in calendars.single(cancelled)


def test_entry_of_somebody_with_a_place_has_the_link() -> None:
    online = factories.EventFactory()
    hybrid = factories.EventFactory(place="Rathaus")

    (first,), (second,) = (entries(calendars.single(e, joining_link=e.joining_link)) for e in (online, hybrid))

    assert str(first["location"]) == "https://konferenz.example/raum"
    assert str(second["location"]) == "Rathaus, auch online"
    assert "Zugang: https://konferenz.example/raum" in str(second["description"])


@pytest.mark.parametrize("path", ["/termine/kalender.ics", "/termine/treffen.ics", "/termine/", "/termine/treffen/"])
def test_link_is_in_nothing_public(client: Client, path: str) -> None:
    factories.EventFactory(slug="treffen")

    response = client.get(path)

    assert response.status_code == 200
    assert b"konferenz.example" not in response.content
    assert not response.cookies


def test_subscription_has_everything_that_was_published(client: Client) -> None:
    first = factories.EventFactory(past=True)
    second = factories.EventFactory()
    events.cancel(second, by=None, notice="Krank")
    factories.EventFactory(draft=True)
    factories.EventFactory(published_at=MIDWAY + DAYS)

    response = client.get("/termine/kalender.ics")

    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert b"METHOD" not in response.content
    told = [(str(entry["summary"]), str(entry["status"])) for entry in entries(response.content)]
    assert told == [(first.title, "CONFIRMED"), (second.title, "CANCELLED")]


def test_subscription_follows_a_change_at_once(client: Client) -> None:
    event = factories.EventFactory()
    before = client.get("/termine/kalender.ics")
    events.cancel(event, by=None, notice="Krank")
    after = client.get("/termine/kalender.ics", headers={"If-None-Match": before.headers["ETag"]})
    again = client.get("/termine/kalender.ics", headers={"If-None-Match": after.headers["ETag"]})

    assert (after.status_code, again.status_code) == (200, 304)
    assert b"STATUS:CANCELLED" in after.content


def test_file_of_a_date(client: Client) -> None:
    event = factories.EventFactory(slug="treffen")

    response = client.get("/termine/treffen.ics")

    assert response.headers["Content-Type"] == "text/calendar; method=PUBLISH; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="treffen.ics"'
    assert [str(entry["summary"]) for entry in entries(response.content)] == [event.title]


@pytest.mark.parametrize("hidden", [{"published_at": None}, {"published_at": MIDWAY + DAYS}])
def test_file_of_what_is_not_out_is_not_found(client: Client, hidden: dict[str, Any]) -> None:
    factories.EventFactory(slug="treffen", **hidden)

    assert client.get("/termine/treffen.ics").status_code == 404


def test_hostile_text_stays_text() -> None:
    event = Event(
        title="X", lead="a\r\nATTENDEE:mailto:boese@example.org", place="Haus;X=1,\nURL:http://boese.example", slug="x",
        starts_at=MIDWAY, ends_at=MIDWAY + DAYS, changed_at=MIDWAY,
    )  # fmt: skip

    (entry,) = entries(calendars.single(event))

    assert "attendee" not in entry
    assert str(entry["url"]).endswith("/termine/x/")


def test_mail_carries_the_file_as_mail_programs_ask_for_it() -> None:
    factories.registration(factories.EventFactory())

    message = message_from_bytes(delivery._message(Email.objects.latest("pk")).message().as_bytes())

    parts = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert [(part.get_filename(), part.get_param("method")) for part in parts] == [("termin.ics", "PUBLISH")]
    payload = parts[0].get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert len(entries(payload)) == 1


def test_personal_file_has_the_link_only_with_a_place(client: Client) -> None:
    event = factories.EventFactory(capacity=1)
    anna, bernd = (factories.registration(event, who) for who in ("anna", "bernd"))

    def file(who: Any) -> bytes:
        response = client.get(f"{who.get_absolute_url()}termin.ics")
        assert response.headers["Cache-Control"] == "private, no-store"
        content: bytes = response.content
        return content

    assert b"konferenz.example" in file(anna)
    assert b"konferenz.example" not in file(bernd)
    registrations.withdraw(anna)
    assert b"konferenz.example" not in file(anna)
