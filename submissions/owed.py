"""What is owed for entries: receipts that are not written yet, files that no scanner has looked at, due reminders."""

from collections.abc import Iterator

from django.db.models import Count, Min

from landespreis import clock
from landespreis.owed import Kind, Owed, by_machine
from submissions.actions import reminders
from submissions.models import Attachment, Receipt

RECEIPT = Kind(
    "receipt", "Eingangsbestätigung", "Eingangsbestätigungen", "admin:submissions_receipt_changelist",
    "submissions.view_receipt",
)  # fmt: skip
SCAN = Kind(
    "scan", "Virenprüfung einer Datei", "Virenprüfungen", "admin:submissions_submission_changelist",
    "submissions.view_submission",
)  # fmt: skip
REMINDER = Kind(
    "reminder", "Erinnerung an eine Frist", "Erinnerungen an Fristen", "admin:submissions_submission_changelist",
    "submissions.view_submission",
)  # fmt: skip
"""Owed by nobody but the clock: where it stands, nothing else tells of it."""


def owed() -> Iterator[Owed]:
    receipts = Receipt.objects.owed().aggregate(number=Count("pk"), since=Min("owed_at"))
    yield Owed(RECEIPT, **receipts)
    waiting = Attachment.objects.unscanned()
    files = waiting.aggregate(number=Count("pk"), since=Min("uploaded_at"))
    yield Owed(SCAN, files["number"], by_machine(files["since"]))
    unsent = reminders.unsent(clock.now())
    yield Owed(REMINDER, len(unsent), by_machine(min(unsent, default=None)))
