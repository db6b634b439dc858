"""Whatever somebody sends to a form: an answer, never a crash. Every form of the pages below, every field of it."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from urllib.parse import quote_from_bytes

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from submissions.actions import editors, entries
from submissions.models import Editor, Round, Submission
from tests.accounts.conftest import show_factor
from tests.accounts.factories import PASSWORD, MunicipalityFactory, StaffFactory, UserFactory
from tests.portal import proposing
from tests.submissions import factories

HOSTILE = {
    "NUL": b"a\0b",
    "half a character": b"\xed\xa0\x80",
    "no UTF-8": b"\xff\xfe\x00\xc3(",
    "too long": b"x" * 10_000,
    "a huge number": b"9" * 400,
    "a negative number": b"-1",
    "markup": b"<script>alert(1)</script>{{ 7|add:7 }}{% now %}%s%n${7}",
    "other line ends": "a\u2028b\r\n\x0b\x1c\u202ec\u0000".encode(),
    "far away": b"99999-12-31",
    "nothing": b"",
}
GUESTS = ["account_login", "account_signup", "account_reset_password"]
PERSONS = [
    "accounts:profile", "accounts:add_membership", "accounts:delete", "account_email", "account_change_password",
    "account_reauthenticate", "usersessions_list", "account_logout",
    "submissions:start", "portal:proposal_new",
]  # fmt: skip
OF_ENTRY = [
    "titel/", "kommune/", "partner/", "rechtsform/", "kurzbeschreibung/", "gewinn/", "dateien/", "mitwirkende/",
    "uebergeben/", "pruefen/", "zurueckziehen/", "zuruecksetzen/", "fassungen/gewinn/",
]  # fmt: skip


class Forms(HTMLParser):
    """Collects the forms of a page: where they go and what they send."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, bytes]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form" and (told.get("method") or "").lower() == "post":
            self.found.append((told.get("action") or "", {}))
        elif tag in {"input", "textarea", "select", "button"} and self.found and (name := told.get("name")):
            self.found[-1][1].setdefault(name, (told.get("value") or "").encode())


def body(fields: dict[str, bytes]) -> bytes:
    return b"&".join(f"{quote_from_bytes(k.encode())}={quote_from_bytes(v)}".encode() for k, v in fields.items())


def attacks(fields: dict[str, bytes]) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Every field in turn, then all at once, and a form that lacks everything."""
    for kind, value in HOSTILE.items():
        for name in fields:
            yield f"{kind} in {name}", {**fields, name: value}
        yield f"{kind} everywhere", dict.fromkeys(fields, value)
    yield "no field", {}


def crashes(client: Client, path: str, arrive: Callable[[], object] = lambda: None) -> list[str]:
    """Attack every form of the page and name what was answered with 5xx; `arrive` leads there before each attack.

    Limits of attempts are lifted each time: they would answer most of it before the form does.
    """
    client.raise_request_exception = False
    arrive()
    forms = Forms(client.get(path).content.decode()).found
    assert forms, f"{path} has no form"
    told = []
    for action, fields in forms:
        fields.pop("csrfmiddlewaretoken", None)
        target = re.sub(r"#.*", "", action) or path
        for what, sent in attacks(fields):
            cache.clear()
            arrive()
            response = client.post(target, body(sent), content_type="application/x-www-form-urlencoded")
            if response.status_code >= 500:
                told.append(f"{target}: {what}: {response.status_code}")
    return told


@pytest.fixture
def entry(open_round: Round) -> Submission:
    """A submitted entry with a partner, a file, an editor, a changed draft and two texts that wait for a choice."""
    entry = factories.submitted(open_round)
    factories.attachment(entry, kind="bild", name="pegel.jpg", alt="Pegel", rights="Stadt Soest")
    colleague = factories.editor(entry, Editor.Role.EDIT)
    editors.invite(entry, email="neu@kommune.example", role="edit", by=entry.owner)
    entries.save_section(entry, "gewinn", {"text": "Erster Stand."}, by=colleague, revision=0, sitting="a")
    with pytest.raises(entries.Conflict):
        entries.save_section(entry, "gewinn", {"text": "Zweiter."}, by=entry.owner, revision=0, sitting="b")
    return entry


@pytest.mark.parametrize("name", GUESTS)
def test_form_of_guests_bears(client: Client, open_round: Round, name: str) -> None:
    assert crashes(client, reverse(name)) == []


def test_code_of_a_new_account_bears(client: Client, open_round: Round) -> None:
    town = MunicipalityFactory()
    fields = {"name": "Neu", "email": "neu@kommune.example", "password1": PASSWORD, "department": "Kultur"}

    def sign_up() -> None:
        client.cookies.clear()
        client.post(reverse("account_signup"), {**fields, "municipality": town.ags})

    assert crashes(client, reverse("account_email_verification_sent"), sign_up) == []


def test_code_of_a_new_second_factor_bears(client: Client, open_round: Round) -> None:
    user = UserFactory()

    def show_password() -> None:
        client.force_login(user)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    assert crashes(client, reverse("mfa_activate_totp"), show_password) == []


def test_code_of_the_second_factor_bears(client: Client, open_round: Round) -> None:
    user = StaffFactory()

    def show_password() -> None:
        client.cookies.clear()
        client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    assert crashes(client, reverse("mfa_authenticate"), show_password) == []


@pytest.mark.parametrize("name", PERSONS)
def test_form_of_the_account_bears(client: Client, entry: Submission, name: str) -> None:
    assert crashes(client, reverse(name), lambda: client.force_login(entry.owner)) == []


@pytest.mark.parametrize("path", OF_ENTRY)
def test_form_of_an_entry_bears(client: Client, entry: Submission, path: str) -> None:
    assert crashes(client, f"{entry.get_absolute_url()}{path}", lambda: client.force_login(entry.owner)) == []


@pytest.mark.parametrize("path", ["bild/", "pruefen/"])
def test_form_of_a_proposal_bears(client: Client, open_round: Round, path: str) -> None:
    proposal = proposing.complete()

    assert crashes(client, f"{proposal.get_absolute_url()}{path}", lambda: client.force_login(proposal.owner)) == []


def test_pages_bear_what_stands_in_the_address(client: Client, entry: Submission) -> None:
    client.force_login(entry.owner)
    client.raise_request_exception = False
    addresses = ["/einreichungen/", f"{entry.get_absolute_url()}versionen/1/", "/konto/login/", "/suche/", "/"]
    queries = ["vergleich", "next", "q", "page"]

    told = [
        (address, query, kind)
        for address in addresses
        for query in queries
        for kind, value in HOSTILE.items()
        if client.get(f"{address}?{query}={quote_from_bytes(value)}").status_code >= 500
    ]
    told += [
        (path, "", kind)
        for path in ("/einreichungen/einladung/{}/", "/{}/", "/einreichungen/{}/", f"{entry.get_absolute_url()}{{}}/")
        for kind, value in HOSTILE.items()
        if client.get(path.format(quote_from_bytes(value, safe=""))).status_code >= 500
    ]

    assert told == []


@pytest.mark.parametrize("model", ["submissions_submission", "submissions_event", "accounts_user", "post_office_email"])
def test_search_of_the_office_bears(client: Client, entry: Submission, model: str) -> None:
    show_factor(client, StaffFactory(superuser=True))
    client.raise_request_exception = False
    url = reverse(f"admin:{model}_changelist")

    told = [
        kind for kind, value in HOSTILE.items() if client.get(f"{url}?q={quote_from_bytes(value)}").status_code >= 500
    ]
    told += [
        f"IKZ-2026-{number}" for number in ("0001", "9" * 9, "9" * 40)
        if client.get(url, {"q": f"IKZ-2026-{number}"}).status_code >= 500
    ]  # fmt: skip

    assert told == []
