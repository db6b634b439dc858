"""The newsletter for visitors: archive, issues, and signing up and leaving without an account, a cookie or a script."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from post_office.models import Email

from portal import keeping
from portal.actions import newsletters, subscribing
from portal.models import Block, Newsletter, Subscriber
from tests.accounts.factories import StaffFactory
from tests.conftest import MIDWAY
from tests.portal import factories

pytestmark = pytest.mark.django_db
At = Callable[[datetime], None]
ASK = "/newsletter/anmelden/"
ADA = "ada@kommune.example"
Status = Subscriber.Status


@pytest.fixture(autouse=True)
def _midway(at: At, settings: Any) -> None:
    at(MIDWAY)
    settings.FORM_SECONDS = 0


def release(**fields: Any) -> Newsletter:
    return newsletters.release(factories.issue(**fields), by=StaffFactory())


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    assert not response.cookies
    return response.content.decode()


def ask(client: Client, email: str = ADA, **values: str) -> Any:
    found = re.search(r'name="begun" value="([^"]+)"', client.get(ASK).content.decode())
    assert found
    return client.post(ASK, {"email": email, "begun": found[1], "website": ""} | values)


def link(kind: str) -> str:
    mail = Email.objects.order_by("pk").last()
    assert mail
    found = re.search(rf"/newsletter/{kind}/\S+/", mail.message)
    assert found
    return found[0]


# Reading -----------------------------------------------------------------------------------------------


def test_archive_shows_issues_by_year_the_newest_first(client: Client, at: At) -> None:
    release(subject="Der Anfang")
    release(subject="Die Mitte")
    at(MIDWAY + timedelta(days=365))
    release(subject="Das Neue")
    factories.issue(subject="Ein Entwurf")

    said = page(client, "/newsletter/")

    assert re.findall(r"(?:<h2[^>]*\"jahr[^>]*>|<a href=\"/newsletter/[iv]+-\d+/\">)([^<]+)<", said)[:5] == [
        "2027", "Das Neue", "2026", "Die Mitte", "Der Anfang",
    ]  # fmt: skip
    assert "Ein Entwurf" not in said
    assert 'href="/newsletter/anmelden/"' in said


def test_archive_without_issues_says_so(client: Client) -> None:
    assert "Noch keine Ausgabe" in page(client, "/newsletter/")


@pytest.mark.parametrize("query", ["seite=-1", "x=%00", "sort=;DROP", "a=" + "x" * 9000])
@pytest.mark.parametrize("path", ["/newsletter/", "/newsletter/i-2026/", ASK, "/newsletter/bestaetigt/"])
def test_pages_bear_any_query(client: Client, path: str, query: str) -> None:
    release()

    assert page(client, f"{path}?{query}")


def test_ten_thousand_parameters_that_nobody_reads_change_nothing(client: Client) -> None:
    answer = client.get(f"/newsletter/?{'&'.join(f'a{number}=1' for number in range(10_000))}")

    assert answer.content == client.get("/newsletter/").content


def test_archive_asks_the_database_as_often_for_many(client: Client) -> None:
    counts = []
    for _ in range(2):
        release()
        client.get("/newsletter/")
        release()
        with CaptureQueriesContext(connection) as queries:
            client.get("/newsletter/?neu")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_issue_is_a_page_with_its_pieces(client: Client) -> None:
    first = release(subject="Der Anfang")
    issue = release(subject="Die Mitte")

    said = page(client, "/newsletter/ii-2026/")

    assert '<link rel="canonical" href="http://localhost:8000/newsletter/ii-2026/">' in said
    assert '<meta property="og:title" content="Die Mitte">' in said
    assert "<p>Die <strong>Vorträge</strong> stehen bereit.</p>" in said
    assert "Newsletter II/2026" in said
    assert f'<a href="{first.get_absolute_url()}">Ausgabe davor: I/2026</a>' in said
    assert "Ausgabe danach" not in said
    assert "Ausgabe danach: II/2026" in page(client, first.get_absolute_url())
    assert issue.get_absolute_url() in client.get("/sitemap/seiten.xml").content.decode()


def test_issue_asks_the_database_as_often_for_many_blocks(client: Client) -> None:
    counts = []
    for amount in (1, 3):
        blocks = [Block(kind="projekt", project=factories.ProjectFactory(partners=["A", "B"])) for _ in range(amount)]
        issue = newsletters.release(factories.issue(*blocks), by=StaffFactory())
        keeping.forget()
        with CaptureQueriesContext(connection) as queries:
            client.get(issue.get_absolute_url())
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_issue_that_is_not_out_is_not_found(client: Client) -> None:
    factories.issue()

    for slug in ("i-2026", "x", "0"):
        assert client.get(f"/newsletter/{slug}/").status_code == 404


def test_archive_is_kept_and_renewed_by_a_release(client: Client) -> None:
    release(subject="Der Anfang")
    page(client, "/newsletter/")
    with CaptureQueriesContext(connection) as queries:
        before = page(client, "/newsletter/")
    release(subject="Das Neue")

    assert len(queries) == 1
    assert "Das Neue" not in before
    assert "Das Neue" in page(client, "/newsletter/")


# Signing up --------------------------------------------------------------------------------------------


def test_whole_way_of_a_subscriber(client: Client) -> None:
    asked = ask(client)
    confirm = link("bestaetigen")
    question = page(client, confirm)
    assert Subscriber.objects.get().status == Status.PENDING
    confirmed = client.post(confirm)

    assert (asked.status_code, asked.headers["Location"]) == (302, "/newsletter/anmelden/danke/")
    assert "Bitte bestätigen Sie per E-Mail" in page(client, "/newsletter/anmelden/danke/")
    assert ADA in question
    assert (confirmed.status_code, confirmed.headers["Location"]) == (302, "/newsletter/bestaetigt/")
    assert "Sie bekommen den Newsletter" in page(client, "/newsletter/bestaetigt/")
    assert Subscriber.objects.get().status == Status.ACTIVE


def test_answer_is_the_same_for_every_address(client: Client) -> None:
    for status in Status:
        factories.SubscriberFactory(email=f"{status}@kommune.example", status=status)

    answers = [ask(client, f"{who}@kommune.example") for who in (*Status, "fremd")]

    assert len({(answer.status_code, answer.headers["Location"], answer.content) for answer in answers}) == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"email": ""}, "Nennen Sie die Adresse"),
        ({"email": "kein"}, "keine vollständige E-Mail-Adresse"),
        ({"email": "a@b.example\nBcc: c@d.example"}, "nur in eine Zeile"),
        ({"email": "a@b.example\0"}, "Nullzeichen"),
        ({"email": f"{'a' * 300}@b.example"}, "Kürzen Sie"),
        ({"website": "http://spam.example"}, "das leer bleiben muss"),
        ({"begun": "gefälscht"}, "senden Sie ihn bitte noch einmal"),
    ],
)
def test_form_says_what_to_change(client: Client, values: dict[str, str], said: str) -> None:
    response = ask(client, **values)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Subscriber.objects.exists()
    assert not Email.objects.exists()


def test_form_is_too_quick_for_programs(client: Client, settings: Any) -> None:
    settings.FORM_SECONDS = 4

    assert "Das ging sehr schnell" in ask(client).content.decode()


def test_nobody_can_flood_a_mailbox(client: Client) -> None:
    answers = [ask(client, address).status_code for address in (ADA, ADA.upper(), ADA, ADA)]

    assert answers == [302] * 3 + [429]
    assert Email.objects.count() == 3


def test_forms_are_kept_by_nobody_and_set_no_cookie(client: Client) -> None:
    subscriber = factories.SubscriberFactory(pending=True)
    paths = [
        ASK,
        f"/newsletter/bestaetigen/{subscribing.token(subscriber)}/",
        f"/newsletter/abmelden/{subscriber.key.hex}/",
    ]

    for path in paths:
        response = client.get(path)
        assert response.headers["Cache-Control"] == "private, no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert not response.cookies


@pytest.mark.parametrize("token", ["x", "a:b:c", "%00", "x" * 3000, "'; DROP TABLE"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_forged_confirmation_has_a_page(client: Client, method: str, token: str) -> None:
    response = getattr(client, method)(f"/newsletter/bestaetigen/{token}/")

    assert response.status_code == 404
    assert "Dieser Link gilt nicht mehr" in response.content.decode()


# Leaving -----------------------------------------------------------------------------------------------


@pytest.fixture
def leave() -> str:
    return f"/newsletter/abmelden/{factories.SubscriberFactory(email=ADA).key.hex}/"


def test_link_alone_unsubscribes_nobody(client: Client, leave: str) -> None:
    assert "Soll <strong" in page(client, leave)
    client.head(leave)

    assert Subscriber.objects.get().status == Status.ACTIVE


def test_button_unsubscribes_and_may_be_pressed_again(client: Client, leave: str) -> None:
    for _ in range(2):
        response = client.post(leave)
        assert response.status_code == 200
        assert "Sie sind abgemeldet" in response.content.decode()

    assert Subscriber.objects.get().status == Status.LEFT
    assert "Sie sind abgemeldet" in page(client, leave)


def test_mail_provider_unsubscribes_by_one_click(leave: str) -> None:
    """RFC 8058: a POST without cookies and tokens, which must not be redirected."""
    provider = Client(enforce_csrf_checks=True)

    response = provider.post(leave, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")

    assert (response.status_code, list(response.cookies)) == (200, [])
    assert Subscriber.objects.get().status == Status.LEFT


@pytest.mark.parametrize("key", ["0" * 32, "x", "a" * 3000, "%00", "12345678-1234-1234-1234-123456789abc"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_forged_key_has_a_page(client: Client, leave: str, method: str, key: str) -> None:
    response = getattr(client, method)(f"/newsletter/abmelden/{key}/")

    assert response.status_code == 404
    assert "Zu diesem Link gibt es keine Anmeldung" in response.content.decode()
    assert Subscriber.objects.get().status == Status.ACTIVE


def test_other_methods_are_refused(client: Client, leave: str) -> None:
    assert [client.put(path).status_code for path in (leave, ASK, "/newsletter/")] == [405] * 3
