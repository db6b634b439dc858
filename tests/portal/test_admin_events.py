"""Dates in the admin: entered, moved, cancelled, and who comes, as a page and as a table."""

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import Email

from landespreis.models import Trace
from portal.models import Event, Registration
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory, UserFactory
from tests.conftest import MIDWAY
from tests.portal import factories

pytestmark = pytest.mark.django_db
HOURS, DAYS = timedelta(hours=1), timedelta(days=1)
VALUES = {
    "title": "Spotlight", "slug": "", "kind": "spotlight", "lead": "Kurz gesagt.", "body": "## Eins\n\nText",
    "picture": "",
    "starts_at_0": "27.01.2026", "starts_at_1": "10:30", "ends_at_0": "27.01.2026", "ends_at_1": "11:30",
    "is_online": "on", "place": "", "joining_link": "https://konferenz.example/raum", "registration": "anmeldung",
    "capacity": "2", "registration_until_0": "", "registration_until_1": "", "asks_questions": "on", "keep_days": "30",
    "published_at_0": "20.01.2026", "published_at_1": "09:30",
}  # fmt: skip
NO_ROWS = {"former_addresses-TOTAL_FORMS": "0", "former_addresses-INITIAL_FORMS": "0"}
NEW_TIME = {
    "starts_at_0": "10.02.2026", "starts_at_1": "10:00", "ends_at_0": "10.02.2026", "ends_at_1": "11:00",
    "registration_until_0": "", "registration_until_1": "", "notice": "Der Raum ist belegt.", "confirmed": "x",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _midway(at: Callable[[datetime], None]) -> None:
    at(MIDWAY)


@pytest.fixture
def admin(client: Client) -> Client:
    """Somebody of the Redaktion, with what `load_roles` grants."""
    call_command("load_roles", verbosity=0)
    user = StaffFactory()
    user.groups.add(Group.objects.get(name="Redaktion"))
    show_factor(client, user)
    return client


@pytest.fixture
def event() -> Event:
    """A date with one place, which Anna has; Bernd waits, Carla has not confirmed."""
    event: Event = factories.EventFactory(title="Spotlight", kind="spotlight", capacity=1)
    factories.registration(event, "anna", question="=1+1")
    factories.registration(event, "bernd", question="Und ich?")
    factories.registration(event, "carla", confirmed=False, question="Nie bestätigt")
    Email.objects.all().delete()
    return event


def url(name: str, event: Event) -> str:
    return reverse(f"admin:portal_event_{name}", args=[event.pk])


def change(admin: Client, event: Event, **values: Any) -> Any:
    shape = VALUES | {"slug": event.slug, "capacity": "1", **NO_ROWS}
    return admin.post(url("change", event), shape | values)


def errors(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(str(error) for rows in response.context["adminform"].form.errors.values() for error in rows)


def test_date_is_stored_through_the_verb(admin: Client) -> None:
    paper = factories.download()

    response = admin.post(reverse("admin:portal_event_add"), VALUES | {"downloads": [paper.pk]})

    assert response.status_code == 302, errors(response)
    event = Event.objects.get()
    assert event.slug == "spotlight-27-januar-2026"
    assert event.body_html == "<h2>Eins</h2>\n<p>Text</p>"
    assert list(event.downloads.all()) == [paper]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"slug": "kalender"}, "schon vergeben"),
        ({"body": "### zu früh"}, "fehlt eine Überschrift"),
        ({"ends_at_1": "10:30"}, "nach dem Beginn"),
        ({"is_online": ""}, "braucht einen Ort"),
        ({"title": "Zwei\nZeilen"}, "nur in eine Zeile"),
        ({"joining_link": "javascript:alert(1)"}, "gültige Adresse"),
        ({"capacity": "-1"}, "größer oder gleich 0"),
    ],
)
def test_date_says_what_to_change(admin: Client, values: dict[str, str], said: str) -> None:
    response = admin.post(reverse("admin:portal_event_add"), VALUES | values)

    assert said in errors(response)
    assert not Event.objects.exists()


def test_fewer_places_than_taken_are_refused_with_words(admin: Client, event: Event) -> None:
    assert "Ein Platz ist schon vergeben" in errors(change(admin, event, capacity="0"))


def test_more_places_let_the_next_move_up(admin: Client, event: Event) -> None:
    assert change(admin, event, capacity="2").status_code == 302

    assert Registration.objects.seated().count() == 2


def test_time_of_a_date_with_registrations_is_moved_not_typed_over(admin: Client, event: Event) -> None:
    assert "Verlegen" in errors(change(admin, event, starts_at_1="09:00"))


def test_date_with_registrations_is_called_off_not_taken_off_the_pages(admin: Client, event: Event) -> None:
    said = errors(change(admin, event, published_at_0="", published_at_1=""))

    assert "Sagen Sie den Termin ab" in said
    assert Event.objects.get().published_at
    assert change(admin, event).status_code == 302


def test_page_of_a_date_shows_counts_and_buttons(admin: Client, event: Event) -> None:
    page = admin.get(url("change", event)).content.decode()

    assert "Anmeldungen (2)" in page
    assert "Fragen (2)" in page
    assert "1 von 1" in page
    assert url("move", event) in page
    assert url("cancel", event) in page


def test_page_of_a_draft_offers_neither_moving_nor_cancelling(admin: Client) -> None:
    event = factories.EventFactory(draft=True)

    page = admin.get(url("change", event)).content.decode()

    assert url("move", event) not in page
    assert url("cancel", event) not in page


def test_moving_tells_everybody_once(admin: Client, event: Event) -> None:
    asked = admin.get(url("move", event)).content.decode()
    answers = [admin.post(url("move", event), NEW_TIME).status_code for _ in range(2)]

    assert "2 Personen sind angemeldet oder warten" in asked
    assert answers == [302, 200]
    assert Event.objects.get().notice == "Der Raum ist belegt."
    assert Email.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"starts_at_0": "x"}, "gültiges Datum"),
        ({"ends_at_1": "09:00"}, "nach dem Beginn"),
        ({"starts_at_0": "1.1.2026"}, "Vergangenheit"),
    ],
)
def test_moving_says_what_to_change(admin: Client, event: Event, values: dict[str, str], said: str) -> None:
    response = admin.post(url("move", event), NEW_TIME | values)

    assert response.status_code == 200
    assert said in response.content.decode()
    assert not Email.objects.exists()


def test_cancelling_needs_a_reason_and_tells_everybody_once(admin: Client, event: Event) -> None:
    without = admin.post(url("cancel", event), {"notice": "", "confirmed": "x"})
    answers = [admin.post(url("cancel", event), {"notice": "Krank.", "confirmed": "x"}) for _ in range(2)]

    assert "warum der Termin ausfällt" in without.content.decode()
    assert [answer.status_code for answer in answers] == [302, 200]
    assert "schon abgesagt" in answers[1].content.decode()
    assert Email.objects.count() == 2


def test_list_of_registrations_has_everybody_by_status(admin: Client, event: Event) -> None:
    page = admin.get(url("registrations", event)).content.decode()

    order = [page.index(text) for text in ("angemeldet (1)", "auf der Warteliste (1)", "noch nicht bestätigt (1)")]
    assert order == sorted(order)


def test_list_of_registrations_asks_as_often_for_three_as_for_one(admin: Client) -> None:
    def count(event: Event) -> int:
        with CaptureQueriesContext(connection) as queries:
            admin.get(url("registrations", event))
        return len(queries)

    one, three = factories.EventFactory(), factories.EventFactory()
    factories.registration(one)
    for who in ("anna", "bernd", "carla"):
        factories.registration(three, who)

    assert count(one) == count(three)


def test_questions_are_those_of_who_has_confirmed(admin: Client, event: Event) -> None:
    page = admin.get(url("questions", event)).content.decode()

    assert "Und ich?" in page
    assert "Nie bestätigt" not in page


def test_table_opens_in_a_spreadsheet_without_formulas(admin: Client, event: Event) -> None:
    response = admin.post(url("table", event))

    assert response.headers["Content-Disposition"] == f'attachment; filename="anmeldungen-{event.slug}.csv"'
    text = response.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert rows[1] == ["Anna", "anna@soest.example", "Stadt Soest", "angemeldet", "20. Januar 2026, 10:30 Uhr", "'=1+1"]
    assert [row[0] for row in rows[1:]] == ["Anna", "Bernd", "Carla"]
    assert Trace.objects.get().about == f"Anmeldungen zu Termin {event.pk} (CSV)"


def test_table_is_asked_for_with_post(admin: Client, event: Event) -> None:
    page = admin.get(url("registrations", event)).content.decode()

    assert f'<form class="lp-adm-inline" method="post" action="{url("table", event)}">' in page
    assert admin.get(url("table", event)).status_code == 405
    assert not Trace.objects.exists()


def test_somebody_who_phones_is_withdrawn(admin: Client, event: Event) -> None:
    anna = event.registrations.seated().get()
    page = admin.get(reverse("admin:portal_registration_change", args=[anna.pk])).content.decode()
    path = reverse("admin:portal_withdraw", args=[anna.pk])

    assert path in page
    assert admin.get(path).status_code == 200
    assert admin.post(path, {"confirmed": "x"}).status_code == 302
    assert event.registrations.seated().get().name == "Bernd"


def test_date_with_registrations_is_not_deleted(admin: Client, event: Event) -> None:
    assert admin.post(url("delete", event), {"post": "yes"}).status_code == 403
    Registration.objects.all().delete()
    assert admin.post(url("delete", event), {"post": "yes"}).status_code == 302
    assert not Event.objects.exists()


@pytest.mark.parametrize("name", ["registrations", "table", "questions", "move", "cancel"])
def test_pages_are_for_editors(client: Client, event: Event, name: str) -> None:
    assert client.get(url(name, event)).status_code == 302
    show_factor(client, UserFactory())
    assert client.get(url(name, event)).status_code == 404
    show_factor(client, StaffFactory())
    assert client.post(url(name, event)).status_code == 403


def test_list_of_dates_asks_as_often_for_three_as_for_one(admin: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            admin.get(reverse("admin:portal_event_changelist"))
        return len(queries)

    factories.registration(factories.EventFactory())
    one = count()
    for _ in range(2):
        factories.registration(factories.EventFactory())

    assert count() == one
