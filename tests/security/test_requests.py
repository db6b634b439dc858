"""Attack: requests that lie. Host, forwarded headers, `next`, forms and frames of others, and what caches may keep."""

import os
import re
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from submissions.models import Round
from tests.accounts.factories import PASSWORD, UserFactory
from tests.portal import factories as content
from tests.test_access import EXPECTED, LOGIN, OURS, Place, address
from tests.test_access_methods import POSTS

EVIL = "boese.example"


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    cache.clear()


@pytest.fixture
def place(open_round: Round) -> Place:
    call_command("load_roles", verbosity=0)
    return Place(open_round)


def read(response: HttpResponse) -> str:
    return response.getvalue().decode(errors="replace")


# Host and forwarded headers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/konto/login/", "/projekte.json", "/healthz", "/admin/", "/gibt-es-nicht/"])
@pytest.mark.parametrize(
    "host", [EVIL, f"localhost.{EVIL}", f"testserver@{EVIL}", f"testserver:80@{EVIL}", "[::1", "a b", ""]
)
def test_foreign_host_is_refused(client: Client, db: None, path: str, host: str) -> None:
    response = client.get(path, headers={"Host": host}, HTTP_HOST=host)

    assert response.status_code == 400 or path == "/healthz"
    assert EVIL not in read(response)


FORWARDED = {
    "X-Forwarded-Host": EVIL, "X-Host": EVIL, "X-Forwarded-Server": EVIL, "Forwarded": f"host={EVIL}",
    "X-Original-URL": f"/{EVIL}", "X-Rewrite-URL": f"/{EVIL}", "X-Forwarded-Prefix": f"/{EVIL}",
    "X-Forwarded-Scheme": "nothttps", "X-Forwarded-Port": "1337", "X-HTTP-Method-Override": "DELETE",
}  # fmt: skip
"""Headers by which other servers let themselves be told where they are."""


def without_the_hour(response: HttpResponse) -> str:
    return re.sub(r'name="(begun|csrfmiddlewaretoken)" value="[^"]*"', "", read(response))


@pytest.mark.parametrize("path", ["/", "/projekte/", "/sitemap.xml", "/aktuelles/feed/", "/projekte.json", "/kontakt/"])
def test_forwarded_headers_leave_no_trace_and_poison_no_page(client: Client, open_round: Round, path: str) -> None:
    """The attacker asks first, so that theirs would be the page that is kept for all."""
    content.ProjectFactory()
    content.page("kontakt", title="Kontakt")

    attack, after = client.get(path, headers=FORWARDED), Client().get(path)

    assert attack.status_code == after.status_code == 200
    assert EVIL not in read(attack) + str(attack.headers)
    assert without_the_hour(attack) == without_the_hour(after)


@pytest.mark.parametrize("header", FORWARDED)
def test_link_in_a_mail_leads_to_us_whatever_the_request_says(
    client: Client, db: None, header: str, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    client.post(reverse("account_reset_password"), {"email": UserFactory().email}, headers={header: FORWARDED[header]})

    (mail,) = mailoutbox
    words = f"{mail.body} {mail.alternatives}"

    assert EVIL not in words
    assert set(re.findall(r"https?://[^/\s\"<]+", words)) <= {"http://testserver", "http://localhost:8000"}


def test_method_cannot_be_overridden(client: Client, db: None) -> None:
    client.force_login(UserFactory())

    response = client.post(
        reverse("accounts:profile"), {"_method": "DELETE"}, headers={"X-HTTP-Method-Override": "DELETE"}
    )

    assert response.status_code == 200


# Where somebody is sent on to -----------------------------------------------------------------------------------------

TRICKS = (
    f"https://{EVIL}/", f"//{EVIL}/", f"///{EVIL}", f"\\\\{EVIL}", f"/\\{EVIL}", f"https:{EVIL}", f"https:/{EVIL}",
    f"http://testserver@{EVIL}/", f"http://testserver.{EVIL}/", "javascript:alert(1)", "data:text/html,x",
    f"\t//{EVIL}", f"/%09/{EVIL}", f"%2f%2f{EVIL}", f"/\n/{EVIL}", f"ftp://{EVIL}",
)  # fmt: skip


def leads_out(location: str) -> bool:
    """Say whether a browser would leave the portal, reading the address as browsers do."""
    plain = re.sub(r"[\t\r\n]", "", location).replace("\\", "/").strip()
    parts = urlsplit(plain)
    return plain.startswith("//") or parts.scheme not in {"", "http"} or parts.netloc not in {"", "testserver"}


@pytest.mark.parametrize("target", TRICKS)
def test_login_leads_nowhere_else(client: Client, db: None, target: str) -> None:
    person = UserFactory()
    sent = {"login": person.email, "password": PASSWORD, "next": target}

    answers = [
        client.post(reverse("account_login"), sent),
        client.get(reverse("account_login"), {"next": target}),  # logged in already
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": target}),
        client.post(reverse("account_logout"), {"next": target}),
    ]

    assert [answer.status_code for answer in answers] == [302] * 4
    assert [answer.headers["Location"] for answer in answers if leads_out(answer.headers["Location"])] == []


@pytest.mark.parametrize("parameter", ["next", "url", "return", "zurueck", "redirect"])
def test_no_address_leads_out(place: Place, parameter: str) -> None:
    client = place.client("owner")
    told = []
    for name in OURS:
        response = client.get(address(name, place.arguments), {parameter: f"//{EVIL}/"})
        for close in response._resource_closers:
            close()
        if leads_out(response.headers.get("Location", "/")):
            told.append(name)

    assert told == []


@pytest.mark.parametrize("path", [f"//{EVIL}/..", f"/{EVIL}", f"/\\{EVIL}", f"//{EVIL}/impressum"])
def test_slash_that_is_added_leads_nowhere_else(client: Client, db: None, path: str) -> None:
    response = client.get("/", PATH_INFO=path)

    assert not leads_out(response.headers.get("Location", "/"))


# Forms and frames of others -------------------------------------------------------------------------------------------

OPEN_FORMS = {
    "portal:contact", "portal:barrier", "portal:newsletter_ask", "portal:newsletter_confirm", "portal:newsletter_leave",
    "portal:registration", "portal:registration_new", "portal:registration_withdraw",
}  # fmt: skip
"""Without a cookie there is nothing to steal: who sends these has the link, or only what a stranger's form has, too."""


def test_every_form_needs_its_token_but_those_without_a_cookie(place: Place) -> None:
    person = place.entry.owner
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    answers = {name: client.post(address(name, place.arguments), {"text": "x"}) for name in POSTS}

    refused = {name for name, answer in answers.items() if answer.status_code == 403}
    parked = {name for name, answer in answers.items() if "parked" in client.session}

    assert set(POSTS) - refused == OPEN_FORMS | {
        name for name in POSTS if name.startswith("jury:") and name not in refused
    }
    assert parked == set()


@pytest.mark.parametrize("origin", [f"https://{EVIL}", "null", "http://testserver.boese.example"])
def test_form_of_another_site_is_refused_even_with_a_token(client: Client, db: None, origin: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(reverse("account_login")).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    sent = {"csrfmiddlewaretoken": token[1], "login": "a@b.example", "password": "x"}

    answers = [
        strict.post(reverse("account_login"), sent, headers={"Origin": origin}).status_code,
        strict.post(reverse("account_login"), sent, headers={"Origin": "http://testserver"}).status_code,
    ]

    assert answers == [403, 200]


@pytest.mark.parametrize("role", ["anonymous", "owner", "office"])
def test_every_answer_is_guarded_and_what_is_personal_kept_nowhere(place: Place, role: str) -> None:
    client = place.client(role)
    told = []
    for name in OURS:
        response: Any = client.get(address(name, place.arguments))
        for close in response._resource_closers:
            close()
        headers = response.headers
        policy = headers["Content-Security-Policy"]
        if "frame-ancestors 'none'" not in policy and "sandbox" not in policy:
            told.append((name, "frames"))
        if headers["X-Frame-Options"] != "DENY" or headers["X-Content-Type-Options"] != "nosniff":
            told.append((name, "headers"))
        personal = EXPECTED[name][0] == LOGIN and role != "anonymous"
        if personal and "no-store" not in headers.get("Cache-Control", ""):
            told.append((name, "may be kept"))
        if "Access-Control-Allow-Origin" in headers and name not in {"portal:projects_json", "portal:projects_csv"}:
            told.append((name, "other sites"))

    assert told == []


def test_open_data_is_for_all_sites_but_never_with_their_cookies(client: Client, open_round: Round) -> None:
    response = client.get("/projekte.json", headers={"Origin": f"https://{EVIL}"})

    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers


def test_page_of_a_person_is_never_given_to_another(place: Place) -> None:
    """Nor by an address that looks like a file, which caches in between like to keep."""
    owner, stranger = place.client("owner"), Client()
    for path in ("/konto/", "/einreichungen/", place.entry.get_absolute_url()):
        for tail in ("", "x.css", "%2e%2e/x.js", ";x.png", "?x.css"):
            owner.get(path + tail)
            answer = stranger.get(path + tail)

            assert answer.status_code in {302, 404}
            assert place.entry.owner.name not in answer.content.decode()


def test_cookies_are_bound_to_this_host_with_tls() -> None:
    """The settings are read once per process: what they are with HTTPS is asked of another one."""
    names = "SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SECURE_HSTS_SECONDS"
    code = (
        f"from django.conf import settings as s; print(*(getattr(s, name) for name in '{names}'.split()))\n"
        "from landespreis.message_cookie import HostCookieStorage; print(HostCookieStorage.cookie_name)"
    )
    surroundings = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "landespreis.settings", "LANDESPREIS_MODE": "production",
        "SECRET_KEY": "x" * 60, "SMTP_URL": "smtp://mail.example:25", "HTTPS": "1",
    }  # fmt: skip

    told = subprocess.run([sys.executable, "-c", code], env=surroundings, capture_output=True, text=True, check=True)

    assert told.stdout.split() == [
        "__Host-sessionid",
        "__Host-csrftoken",
        "True",
        "True",
        "31536000",
        "__Host-messages",
    ]


def test_settings(settings: Settings) -> None:
    assert not settings.USE_X_FORWARDED_HOST
    assert not settings.USE_X_FORWARDED_PORT
    assert not settings.DEBUG
