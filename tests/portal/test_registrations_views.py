"""Registering on the web: the form, the mail's link, one's own page; nothing told to others, no cookie for anybody."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from post_office.models import Email

from portal.actions import events, registrations
from portal.models import Event, Registration
from tests.conftest import MIDWAY
from tests.portal import factories

pytestmark = pytest.mark.django_db
HOURS, DAYS = timedelta(hours=1), timedelta(days=1)
FORM = "/termine/treffen/anmelden/"
VALUES = {
    "name": "Anna Berger",
    "email": "anna@soest.example",
    "organisation": "Stadt Soest",
    "question": "Wie\r\nlang?",
}
HOSTILE = '<script>alert("x")</script>'


@pytest.fixture(autouse=True)
def _midway(at: Callable[[datetime], None], settings: Any) -> None:
    at(MIDWAY)
    settings.FORM_SECONDS = 0


@pytest.fixture
def treffen() -> Event:
    event: Event = factories.EventFactory(slug="treffen", title="Treffen", capacity=1)
    return event


def begun(client: Client) -> str:
    found = re.search(r'name="begun" value="([^"]+)"', client.get(FORM).content.decode())
    assert found
    return found[1]


def send(client: Client, **values: str) -> Any:
    return client.post(FORM, VALUES | {"begun": begun(client)} | values)


def read(response: Any) -> str:
    page = response.content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2].partition("</main")[0]).split())


# The form ----------------------------------------------------------------------------------------------


def test_sending_leads_to_the_page_that_names_the_mail(client: Client, treffen: Event) -> None:
    response = send(client)

    assert (response.status_code, response.headers["Location"]) == (302, "/termine/treffen/anmelden/danke/")
    assert "Bestätigen Sie Ihre Anmeldung in der E-Mail" in read(client.get(response.headers["Location"]))
    row = Registration.objects.get()
    assert (row.name, row.question, row.status) == ("Anna Berger", "Wie\nlang?", "pending")


def test_sending_needs_no_cookie_and_sets_none(treffen: Event) -> None:
    client = Client(enforce_csrf_checks=True)
    send(client)
    path = Registration.objects.get().get_absolute_url()
    answers = [
        client.get(path), client.post(path, {"confirm": "1"}), client.post(path, {"question": "Neu?"}),
        client.get(f"{path}abmelden/"), client.post(f"{path}abmelden/"), client.get(f"{path}termin.ics"),
    ]  # fmt: skip

    assert [answer.status_code for answer in answers] == [200, 302, 302, 200, 302, 200]
    assert not client.cookies
    assert Registration.objects.get().status == "cancelled"


@pytest.mark.parametrize("state", ["new", "pending", "confirmed"])
def test_sending_answers_the_same_whatever_the_address_is_known_for(client: Client, treffen: Event, state: str) -> None:
    if state != "new":
        factories.registration(treffen, confirmed=state == "confirmed")

    response = send(client)

    assert (response.status_code, response.headers["Location"]) == (302, "/termine/treffen/anmelden/danke/")


def test_pressed_twice_is_one_registration_and_one_mail(client: Client, treffen: Event) -> None:
    values = VALUES | {"begun": begun(client)}

    answers = [client.post(FORM, values).status_code for _ in range(2)]
    client.post(FORM, values | {"email": "anna.berger@soest.example"})

    assert answers == [302, 302]
    assert [mail.to[0] for mail in Email.objects.order_by("pk")] == ["anna@soest.example", "anna.berger@soest.example"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": ""}, "Nennen Sie Ihren Namen"),
        ({"name": "Anna\r\nBcc: alle@kommune.example"}, "nur in eine Zeile"),
        ({"name": "Anna\0"}, "nur in eine Zeile"),
        ({"name": "Anna \u202eregreB"}, "nur in eine Zeile"),
        ({"organisation": "Stadt \u2066Soest"}, "nur in eine Zeile"),
        ({"name": "x" * 121}, "Kürzen Sie auf höchstens 120 Zeichen"),
        ({"email": ""}, "Nennen Sie die Adresse"),
        ({"email": "kein"}, "keine vollständige E-Mail-Adresse"),
        ({"email": "a@b.example\nBcc: c@d.example"}, "keine vollständige E-Mail-Adresse"),
        ({"email": "a@b.example, c@d.example"}, "keine vollständige E-Mail-Adresse"),
        ({"organisation": "Soest\nBcc: x"}, "nur in eine Zeile"),
        ({"question": "x" * 2001}, "Kürzen Sie auf höchstens 2000 Zeichen"),
        ({"question": "a\0b"}, "ein Zeichen, das sich nicht speichern lässt"),
        ({"website": "https://boese.example"}, "Bitte leer lassen"),
        ({"begun": "gefälscht"}, "stand lange offen"),
    ],
)
def test_form_says_what_to_change(client: Client, treffen: Event, values: dict[str, str], said: str) -> None:
    response = send(client, **values)

    assert response.status_code == 422
    assert said in read(response)
    assert not Registration.objects.exists()
    assert not Email.objects.exists()


def test_form_too_quick_is_asked_again(client: Client, treffen: Event, settings: Any) -> None:
    settings.FORM_SECONDS = 4

    assert "Das ging sehr schnell" in read(send(client))


def test_form_asks_no_question_where_none_is_wanted(client: Client) -> None:
    factories.EventFactory(slug="treffen", asks_questions=False)

    assert "Ihre Frage vorab" not in read(client.get(FORM))
    assert send(client).status_code == 302
    assert Registration.objects.get().question == ""


def test_form_of_a_full_date_is_the_waiting_list(client: Client, treffen: Event) -> None:
    factories.registration(treffen, "bernd")

    page = read(client.get(FORM))

    assert "Alle Plätze sind vergeben" in page
    assert "Auf die Warteliste setzen" in page


@pytest.mark.parametrize("fields", [{"past": True}, {"registration": "einladung"}, {"registration_until": MIDWAY}])
def test_form_behind_a_closed_door_says_why(client: Client, fields: dict[str, Any]) -> None:
    factories.EventFactory(slug="treffen", **fields)

    shown, sent = client.get(FORM), client.post(FORM, VALUES)

    assert (shown.status_code, sent.status_code) == (200, 409)
    assert "<form" not in shown.content.decode().partition("<main")[2]
    assert "Anmelden geht hier nicht" in read(sent)
    assert not Registration.objects.exists()


def test_nobody_gets_a_flood_of_mails(treffen: Event) -> None:
    answers = [
        send(
            Client(REMOTE_ADDR=f"10.0.0.{n}"), email="ANNA@soest.example" if n % 2 else "anna@soest.example"
        ).status_code
        for n in range(1, 7)
    ]

    assert answers == [302] * 5 + [429]
    assert Email.objects.count() == 5


def test_too_many_from_one_place_are_held_back(client: Client, treffen: Event, settings: Any) -> None:
    token = begun(client)
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"registration": "4/h/ip"}
    answers = [client.post(FORM, VALUES | {"begun": token, "email": f"p{n}@soest.example"}) for n in range(5)]

    assert [answer.status_code for answer in answers] == [302] * 4 + [429]
    assert "sehr viele Anmeldungen" in read(answers[-1])
    assert 'value="Anna Berger"' in answers[-1].content.decode()


@pytest.mark.parametrize("path", [FORM, "/termine/anmeldung/{key}/", "/termine/anmeldung/{key}/abmelden/"])
def test_other_methods_are_refused(client: Client, treffen: Event, path: str) -> None:
    key = factories.registration(treffen).key

    assert client.put(path.format(key=key)).status_code == 405
    assert client.delete(path.format(key=key)).status_code == 405


# One's own page ----------------------------------------------------------------------------------------


def test_looking_at_the_link_confirms_nothing(client: Client, treffen: Event) -> None:
    row = factories.registration(treffen, confirmed=False)

    pages = [
        client.get(row.get_absolute_url()),
        client.head(row.get_absolute_url()),
        client.get(f"{row.get_absolute_url()}?confirm=1"),
    ]

    assert [page.status_code for page in pages] == [200] * 3
    assert "Anmeldung bestätigen" in read(pages[0])
    assert Registration.objects.get().status == "pending"


def test_button_confirms_and_shows_the_link(client: Client, treffen: Event) -> None:
    row = factories.registration(treffen, confirmed=False)
    assert "konferenz.example" not in client.get(row.get_absolute_url()).content.decode()

    response = client.post(row.get_absolute_url(), {"confirm": "1"}, follow=True)

    assert "Sie sind angemeldet" in read(response)
    assert "https://konferenz.example/raum" in read(response)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_waiting_list_shows_no_link(client: Client, treffen: Event) -> None:
    factories.registration(treffen, "bernd")

    page = client.get(factories.registration(treffen).get_absolute_url())

    assert "Sie stehen auf der Warteliste" in read(page)
    assert "konferenz.example" not in page.content.decode()


def test_question_can_be_changed_until_the_beginning(client: Client, treffen: Event, at: Any) -> None:
    path = factories.registration(treffen, question="Alt?").get_absolute_url()

    saved = client.post(path, {"question": "Neu?\r\nUnd noch eine."}, follow=True)
    wrong = client.post(path, {"question": "x" * 2001})
    at(treffen.starts_at)
    late = client.post(path, {"question": "Zu spät?"})

    assert "Ihre Frage ist gespeichert." in read(saved)
    assert (wrong.status_code, late.status_code) == (422, 409)
    assert "hat begonnen" in read(late)
    assert Registration.objects.get().question == "Neu?\nUnd noch eine."
    assert "Frage speichern" not in read(client.get(path))


def test_withdrawing_asks_first_and_the_next_moves_up(client: Client, treffen: Event) -> None:
    path = factories.registration(treffen).get_absolute_url()
    factories.registration(treffen, "bernd")

    asked = client.get(f"{path}abmelden/")
    assert Registration.objects.seated().get().name == "Anna"
    done = client.post(f"{path}abmelden/", follow=True)

    assert "Vom Termin abmelden?" in read(asked)
    assert "Sie sind abgemeldet" in read(done)
    assert Registration.objects.seated().get().name == "Bernd"
    assert "Sie sind schon abgemeldet" in read(client.get(f"{path}abmelden/"))


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ({"who": "anna"}, "Ihr Platz ist frei für andere. Haben Sie sich anders entschieden?"),
        ({"who": "bernd"}, "Sie stehen nicht mehr auf der Warteliste. Haben Sie sich anders entschieden?"),
        ({"who": "carla", "confirmed": False}, "Haben Sie sich anders entschieden?"),
    ],
)
def test_who_withdrew_reads_what_they_gave_up(client: Client, treffen: Event, who: dict[str, Any], said: str) -> None:
    if who["who"] != "anna":
        factories.registration(treffen)
    row = registrations.withdraw(factories.registration(treffen, **who))

    page = read(client.get(row.get_absolute_url()))

    assert f"Uhr (MEZ) , online {said} Noch einmal anmelden" in page


@pytest.mark.parametrize(("confirmed", "state"), [(True, "Sie sind abgemeldet"), (False, "Diese Anmeldung gilt nicht")])
def test_form_is_offered_again_only_while_it_is_open(
    client: Client, treffen: Event, at: Any, confirmed: bool, state: str
) -> None:
    row = factories.registration(treffen, confirmed=confirmed)
    if confirmed:
        registrations.withdraw(row)
    found = []
    for moment in (treffen.starts_at - HOURS, treffen.starts_at, treffen.ends_at):
        at(moment)
        page = read(client.get(row.get_absolute_url()))
        found.append((state in page, "Noch einmal anmelden" in page, "Der Termin ist vorbei" in page))

    assert found == [(True, True, False), (True, False, False), (False, False, True)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda event, at: events.cancel(event, by=None, notice="Krank."), "Der Termin ist abgesagt"),
        (lambda event, at: at(event.ends_at), "Der Termin ist vorbei"),
        (
            lambda event, at: events.move(event, by=None, starts_at=MIDWAY + 9 * DAYS, ends_at=MIDWAY + 10 * DAYS),
            "wurde verlegt",
        ),
    ],
)
def test_own_page_follows_the_date(client: Client, treffen: Event, at: Any, change: Any, said: str) -> None:
    path = factories.registration(treffen).get_absolute_url()
    change(treffen, at)

    page = client.get(path)

    assert page.status_code == 200
    assert said in read(page)
    assert ("konferenz.example" in page.content.decode()) is (said == "wurde verlegt")


def test_expired_link_leads_to_the_form(client: Client, treffen: Event, at: Any) -> None:
    path = factories.registration(treffen, confirmed=False).get_absolute_url()
    at(MIDWAY + 48 * HOURS)

    assert "Diese Anmeldung gilt nicht mehr" in read(client.get(path))
    response = client.post(path, {"confirm": "1"})
    assert response.status_code == 409
    assert "Melden Sie sich noch einmal an" in read(response)


@pytest.mark.parametrize("tail", ["", "abmelden/", "termin.ics"])
def test_forged_key_is_told_clearly(client: Client, treffen: Event, tail: str) -> None:
    response = client.get(f"/termine/anmeldung/{uuid4()}/{tail}")

    assert response.status_code == 404
    assert "Diese Anmeldung gibt es nicht" in read(response)
    assert client.get(f"/termine/anmeldung/erfunden/{tail}").status_code == 404
    if tail != "termin.ics":
        assert client.post(f"/termine/anmeldung/{uuid4()}/{tail}", {"confirm": "1"}).status_code == 404


def test_hostile_text_is_only_text(client: Client, treffen: Event) -> None:
    send(client, name=HOSTILE, organisation=HOSTILE, question=HOSTILE)
    row = registrations.confirm(Registration.objects.get())

    page = client.get(row.get_absolute_url()).content.decode()

    assert HOSTILE not in page
    assert HOSTILE.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;") in page
    assert all(HOSTILE not in mail.html_message for mail in Email.objects.all())


@pytest.mark.parametrize(
    "value", [b"%00", b"%ED%A0%80", b"%FF%FE", b"9" * 400, b"{{7|add:7}}%25s", b"a%E2%80%A8b%0B%1C"]
)
def test_forms_bear_whatever_is_sent(client: Client, treffen: Event, value: bytes) -> None:
    path = factories.registration(treffen).get_absolute_url()
    names = ("name", "email", "organisation", "question", "website", "begun", "confirm")

    answers = [
        client.post(
            address, b"&".join(name.encode() + b"=" + value for name in sent), "application/x-www-form-urlencoded"
        )
        for address in (FORM, path, f"{path}abmelden/")
        for sent in (names, ("question",))
    ]

    assert {answer.status_code for answer in answers} <= {302, 409, 422}
    assert all(Registration.objects.values_list("name", flat=True))
