"""Owed receipts: rendered once, mailed once, and owed until then."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from post_office.models import Email

from landespreis.files import PrivateStorage
from rehearsal.bucket import Bucket
from rehearsal.machines import free_port
from submissions.actions import receipts
from submissions.models import Receipt, Round
from submissions.models.record import CLAIM
from tests.landespreis import claims
from tests.submissions import factories


@pytest.fixture
def owed(open_round: Round) -> Receipt:
    return factories.submitted(open_round).current.receipt


def test_fulfil_keeps_the_pdf_and_owes_one_mail_each(owed: Receipt) -> None:
    entry = owed.version.submission
    colleague = factories.editor(entry, "edit")
    owed.recipients.append(colleague.email)
    owed.save()

    assert [receipts.fulfil_all(), receipts.fulfil_all()] == [1, 0]

    owed.refresh_from_db()
    with owed.file.open() as file:
        content = file.read()
    assert (content[:5], owed.size, owed.error) == (b"%PDF-", len(content), "")
    assert [mail.to for mail in Email.objects.order_by("pk")] == [[entry.owner.email], [colleague.email]]
    assert [file.name for file in Email.objects.all()[0].attachments.all()] == [owed.filename]
    assert "IKZ-2026-0001" in Email.objects.all()[0].subject


def test_fulfil_leaves_a_claimed_one_alone(owed: Receipt) -> None:
    Receipt.objects.update(claimed_at=timezone.now())

    assert receipts.fulfil(owed) is False
    assert Email.objects.count() == 0


def test_fulfil_takes_over_from_a_dead_worker(owed: Receipt) -> None:
    Receipt.objects.update(claimed_at=timezone.now() - timedelta(minutes=6))

    assert receipts.fulfil(owed) is True


@pytest.mark.postgresql
@pytest.mark.parametrize("wrong", claims.WRONG_BY)
def test_claim_goes_by_the_clock_that_all_hosts_share(owed: Receipt, off_by: Any, wrong: int) -> None:
    claims.go_by_the_shared_clock(owed, receipts.fulfil, CLAIM, off_by, wrong)


def test_fulfil_that_fails_stays_owed_and_the_next_goes_on(
    open_round: Round, owed: Receipt, settings: Any, tmp_path: Any
) -> None:
    blocked = tmp_path / "not-a-folder"
    blocked.write_text("")
    good, settings.FILES_URL = settings.FILES_URL, f"file://{blocked}"

    assert receipts.fulfil_all() == 0

    owed.refresh_from_db()
    assert (owed.rendered_at, owed.attempts, Email.objects.count()) == (None, 1, 0)
    assert "Unavailable" in owed.error

    settings.FILES_URL = good
    Receipt.objects.update(claimed_at=None)
    assert receipts.fulfil_all() == 1


def test_fulfil_after_the_claim_was_lost_leaves_no_file(owed: Receipt) -> None:
    claim = timezone.now()
    Receipt.objects.update(claimed_at=claim + timedelta(minutes=6))

    assert receipts._fulfil(owed, claim) is False

    assert Email.objects.count() == 0
    assert default_storage.listdir(f"bestaetigungen/{owed.version.submission_id}")[1] == []


def test_fulfil_by_two_at_once_leaves_the_file_of_the_first_on_a_bucket(
    owed: Receipt, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bucket overwrites: both find no file of that name, and the second then takes its own away again."""
    bucket = Bucket(free_port(), tmp_path)
    bucket.open()
    settings.FILES_URL = bucket.url
    monkeypatch.setattr(PrivateStorage, "exists", lambda *given: False)
    assert receipts.fulfil(owed)

    assert receipts._fulfil(owed, timezone.now()) is False

    owed.refresh_from_db()
    with owed.file.open() as file:
        assert file.read(5) == b"%PDF-"
    bucket.close()
