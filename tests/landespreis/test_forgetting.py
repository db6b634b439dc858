"""Rows of people that go with the mail about them: that mail and its own files, nobody else's."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from post_office.models import STATUS, Attachment, Email

from landespreis import delivery, forgetting, mail
from landespreis.mail import Attached
from portal.models import Inquiry, Subscriber
from tests.portal import factories

pytestmark = pytest.mark.django_db
ANNA = "anna@soest.example"


@pytest.fixture(autouse=True)
def _places(settings: Any, tmp_path: Path) -> None:
    settings.FILES_URL = f"file://{tmp_path}/files"


def owe(about: Inquiry | Subscriber | None, *attachments: Attached | Attachment) -> Email:
    [row] = mail.owe("newsletter_known", ANNA, {"leave_url": "/"}, about=about, attachments=attachments)
    return row


def test_delete_takes_mail_about_the_rows_and_no_other() -> None:
    gone, stays = factories.InquiryFactory.create_batch(2)
    namesake = factories.SubscriberFactory(pk=gone.pk)
    owe(gone)
    kept = {owe(stays).pk, owe(None).pk, owe(namesake).pk}

    assert forgetting.delete(Inquiry.objects.filter(pk=gone.pk)) == 1
    assert set(Email.objects.values_list("pk", flat=True)) == kept
    assert list(Inquiry.objects.all()) == [stays]


@pytest.mark.django_db(transaction=True)
def test_delete_takes_files_that_no_other_mail_has() -> None:
    gone = factories.InquiryFactory()
    shared = mail.keep(Attached("termin.ics", b"shared", "text/calendar"))
    owe(gone, shared, Attached("eigen.ics", b"own", "text/calendar"))
    owe(None, shared)
    own = Attachment.objects.get(name="eigen.ics").file.name

    forgetting.delete(Inquiry.objects.all())

    assert list(Attachment.objects.all()) == [shared]
    assert (default_storage.exists(own), default_storage.exists(shared.file.name)) == (False, True)


@pytest.mark.django_db(transaction=True)
def test_delete_rolled_back_leaves_rows_mail_and_files() -> None:
    owe(factories.InquiryFactory(), Attached("eigen.ics", b"own", "text/calendar"))

    with transaction.atomic():
        forgetting.delete(Inquiry.objects.all())
        transaction.set_rollback(True)

    assert (Inquiry.objects.count(), Email.objects.count()) == (1, 1)
    assert default_storage.exists(Attachment.objects.get().file.name)


def test_delete_in_batches_takes_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "SOME", 2)
    for inquiry in factories.InquiryFactory.create_batch(5):
        owe(inquiry)

    assert forgetting.delete(Inquiry.objects.all()) == 5
    assert not Email.objects.exists()


@pytest.mark.parametrize("refuses", [False, True])
def test_mail_that_goes_while_it_is_sent_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, settings: Any, refuses: bool
) -> None:
    settings.DEMO = True
    settings.POST_OFFICE = {"BACKENDS": {"default": "landespreis.delivery.KeptMailBackend"}}
    owe(factories.InquiryFactory())
    other = owe(None)

    def send(self: object, messages: list[object]) -> int:
        forgetting.delete(Inquiry.objects.all())
        if refuses:
            raise ValueError("no such mailbox")
        return len(messages)

    monkeypatch.setattr(delivery.KeptMailBackend, "send_messages", send)
    delivery.send_owed()

    [left] = Email.objects.all()
    assert (left.pk, left.status) == (other.pk, STATUS.requeued if refuses else STATUS.sent)
