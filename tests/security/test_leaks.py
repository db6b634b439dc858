"""Attack: reading what is meant for others. Error pages say nothing of the inside, mails go to whom they concern."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path, reverse
from post_office.models import Email

from accounts.actions import confirm_membership
from accounts.models import User
from jury.actions import seats
from landespreis import errors, urls
from portal.actions import registrations, subscribing
from submissions.actions import editors, handing_in, helping, receipts
from submissions.models import Round
from tests.accounts.factories import MembershipFactory, StaffFactory, UserFactory
from tests.conftest import MIDWAY
from tests.jury import factories as jury
from tests.portal import factories as content
from tests.submissions import factories

SECRET = "Geheimnis-4711"


def crash(request: HttpRequest) -> HttpResponse:
    password = SECRET
    raise RuntimeError(f"SELECT * FROM accounts_user WHERE token = '{password}'")


def suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation(f"{SECRET} in {__file__}")


urlpatterns = [path("absturz/", crash), path("verdacht/", suspicious), *urls.urlpatterns]

handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500

INSIDE = re.compile(
    rf"{SECRET}|Traceback|RuntimeError|SELECT |\.py\b|django|allauth|gunicorn|sqlite|postgres|SECRET_KEY|DJANGO|"
    rf"{re.escape(str(settings.BASE_DIR))}|site-packages",
    re.IGNORECASE,
)
ERRORS: dict[int, Callable[[Client], Any]] = {
    400: lambda client: client.get("/verdacht/", {"token": SECRET}),
    403: lambda client: Client(enforce_csrf_checks=True).post(reverse("account_login"), {"password": SECRET}),
    404: lambda client: client.get(f"/gibt-es-nicht/{SECRET}/", {"token": SECRET}),
    405: lambda client: client.post("/landespreis/", {"token": SECRET}),
    413: lambda client: client.post("/konto/login/", SECRET, content_type="text/plain", CONTENT_LENGTH="200000000"),
    500: lambda client: client.get("/absturz/", {"token": SECRET}, headers={"Cookie": f"x={SECRET}"}),
}


@pytest.mark.parametrize("status", ERRORS)
def test_error_page_says_nothing_of_the_inside(db: None, status: int) -> None:
    with override_settings(ROOT_URLCONF=__name__):
        response = ERRORS[status](Client(raise_request_exception=False))

    html = response.content.decode()
    assert response.status_code == status
    assert INSIDE.findall(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html)) == []
    assert "Server" not in response.headers
    assert "X-Powered-By" not in response.headers


def test_page_of_too_many_attempts_says_nothing_of_the_inside() -> None:
    request = RequestFactory().post("/konto/login/", {"password": SECRET, "login": f"{SECRET}@stadt.example"})

    html = errors.too_many(request).content.decode()

    assert INSIDE.findall(html) == []


def test_debug_is_off_and_cannot_be_switched_on_by_the_surroundings() -> None:
    """No variable leads to it: a page of Django's with source and settings cannot be had by mistake."""
    source = (Path(settings.BASE_DIR) / "landespreis" / "settings.py").read_text(encoding="utf-8")

    assert re.findall(r"^DEBUG\b.*$", source, re.MULTILINE) == ["DEBUG = False"]


# Who gets which mail --------------------------------------------------------------------------------------------------


def told() -> dict[str, set[str]]:
    """Return the recipients of all mails owed so far, by subject, and forget them."""
    found: dict[str, set[str]] = {}
    for row in Email.objects.all():
        assert (len(row.to), row.cc, row.bcc) == (1, [], [])  # nobody sees the address of another
        found.setdefault(row.subject, set()).update(row.to)
    Email.objects.all().delete()
    return found


def recipients() -> set[str]:
    return set().union(*told().values())


@pytest.fixture
def stranger(open_round: Round) -> User:
    """Somebody of another entry, who must never get a mail about this one."""
    entry = factories.submitted(open_round)
    factories.editor(entry, "submit")
    receipts.fulfil_all()
    told()
    return entry.owner


def test_mails_about_an_entry_go_to_its_people_only(open_round: Round, stranger: User) -> None:
    entry = factories.complete(open_round)
    owner, writer, reader = entry.owner, factories.editor(entry, "submit"), factories.editor(entry, "read")
    told()

    editors.invite(entry, email="neu@kommune.example", role="read", by=owner)
    assert recipients() == {"neu@kommune.example"}

    factories.submit(entry, by=writer)
    receipts.fulfil_all()
    assert recipients() <= {owner.email, writer.email, reader.email}

    helping.ask(entry, question="Wie?", days=1, by=owner)
    assert recipients() <= {settings.CONTACT_EMAIL, owner.email, writer.email, reader.email}

    handing_in.withdraw(entry, by=owner)
    assert recipients() <= {owner.email, writer.email, reader.email}


def test_mail_about_a_membership_goes_to_the_person(db: None) -> None:
    row, staff = MembershipFactory(), StaffFactory(superuser=True)
    MembershipFactory(municipality=row.municipality)

    confirm_membership(row, by=staff)

    assert recipients() == {row.user.email}


def test_invitation_to_the_jury_goes_to_the_one_that_was_named(open_round: Round) -> None:
    seat, *others = jury.seats(open_round)
    jury.juror(others[0])
    told()

    named = seats.name(
        seat, name="Neue Person", email="neu@jury.example", since=MIDWAY.date(), by=StaffFactory(superuser=True)
    )
    seats.invite(named, by=StaffFactory(superuser=True))

    assert recipients() == {"neu@jury.example"}


def test_mails_of_visitors_go_to_themselves(open_round: Round) -> None:
    event = content.EventFactory()
    content.registration(event, "bernd")
    told()

    registrations.register(event, {"name": "A", "email": "anna@soest.example", "organisation": "S", "question": ""})
    assert recipients() == {"anna@soest.example"}

    subscribing.ask("leserin@soest.example")
    assert recipients() == {"leserin@soest.example"}


@pytest.mark.parametrize("known", [True, False])
def test_password_mail_goes_to_the_address_alone(client: Client, db: None, known: bool, mailoutbox: list[Any]) -> None:
    email = UserFactory().email if known else "niemand@kommune.example"
    UserFactory()

    client.post(reverse("account_reset_password"), {"email": email})

    assert [mail.to for mail in mailoutbox] == [[email]]


@pytest.mark.parametrize(
    "template", sorted(Path(settings.BASE_DIR, "templates", "mail").glob("*.txt")), ids=lambda p: p.name
)
def test_no_mail_holds_a_password_or_a_session(template: Path) -> None:
    source = template.read_text(encoding="utf-8")

    assert re.findall(r"\{\{[^}]*(password|session_key|secret|request|totp|recovery)[^}]*\}\}", source) == []
