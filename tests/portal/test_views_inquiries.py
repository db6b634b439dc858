"""Writing to the Geschäftsstelle: everybody can, programs cannot, and nothing slips into a mail's head."""

import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from post_office.models import Email

from landespreis.clock import BERLIN
from portal.models import Inquiry
from tests.conftest import MIDWAY
from tests.portal import factories

CONTACT = {
    "name": "Frauke Siebert",
    "email": "frauke@warstein.example",
    "subject": "Zählt ein Zweckverband?",
    "message": "Guten Tag,\r\nkann der Verband Partner sein?",
}
BARRIER = {"page": "/downloads/", "message": "Der Vortrag hat keine Überschriften.", "equipment": "Firefox mit NVDA"}
HOSTILE = '<script>alert("x")</script>'


@pytest.fixture
def pages(db: None) -> None:
    factories.page("kontakt", title="Kontakt")
    factories.page("barriere-melden", title="Barriere melden")


@pytest.fixture
def slow(settings: Any) -> None:
    """Nobody has to wait before sending."""
    settings.FORM_SECONDS = 0


def begun(client: Client, path: str) -> str:
    found = re.search(r'name="begun" value="([^"]+)"', client.get(path).content.decode())
    assert found
    return found[1]


def send(client: Client, path: str = "/kontakt/", **values: str) -> Any:
    shape = CONTACT if path == "/kontakt/" else BARRIER
    return client.post(path, shape | {"begun": begun(client, path)} | values)


def mails() -> dict[str, Email]:
    return {mail.to[0]: mail for mail in Email.objects.order_by("pk")}


def test_contact_reaches_mailbox_and_admin_and_is_confirmed(client: Client, pages: None, slow: None) -> None:
    response = send(client)

    assert (response.status_code, response.headers["Location"]) == (302, "/kontakt/danke/")
    inquiry = Inquiry.objects.get()
    assert inquiry.message == "Guten Tag,\nkann der Verband Partner sein?"
    sent = mails()
    assert set(sent) == {"landespreis@portal.example", "frauke@warstein.example"}
    office, receipt = sent["landespreis@portal.example"], sent["frauke@warstein.example"]
    assert office.subject == f"Anfrage {inquiry.number}: Zählt ein Zweckverband?"
    assert office.headers["Reply-To"] == "frauke@warstein.example"
    assert "kann der Verband Partner sein?" in office.message
    assert f"/admin/portal/inquiry/{inquiry.pk}/change/" in office.message
    assert inquiry.number in receipt.message


def test_receipt_repeats_nothing_that_was_typed(client: Client, pages: None, slow: None) -> None:
    send(client, name="Kauft Pillen", subject="Kauft Pillen", message="Kauft Pillen")

    receipt = mails()["frauke@warstein.example"]

    assert "Pillen" not in receipt.subject + receipt.message + receipt.html_message


def test_barrier_can_be_reported_without_saying_who(client: Client, pages: None, slow: None) -> None:
    response = send(client, "/barriere-melden/")

    assert response.headers["Location"] == "/barriere-melden/danke/"
    assert set(mails()) == {"landespreis@portal.example"}
    assert "Reply-To" not in mails()["landespreis@portal.example"].headers
    assert Inquiry.objects.get().page == "/downloads/"


def test_barrier_knows_the_page_one_comes_from(client: Client, pages: None) -> None:
    def prefilled(referer: str) -> str:
        page = client.get("/barriere-melden/", headers={"Referer": referer}).content.decode()
        found = re.search(r'<input type="text" name="page"[^>]*>', page)
        assert found
        return found[0]

    assert 'value="/faq/"' in prefilled("http://testserver/faq/?x=1")
    assert "value=" not in prefilled("http://boese.example/faq/")
    assert "value=" not in prefilled("//[")


@pytest.mark.parametrize("path", ["/kontakt/", "/barriere-melden/", "/kontakt/danke/", "/barriere-melden/danke/"])
def test_forms_set_no_cookie(client: Client, pages: None, path: str) -> None:
    assert not client.get(path).cookies


def test_sending_needs_no_cookie_and_sets_none(pages: None, slow: None) -> None:
    client = Client(enforce_csrf_checks=True)

    response = send(client)

    assert response.status_code == 302
    assert not response.cookies
    assert not client.cookies


def test_form_page_is_not_kept_by_anybody(client: Client, pages: None) -> None:
    assert client.get("/kontakt/").headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"email": ""}, "Nennen Sie die Adresse"),
        ({"email": "kein"}, "keine vollständige E-Mail-Adresse"),
        ({"email": "a@b.example\nBcc: c@d.example"}, "keine vollständige E-Mail-Adresse"),
        ({"email": "a@b.example, c@d.example"}, "keine vollständige E-Mail-Adresse"),
        ({"subject": ""}, "worum es geht"),
        ({"subject": "Frage\r\nBcc: alle@kommune.example"}, "nur in eine Zeile"),
        ({"name": "Frauke\nBcc: alle@kommune.example"}, "nur in eine Zeile"),
        ({"name": "Frauke\0"}, "nur in eine Zeile"),
        ({"message": ""}, "Schreiben Sie Ihre Nachricht"),
        ({"message": "x" * 5001}, "Kürzen Sie auf höchstens 5000 Zeichen"),
        ({"message": "a\0b"}, "ein Zeichen, das sich nicht speichern lässt"),
        ({"website": "https://boese.example"}, "Bitte leer lassen"),
        ({"begun": "gefälscht"}, "stand lange offen"),
        ({"begun": ""}, "stand lange offen"),
    ],
)
def test_contact_says_what_to_change(
    client: Client, pages: None, slow: None, values: dict[str, str], said: str
) -> None:
    response = send(client, **values)

    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert page.count("<h1") == 1
    assert not Inquiry.objects.exists()
    assert not Email.objects.exists()


def test_contact_keeps_the_text_when_something_is_wrong(client: Client, pages: None, slow: None) -> None:
    page = send(client, email="kein").content.decode()

    assert "kann der Verband Partner sein?" in page
    assert 'value="Frauke Siebert"' in page


def test_contact_too_quick_is_asked_again_and_then_taken(client: Client, pages: None, settings: Any) -> None:
    settings.FORM_SECONDS = 4
    with time_machine.travel(MIDWAY, tick=False) as clock:
        token = begun(client, "/kontakt/")
        clock.shift(3.9)
        early = client.post("/kontakt/", CONTACT | {"begun": token})
        clock.shift(0.1)
        late = client.post("/kontakt/", CONTACT | {"begun": token})

    assert early.status_code == 422
    assert "Das ging sehr schnell" in early.content.decode()
    assert f'value="{token}"' in early.content.decode()
    assert late.status_code == 302


def test_contact_left_open_for_days_can_be_sent_again(client: Client, pages: None, slow: None) -> None:
    with time_machine.travel(MIDWAY, tick=False) as clock:
        token = begun(client, "/kontakt/")
        clock.shift(25 * 60 * 60)
        stale = client.post("/kontakt/", CONTACT | {"begun": token})
        found = re.search(r'name="begun" value="([^"]+)"', stale.content.decode())
        assert found
        again = client.post("/kontakt/", CONTACT | {"begun": found[1]})

    assert stale.status_code == 422
    assert again.status_code == 302


def test_sending_twice_is_one_message(client: Client, pages: None, slow: None) -> None:
    values = CONTACT | {"begun": begun(client, "/kontakt/")}

    answers = [client.post("/kontakt/", values).status_code for _ in range(2)]
    client.post("/kontakt/", values | {"message": "Noch etwas anderes"})

    assert answers == [302, 302]
    assert Inquiry.objects.count() == 2
    assert Email.objects.count() == 4


def test_too_many_messages_from_one_place_are_held_back(client: Client, pages: None, slow: None, settings: Any) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"inquiry": "3/h/ip,8/h/key"}

    answers = [send(client, email=f"person{n}@kommune.example") for n in range(4)]

    assert [answer.status_code for answer in answers] == [302] * 3 + [429]
    assert "kann der Verband Partner sein?" in answers[-1].content.decode()
    assert Inquiry.objects.count() == 3


def test_nobody_gets_a_flood_of_receipts(pages: None, slow: None) -> None:
    answers = [send(Client(REMOTE_ADDR=f"10.0.0.{n}")).status_code for n in range(9)]

    assert answers == [302] * 8 + [429]


def test_hostile_text_is_only_text_in_mails(client: Client, pages: None, slow: None) -> None:
    send(client, name=HOSTILE, subject=HOSTILE, message=HOSTILE)

    office = mails()["landespreis@portal.example"]

    assert HOSTILE not in office.html_message
    assert HOSTILE in office.message


@pytest.mark.parametrize("path", ["/kontakt/", "/barriere-melden/"])
def test_other_methods_are_refused(client: Client, pages: None, path: str) -> None:
    assert client.put(path).status_code == 405
    assert client.delete(path).status_code == 405


def test_received_at_is_said_in_berlin(client: Client, pages: None, slow: None) -> None:
    with time_machine.travel(MIDWAY, tick=False):
        send(client)

    assert "Dienstag, 20. Januar 2026, 10:30:00 Uhr (MEZ)" in mails()["frauke@warstein.example"].message
    assert Inquiry.objects.get().received_at.astimezone(BERLIN) == MIDWAY
