"""The line at the head of the admin: calm when all is well, and otherwise what is wrong and where one acts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as project
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from post_office.models import STATUS, Email

from accounts.models import User
from landespreis import owed
from landespreis.models import Link
from landespreis.watching import standing
from submissions.models import Receipt, Round
from tests.accounts.conftest import show_factor
from tests.accounts.factories import staff
from tests.submissions import factories

At = Callable[[datetime], None]
CALM = "Alles läuft: Mails, Bestätigungen und Dokumente gehen hinaus."
MINUTE = timedelta(minutes=1)
MAILS = reverse("admin:post_office_email_changelist")


@pytest.fixture(autouse=True)
def _not_looked_yet(db: None) -> None:
    cache.delete(standing.KEY)


@pytest.fixture
def office(db: None) -> User:
    return staff("Geschäftsstelle")


def mail(age: timedelta, status: int = STATUS.queued) -> Email:
    row = Email.objects.create(to="a@stadt.example", from_email="b@stadt.example", status=status)
    moment = timezone.now() - age
    Email.objects.filter(pk=row.pk).update(created=moment, last_updated=moment)
    return row


def lines(user: User) -> list[tuple[str, str]]:
    cache.delete(standing.KEY)
    return [(line.text, line.url) for line in standing.of_the_portal(user).lines]


def test_nothing_wrong_is_one_calm_line(client: Client, office: User) -> None:
    show_factor(client, office)

    html = client.get(reverse("admin:index")).content.decode()

    assert lines(office) == []
    assert CALM in html
    assert html.count('role="status"') == 1


@pytest.mark.parametrize(
    "page", ["admin:index", "admin:post_office_email_changelist", "admin:handbook", "admin:lookup"]
)
def test_what_is_late_stands_on_every_page_and_leads_there(client: Client, office: User, page: str) -> None:
    mail(owed.LATE + MINUTE)
    show_factor(client, office)

    html = client.get(reverse(page)).content.decode()

    assert f'<a href="{MAILS}">Mail überfällig seit ' in html
    assert CALM not in html


def test_mail_is_late_only_after_some_minutes(office: User) -> None:
    row = mail(owed.LATE - MINUTE)
    assert lines(office) == []

    Email.objects.filter(pk=row.pk).update(created=timezone.now() - owed.LATE - MINUTE)

    assert [text.split(" seit ")[0] for text, _ in lines(office)] == ["Mail überfällig"]


def test_what_is_late_for_days_says_for_how_long(office: User) -> None:
    mail(timedelta(days=3, hours=2))

    assert lines(office) == [("Mail überfällig seit 3 Tagen, 2 Stunden", MAILS)]


def test_failure_is_told_for_some_days_and_then_is_history(office: User) -> None:
    mail(owed.RECENT - MINUTE, STATUS.failed)
    assert lines(office) == [("1 Mail nicht zustellbar", f"{MAILS}?stand={STATUS.failed}")]
    mail(owed.RECENT - MINUTE, STATUS.failed)
    assert lines(office) == [("2 Mails nicht zustellbar", f"{MAILS}?stand={STATUS.failed}")]

    Email.objects.update(last_updated=timezone.now() - owed.RECENT - MINUTE)

    assert lines(office) == []


def test_receipt_and_chain_are_told_too(office: User, open_round: Round) -> None:
    factories.submitted(open_round)
    Receipt.objects.update(owed_at=timezone.now() - owed.LATE - MINUTE)
    Email.objects.all().delete()
    day = timezone.now().date() - timedelta(days=9)
    Link.objects.create(day=day, previous="0" * 64, sha256="1" * 64, count=0, made_at=timezone.now())

    assert [(text.split(" seit ")[0], url) for text, url in lines(office)] == [
        ("Eingangsbestätigung überfällig", reverse("admin:submissions_receipt_changelist")),
        ("8 Tage im Verlauf nicht verkettet", reverse("admin:landespreis_link_changelist")),
    ]


def test_who_may_not_go_there_reads_it_without_a_link(client: Client) -> None:
    mail(owed.LATE + MINUTE)
    editor = staff("Redaktion")
    show_factor(client, editor)

    html = client.get(reverse("admin:index")).content.decode()

    assert [url for _, url in lines(editor)] == [""]
    assert "Mail überfällig seit " in html
    assert MAILS not in html


def test_pages_without_a_person_and_small_windows_have_no_line(client: Client, office: User) -> None:
    login = client.get(reverse("admin:index"), follow=True).content.decode()
    show_factor(client, office)
    popup = client.get(MAILS, {"_popup": "1"}).content.decode()

    assert ("lp-adm-running" in login, "lp-adm-running" in popup) == (False, False)


def test_line_is_looked_at_every_few_seconds_only(settings: Any, office: User, at: At) -> None:
    settings.CACHES = {"default": project.LOCAL_CACHE}  # a Redis does not know the clock of this test
    cache.clear()
    begin = timezone.now()
    at(begin)
    assert standing.of_the_portal(office).lines == ()
    mail(owed.LATE + MINUTE)

    at(begin + timedelta(seconds=standing.SECONDS - 1))
    assert standing.of_the_portal(office).lines == ()
    at(begin + timedelta(seconds=standing.SECONDS + 1))
    assert len(standing.of_the_portal(office).lines) == 1


def test_line_takes_few_queries_and_none_for_a_while(office: User, open_round: Round) -> None:
    for _ in range(3):
        mail(owed.LATE + MINUTE)
        factories.submitted(open_round)
    office.has_perm("post_office.view_email")  # a page has asked for the person's rights before

    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            standing.of_the_portal(office)
        asked.append(len([query for query in queries if "journal" not in query["sql"]]))

    assert asked[0] <= 20
    assert asked[1] == 0
