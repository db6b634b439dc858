"""What is owed for entries: receipts that are not written yet, and files that no scanner has looked at."""

from collections.abc import Iterator

from django.db.models import Count, Min

from landespreis.owed import Kind, Owed, by_machine
from submissions.models import Attachment, Receipt

RECEIPT = Kind(
    "receipt", "Eingangsbestätigung", "Eingangsbestätigungen", "admin:submissions_receipt_changelist",
    "submissions.view_receipt",
)  # fmt: skip
SCAN = Kind(
    "scan", "Virenprüfung einer Datei", "Virenprüfungen", "admin:submissions_submission_changelist",
    "submissions.view_submission",
)  # fmt: skip


def owed() -> Iterator[Owed]:
    receipts = Receipt.objects.owed().aggregate(number=Count("pk"), since=Min("owed_at"))
    yield Owed(RECEIPT, **receipts)
    waiting = Attachment.objects.unscanned()
    files = waiting.aggregate(number=Count("pk"), since=Min("uploaded_at"))
    yield Owed(SCAN, files["number"], by_machine(files["since"]))
