"""A receipt that is not made, did not come, came to somebody else or came twice is found."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage

from rehearsal.invariants import receipts
from rehearsal.ledger import Outage, now
from rehearsal.mailbox import Letter
from rehearsal.stage import Stage
from submissions.actions.receipts import fulfil_all
from submissions.models import Receipt, Round
from tests.rehearsal.told import broken
from tests.submissions import factories

MADE, CAME = "Jede Eingangsbestätigung liegt als PDF vor", "Jede Eingangsbestätigung kam an"
TOO_MANY = "Keine Eingangsbestätigung zu viel"
TWICE = "Eingangsbestätigungen nur dann ein zweites Mal zugestellt, wenn dabei etwas ausfiel"


@pytest.fixture
def receipt(open_round: Round) -> Receipt:
    """A receipt that was made; its mail is on its way."""
    factories.submitted(open_round)
    fulfil_all()
    return Receipt.objects.get()


def come(stage: Stage, receipt: Receipt, **other: Any) -> None:
    said: dict[str, Any] = {
        "to": receipt.recipients[0],
        "subject": "Eingangsbestätigung IKZ-2026-0001, Version 1",
        "text": "",
        "attached": (receipt.filename,),
        "headers": {"message-id": "<1@portal.example>"},
        "at": time.monotonic(),
    }
    stage.installation.mail.letters.append(Letter(**said | other))


def test_all_hold_for_a_receipt_that_came_once(stage: Stage, receipt: Receipt) -> None:
    come(stage, receipt)

    assert broken(stage, receipts.rendered) == []
    assert broken(stage, receipts.mailed) == []


def test_rendered_finds_one_that_is_owed(stage: Stage, open_round: Round) -> None:
    factories.submitted(open_round)

    assert broken(stage, receipts.rendered) == [MADE]


def test_rendered_finds_a_file_that_is_gone_or_no_pdf(stage: Stage, receipt: Receipt) -> None:
    name = str(receipt.file.name)
    with default_storage.open(name) as file:
        content = file.read()
    default_storage.delete(name)

    assert broken(stage, receipts.rendered) == [MADE]

    with default_storage.open(name, "wb") as file:
        file.write(b"x" * len(content))

    assert broken(stage, receipts.rendered) == [MADE]


def test_mailed_finds_one_that_did_not_come(stage: Stage, receipt: Receipt) -> None:
    assert broken(stage, receipts.mailed) == [CAME]


@pytest.mark.parametrize(
    "other",
    [{"to": "fremd@stadt.example"}, {"attached": ()}, {"subject": "Eingangsbestätigung IKZ-2026-0002, Version 1"}],
)
def test_mailed_finds_a_foreign_address_a_missing_pdf_and_another_number(
    stage: Stage, receipt: Receipt, other: dict[str, Any]
) -> None:
    come(stage, receipt, **other)

    assert broken(stage, receipts.mailed) == [CAME, TOO_MANY]


def test_mailed_finds_a_second_letter(stage: Stage, receipt: Receipt) -> None:
    come(stage, receipt)
    come(stage, receipt, headers={"message-id": "<2@portal.example>"})

    assert broken(stage, receipts.mailed) == [TOO_MANY]


def test_mailed_lets_the_same_letter_come_again_only_when_something_failed(stage: Stage, receipt: Receipt) -> None:
    come(stage, receipt)
    come(stage, receipt)

    assert broken(stage, receipts.mailed) == [TWICE]

    stage.ledger.outages.append(Outage("mail", "fail-after-data", now() - timedelta(seconds=9), now()))

    assert broken(stage, receipts.mailed) == []
