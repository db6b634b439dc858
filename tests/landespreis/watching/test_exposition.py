"""The figures for monitoring: who gets them, that they are right, and that they come when something is away."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import Celery
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from post_office.models import STATUS, Email
from prometheus_client.parser import text_string_to_metric_families

from jury.models import Paper
from landespreis import journal
from landespreis.celery import app
from landespreis.models import Link, Parcel, RetentionItem, RetentionRun
from landespreis.watching import exposition
from landespreis.watching import figures as asked_for
from portal.models import Delivery, Newsletter, Subscriber
from submissions.actions import formal_check, handing_in
from submissions.models import Attachment, Receipt, Round
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory, staff
from tests.conftest import CLOSES
from tests.landespreis import circulars, office_rows
from tests.portal import factories as content
from tests.submissions import factories

At = Callable[[datetime], None]
HOUR = timedelta(hours=1)
TOKEN = "nur-für-die-Überwachung"


@pytest.fixture
def token(settings: Any) -> str:
    settings.METRICS_TOKEN = TOKEN
    return TOKEN


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def figures() -> dict[tuple[str, ...], float]:
    """Return every value by its name and the values of its labels, sorted by the names of these."""
    families = text_string_to_metric_families(exposition.text().decode())
    return {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in families
        for sample in family.samples
    }


def of(name: str) -> dict[str, float]:
    """Return the values of one name by its only label."""
    return {key[1]: value for key, value in figures().items() if key[0] == name}


# Who may ------------------------------------------------------------------------------------------------
def test_figures_are_for_who_knows_the_token(client: Client, db: None, token: str) -> None:
    answer = client.get("/metrics", headers=bearer(token.encode().decode("latin-1")))

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert answer.headers["Cache-Control"] == "no-store"
    assert b"landespreis_database_up 1.0" in answer.content


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer falsch", TOKEN, "Basic bnVyOg=="])
def test_figures_are_not_there_for_others(client: Client, db: None, token: str, header: str) -> None:
    answers = [client.get(path, headers={"Authorization": header.encode().decode("latin-1")}, follow=True)
               for path in ("/metrics", "/gibt-es-nicht")]  # fmt: skip

    assert [answer.status_code for answer in answers] == [404, 404]
    assert b"landespreis_" not in answers[0].content


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer None"])
def test_figures_are_for_nobody_without_a_token(client: Client, db: None, settings: Any, header: str) -> None:
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", headers={"Authorization": header}, follow=True).status_code == 404


def test_figures_are_not_there_for_the_administration_either(client: Client, db: None, token: str) -> None:
    show_factor(client, StaffFactory(superuser=True))

    assert client.get("/metrics", follow=True).status_code == 404


def test_figures_are_told_whatever_the_host_is_called(client: Client, db: None, settings: Any) -> None:
    """Monitoring asks each process by its address in the inner network, which no visitor may use."""
    settings.METRICS_TOKEN = "x"
    settings.ALLOWED_HOSTS = ["landespreis.example"]
    settings.SECURE_SSL_REDIRECT = True

    answers = [client.get(path, headers=bearer("x") | {"Host": "10.0.0.7:8000"}) for path in ("/metrics", "/")]

    assert [answer.status_code for answer in answers] == [200, 400]


# What is owed --------------------------------------------------------------------------------------------
KINDS = {"mail", "circular", "parcel", "receipt", "scan", "paper", "newsletter", "retention", "reminder"}


def test_nothing_is_owed_in_an_empty_portal(db: None) -> None:
    assert of("landespreis_owed") == dict.fromkeys(KINDS, 0)
    assert of("landespreis_owed_age_seconds") == dict.fromkeys(KINDS, 0)
    assert of("landespreis_failed") == dict.fromkeys(KINDS, 0)


def test_every_kind_that_is_owed_is_counted_with_its_age(open_round: Round, at: At) -> None:
    now = timezone.now()
    office = staff()
    entry = factories.submitted(open_round)
    Receipt.objects.update(owed_at=now - 2 * HOUR)
    Email.objects.all().delete()
    mail = Email.objects.create(to="a@stadt.example", from_email="b@stadt.example", status=STATUS.requeued)
    Email.objects.filter(pk=mail.pk).update(created=now - HOUR)
    Email.objects.create(to="a@stadt.example", from_email="b@stadt.example", status=STATUS.failed)
    Email.objects.create(to="a@stadt.example", from_email="b@stadt.example", status=STATUS.sent)
    for hours, removed in ((3, None), (9, now)):
        file = factories.attachment(entry, scan=Attachment.Scan.PENDING, removed_at=removed)
        Attachment.objects.filter(pk=file.pk).update(uploaded_at=now - hours * HOUR)
    paper = office_rows.paper()
    Paper.objects.filter(pk=paper.pk).update(owed_at=now - 4 * HOUR)
    Parcel.objects.create(kind="probe", title="x", asked_by=office, asked_at=now - 5 * HOUR)
    Parcel.objects.create(kind="probe", title="x", asked_by=office, asked_at=now - 9 * HOUR, failed_at=now)
    at(now - 6 * HOUR)
    circulars.release(circulars.written(open_round, office, key="eingereicht"), office)
    at(now)
    issue = content.issue()
    Newsletter.objects.filter(pk=issue.pk).update(
        status="sending", released_at=now - 7 * HOUR, released_by=office, number=1, year=2026, slug="i-2026"
    )
    for status in ("owed", "handing", "sent", "failed"):
        reader = Subscriber.objects.create(email=f"{status}@stadt.example", asked_at=now)
        Delivery.objects.create(newsletter=issue, subscriber=reader, status=status)

    factories.draft(open_round, created_at=open_round.opens_at)
    Round.objects.update(closes_at=now + 63 * HOUR, reminder_hours=[72])

    run = RetentionRun.objects.create(
        kind="drafts", is_archived=False, before=now, proposed_at=now, proposed_by=office, status="released",
        released_at=now - 8 * HOUR, released_by=StaffFactory(),
    )  # fmt: skip
    for number, (state, names) in enumerate([("pending", []), ("done", ["a.pdf"]), ("done", []), ("failed", [])]):
        RetentionItem.objects.create(run=run, subject=f"x:{number}", state=state, files=names)

    ages = {kind: round(seconds / 3600) for kind, seconds in of("landespreis_owed_age_seconds").items()}

    assert ages == {"mail": 1, "receipt": 2, "scan": 3, "paper": 4, "parcel": 5, "circular": 6, "newsletter": 7} | {
        "retention": 8,
        "reminder": 9,
    }
    assert of("landespreis_owed") == {
        "mail": 1, "receipt": 2, "scan": 1, "paper": 1, "parcel": 1, "circular": 2, "newsletter": 2, "retention": 2,
        "reminder": 1,
    }  # fmt: skip
    assert of("landespreis_failed") == dict.fromkeys(KINDS, 0) | {"mail": 1, "parcel": 1, "newsletter": 1}


def test_issue_that_is_paused_owes_nothing(open_round: Round) -> None:
    issue = content.issue()
    Newsletter.objects.filter(pk=issue.pk).update(
        status="paused", released_at=timezone.now(), number=1, year=2026, slug="i-2026"
    )
    reader = Subscriber.objects.create(email="ada@stadt.example", asked_at=timezone.now())
    Delivery.objects.create(newsletter=issue, subscriber=reader, status="owed")

    assert of("landespreis_owed")["newsletter"] == 0


# Entries, journals, queue -----------------------------------------------------------------------------------
def test_entries_are_counted_by_round_category_and_state(open_round: Round, at: At) -> None:
    staff = StaffFactory(superuser=True)
    factories.draft(open_round)
    factories.complete(open_round)
    gone, admitted, _open = (factories.submitted(open_round) for _ in range(3))
    handing_in.withdraw(gone, by=gone.owner)
    at(CLOSES)
    formal_check.admit(admitted, by=staff)

    counted = {key[1:]: value for key, value in figures().items() if key[0] == "landespreis_entries"}

    assert {(category, state): value for (category, _round, state), value in counted.items()} == {
        ("none", "draft"): 1, ("krisen", "draft"): 1, ("krisen", "withdrawn"): 1, ("krisen", "admitted"): 1,
        ("krisen", "open"): 1,
    }  # fmt: skip
    assert {key[1] for key in counted} == {open_round.key}


def test_chain_tells_its_last_day_and_how_many_wait(open_round: Round) -> None:
    assert ("landespreis_journal_chained_until_seconds",) not in figures()
    now = timezone.now()
    day = now.date() - timedelta(days=5)
    link = Link.objects.create(day=day, previous="0" * 64, sha256="1" * 64, count=0, made_at=now)

    found = figures()

    assert found["landespreis_journal_days_waiting",] == 4
    assert datetime.fromtimestamp(found["landespreis_journal_chained_until_seconds",]).date() == link.day  # noqa: DTZ006


def test_last_backup_is_told_until_it_is_long_ago(open_round: Round, at: At) -> None:
    name, now = ("landespreis_backup_timestamp_seconds",), timezone.now()
    assert name not in figures()
    for days in (9, 3):
        at(now - timedelta(days=days))
        journal.note(journal.Verb.BACKED_UP, by=None)
    at(now)

    assert now - datetime.fromtimestamp(figures()[name], UTC) == timedelta(days=3)

    at(now + timedelta(days=28))
    assert name not in figures()


def test_queue_tells_how_many_messages_wait(db: None) -> None:
    app.control.purge()  # what other tests have sent
    before = figures()
    for _ in range(2):
        app.send_task("landespreis.tasks.send_owed_mail")

    after = figures()

    assert (before["landespreis_broker_up",], before["landespreis_queue_messages",]) == (1, 0)
    assert after["landespreis_queue_messages",] == 2


# When something is away ------------------------------------------------------------------------------------
def test_figures_come_without_a_database() -> None:
    """No `db` fixture: every query is refused."""
    found = figures()

    assert found["landespreis_database_up",] == 0
    assert found["landespreis_broker_up",] == 1
    assert "landespreis_owed" not in {key[0] for key in found}


def test_figures_come_without_a_broker(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with Celery("test", broker="redis://127.0.0.1:1/0", set_as_current=False) as app:
        monkeypatch.setattr(asked_for, "celery_app", app)
        found = figures()

    assert (found["landespreis_database_up",], found["landespreis_broker_up",]) == (1, 0)
    assert "landespreis_queue_messages" not in {key[0] for key in found}
    assert "landespreis_owed" in {key[0] for key in found}


# Cost ------------------------------------------------------------------------------------------------------
def test_figures_take_few_queries_however_much_there_is(open_round: Round) -> None:
    office_rows.link()
    asked = []
    for _ in range(2):
        for _ in range(3):
            factories.submitted(open_round)
            factories.complete(open_round)
        with CaptureQueriesContext(connection) as queries:
            exposition.text()
        asked.append(len(queries))

    assert asked[0] == asked[1] <= 14
