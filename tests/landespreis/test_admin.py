"""Tests of outgoing mail in the admin."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from post_office.models import PRIORITY, STATUS, Email

from landespreis.admin import STATES
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory

LIST = reverse("admin:post_office_email_changelist")


@pytest.fixture
def office(client: Client, db: None) -> Client:
    show_factor(client, StaffFactory(superuser=True))
    return client


def mail(to: str, status: int, subject: str = "Eingangsbestätigung") -> Email:
    return Email.objects.create(
        from_email="a@portal.example", to=[to], subject=subject, status=status, priority=PRIORITY.medium
    )


@pytest.mark.parametrize("status", list(STATES), ids=list(STATES.values()))
def test_mail_filter_finds_one_state_and_names_it(office: Client, status: int) -> None:
    for other in STATES:
        mail(f"stand{other}@stadt.example", other)

    page = office.get(LIST, {"stand": str(status)}).content.decode()

    assert [f"stand{other}@stadt.example" in page for other in STATES] == [other == status for other in STATES]
    assert f'<td class="field-state">{STATES[status]}</td>' in page


def test_mail_filter_ignores_an_unknown_state(office: Client) -> None:
    mail("a@stadt.example", STATUS.sent)

    assert "a@stadt.example" in office.get(LIST, {"stand": "9"}).content.decode()


def test_mail_list_speaks_german_only(office: Client) -> None:
    mail("a@stadt.example", STATUS.requeued)

    page = office.get(LIST).content.decode().lower()

    assert [word for word in ("created", "last updated", "requeued", "queued") if f">{word}" in page] == []


def test_mail_tells_its_attempts_and_the_next_one(office: Client) -> None:
    row = mail("a@stadt.example", STATUS.requeued)
    row.logs.create(status=STATUS.failed, exception_type="ConnectionRefusedError", message="kein Server")
    Email.objects.filter(pk=row.pk).update(number_of_retries=1, scheduled_time=timezone.now() + timedelta(hours=1))

    page = office.get(reverse("admin:post_office_email_change", args=[row.pk])).content.decode()

    assert "ConnectionRefusedError: kein Server" in page
    assert "nicht verschickt" in page
    assert "Nächster Versuch am" in page


def test_mail_that_went_out_waits_for_no_attempt(office: Client) -> None:
    row = mail("a@stadt.example", STATUS.sent)

    page = office.get(reverse("admin:post_office_email_change", args=[row.pk])).content.decode()

    assert ("None" in page, "–" in page) == (False, True)


def test_mail_keeps_the_code_of_a_subject_to_itself(office: Client) -> None:
    mail("a@stadt.example", STATUS.sent, subject="Ihr Bestätigungscode: ABCD-EFGH")

    page = office.get(LIST).content.decode()

    assert ("Ihr Bestätigungscode: …" in page, "ABCD-EFGH" in page) == (True, False)
