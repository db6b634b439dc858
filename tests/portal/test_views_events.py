"""The public pages about dates: what they tell, when they change by themselves, and that they set no cookie."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from portal import keeping
from portal.actions import events, registrations
from portal.models import Event
from tests.accounts.factories import StaffFactory
from tests.conftest import MIDWAY, SECOND
from tests.portal import factories

pytestmark = pytest.mark.django_db
At = Callable[[datetime], None]
HOURS, DAYS = timedelta(hours=1), timedelta(days=1)
PAGES = [
    "/termine/",
    "/termine/treffen/",
    "/termine/treffen.ics",
    "/termine/kalender.ics",
    "/termine/treffen/anmelden/danke/",
]


@pytest.fixture(autouse=True)
def _midway(at: At) -> None:
    at(MIDWAY)


@pytest.fixture
def treffen() -> Event:
    event: Event = factories.EventFactory(slug="treffen", title="Treffen", capacity=3)
    return event


def read(client: Client, path: str = "/termine/treffen/") -> str:
    page = client.get(path).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2].partition("</main")[0]).split())


def titles(client: Client, query: str = "") -> list[str]:
    return re.findall(r'lp-row__title"><a href="[^"]+">([^<]+)<', client.get(f"/termine/{query}").content.decode())


# The list ----------------------------------------------------------------------------------------------


def test_index_has_the_next_first_and_then_the_past(client: Client) -> None:
    for title, days in (("Fern", 9), ("Nah", 2), ("Vorige", -2), ("Alt", -9)):
        factories.EventFactory(title=title, starts_at=MIDWAY + days * DAYS)
    factories.EventFactory(title="Entwurf", draft=True)

    assert titles(client) == ["Nah", "Fern", "Vorige", "Alt"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?art=spotlight", ["Spot"]),
        ("?art=sprechstunde", ["Frage"]),
        ("?art=jahrestagung", []),
        ("?art=erfunden", []),
        ("?art=%00", []),
        ("?art=" + "x" * 3000, []),
        ("?art=spotlight&art=sprechstunde", ["Frage"]),
        ("?seite=-1", ["Spot", "Frage"]),
        ("?seite=1000000000", ["Spot", "Frage"]),
        ("?seite=;DROP", ["Spot", "Frage"]),
        ("?" + "&".join(f"x{n}=1" for n in range(90)), ["Spot", "Frage"]),
    ],
)
def test_index_by_kind_and_by_nonsense(client: Client, query: str, found: list[str]) -> None:
    factories.EventFactory(title="Spot", kind="spotlight", starts_at=MIDWAY + DAYS)
    factories.EventFactory(title="Frage", kind="sprechstunde")

    assert titles(client, query) == found


def test_index_with_ten_thousand_parameters_is_refused_clearly(client: Client) -> None:
    response = client.get("/termine/?" + "&".join(f"art={n}" for n in range(10_000)))

    assert response.status_code == 400
    assert "<h1" in response.content.decode()


def test_index_has_ten_past_dates_a_page(client: Client) -> None:
    for n in range(11):
        factories.EventFactory(title=f"Vor {n}", starts_at=MIDWAY - (n + 1) * DAYS)
    factories.EventFactory(title="Kommt")

    assert titles(client) == ["Kommt", *(f"Vor {n}" for n in range(10))]
    assert titles(client, "?seite=2") == ["Vor 10"]


def test_index_says_so_when_nothing_is_planned(client: Client) -> None:
    assert "Zurzeit ist kein Termin geplant" in read(client, "/termine/")
    assert "Dazu ist gerade nichts geplant" in read(client, "/termine/?art=spotlight")


def test_index_says_how_many_places_are_left(client: Client, treffen: Event) -> None:
    assert "Noch 3 Plätze frei" in read(client, "/termine/")
    for who in ("anna", "bernd", "carla"):
        factories.registration(treffen, who)

    assert "Ausgebucht, Warteliste" in read(client, "/termine/")


def test_index_asks_as_often_for_three_as_for_one(client: Client) -> None:
    def count() -> int:
        keeping.forget()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/termine/")
        return len(queries)

    factories.EventFactory(past=True)
    factories.registration(factories.EventFactory())
    one = count()
    for _ in range(2):
        factories.EventFactory(past=True)
        factories.registration(factories.EventFactory())

    assert count() == one


# A date ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Zur Anmeldung"),
        ({"capacity": 0}, "Auf die Warteliste setzen"),
        ({"registration": "einladung"}, "Teilnehmen können nur Eingeladene"),
        ({"registration": "ohne"}, "Sie brauchen sich nicht anzumelden"),
        (
            {"registration_until": MIDWAY - HOURS},
            "Die Anmeldung war bis Dienstag, 20. Januar 2026, 09:30 Uhr (MEZ) möglich",
        ),
        ({"starts_at": MIDWAY - HOURS, "ends_at": MIDWAY + HOURS}, "Der Termin hat begonnen"),
        ({"past": True}, "Der Termin ist vorbei"),
    ],
)
def test_detail_says_whether_one_can_register(client: Client, fields: dict[str, Any], said: str) -> None:
    factories.EventFactory(slug="treffen", **fields)

    page = read(client)

    assert said in page
    assert ("Zur Anmeldung" in page or "Warteliste setzen" in page) is (
        said in {"Zur Anmeldung", "Auf die Warteliste setzen"}
    )


def test_detail_says_when_and_where(client: Client) -> None:
    factories.EventFactory(
        slug="treffen", starts_at=datetime.fromisoformat("2026-03-29T10:00+02:00"), place="Rathaus Soest"
    )

    page = read(client)

    assert "Sonntag, 29. März 2026 10:00–11:00 Uhr (MESZ)" in page
    assert "Rathaus Soest, auch online" in page


def test_detail_of_several_days_names_both(client: Client) -> None:
    factories.EventFactory(slug="treffen", ends_at=MIDWAY + 9 * DAYS)

    assert "Dienstag, 27. Januar 2026, 10:30 Uhr (MEZ) bis Donnerstag, 29. Januar 2026, 10:30 Uhr (MEZ)" in read(client)


def test_detail_tells_of_a_move_and_of_a_cancellation(client: Client, treffen: Event) -> None:
    read(client)
    events.move(
        treffen, by=None, starts_at=MIDWAY + 20 * DAYS, ends_at=MIDWAY + 21 * DAYS, notice="Der Raum ist belegt."
    )
    moved = read(client)
    events.cancel(treffen, by=None, notice="Wegen <b>Krankheit</b>.")
    cancelled = client.get("/termine/treffen/").content.decode()

    assert (
        "Dieser Termin wurde verlegt Ursprünglich war er für Dienstag, 27. Januar 2026, 10:30 Uhr (MEZ) geplant. "
        "Der Raum ist belegt." in moved
    )
    assert "Dieser Termin ist abgesagt" in cancelled
    assert "Wegen &lt;b&gt;Krankheit&lt;/b&gt;." in cancelled
    assert "https://schema.org/EventCancelled" in cancelled


def test_move_within_a_day_tells_both_times(client: Client, treffen: Event) -> None:
    events.move(treffen, by=None, starts_at=treffen.starts_at + 3 * HOURS, ends_at=treffen.ends_at + 3 * HOURS)

    assert "27. Januar 2026, 13:30–14:30 Uhr (MEZ)" in read(client, "/termine/")
    assert "verlegt vom 27. Januar 2026, 10:30 Uhr" in read(client, "/termine/")
    assert "Ursprünglich war er für Dienstag, 27. Januar 2026, 10:30 Uhr (MEZ) geplant." in read(client)


def test_detail_has_what_machines_read(client: Client, treffen: Event, settings: Any) -> None:
    page = client.get("/termine/treffen/").content.decode()

    for wanted in (
        f'<link rel="canonical" href="{settings.BASE_URL}/termine/treffen/">',
        '<meta property="og:title" content="Treffen">',
        'itemtype="https://schema.org/Event"',
        '<meta itemprop="startDate" content="2026-01-27T10:30+01:00">',
        "https://schema.org/EventScheduled",
        "https://schema.org/OnlineEventAttendanceMode",
    ):
        assert wanted in page


def test_detail_shows_papers_once_they_are_out(client: Client, treffen: Event, at: At) -> None:
    paper = factories.download(title="Vortrag", published_at=MIDWAY + HOURS)
    events.save(treffen, downloads=[paper])

    assert "Unterlagen" not in read(client)
    at(MIDWAY + HOURS)
    assert "Unterlagen Vortrag (PDF" in read(client)


def test_detail_at_a_former_address_leads_on(client: Client, treffen: Event) -> None:
    treffen.slug = "neu"
    events.save(treffen)

    answers = {
        path: client.get(path) for path in ("/termine/treffen/", "/termine/treffen.ics", "/termine/treffen/anmelden/")
    }

    assert {path: (answer.status_code, answer.headers["Location"]) for path, answer in answers.items()} == {
        "/termine/treffen/": (301, "/termine/neu/"),
        "/termine/treffen.ics": (301, "/termine/neu.ics"),
        "/termine/treffen/anmelden/": (301, "/termine/neu/anmelden/"),
    }


def test_detail_of_a_draft_is_for_editors(client: Client) -> None:
    factories.EventFactory(slug="treffen", draft=True)
    editor: User = StaffFactory(superuser=True)

    assert client.get("/termine/treffen/").status_code == 404
    client.force_login(editor)
    page = client.get("/termine/treffen/").content.decode()
    assert "Vorschau: Entwurf" in page
    assert '<meta name="robots" content="noindex">' in page


@pytest.mark.parametrize("path", ["/termine/erfunden/", "/termine/erfunden.ics", "/termine/erfunden/anmelden/"])
def test_unknown_date_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


# Kept pages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_pages_set_no_cookie_and_hold_until_something_changes(client: Client, treffen: Event, path: str) -> None:
    first = client.get(path)
    second = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, second.status_code) == (200, 304)
    assert not client.cookies
    assert "Cookie" not in first.headers.get("Vary", "")


@pytest.mark.parametrize(
    ("fields", "before", "after"),
    [
        ({"registration_until": MIDWAY + HOURS}, "Zur Anmeldung", "Die Anmeldung war bis"),
        ({"starts_at": MIDWAY + HOURS}, "Zur Anmeldung", "Der Termin hat begonnen"),
        ({"starts_at": MIDWAY - HOURS, "ends_at": MIDWAY + HOURS}, "Der Termin hat begonnen", "Der Termin ist vorbei"),
    ],
)
def test_detail_changes_on_the_second(client: Client, at: At, fields: dict[str, Any], before: str, after: str) -> None:
    factories.EventFactory(slug="treffen", **fields)

    at(MIDWAY + HOURS - SECOND)
    assert before in read(client)
    at(MIDWAY + HOURS)
    assert after in read(client)


def test_index_shows_what_comes_out_by_itself(client: Client, at: At) -> None:
    factories.EventFactory(title="Bald", published_at=MIDWAY + HOURS)

    assert titles(client) == []
    at(MIDWAY + HOURS)
    assert titles(client) == ["Bald"]


def test_places_on_kept_pages_follow_every_registration(client: Client, treffen: Event) -> None:
    assert "Noch 3 Plätze frei" in read(client)
    row = factories.registration(treffen)
    assert "Noch 2 Plätze frei" in read(client)
    registrations.withdraw(row)
    assert "Noch 3 Plätze frei" in read(client)
