"""Every version owes one receipt: a PDF that lies in the storage and went to each of its people once."""

from collections import Counter
from collections.abc import Iterator

from django.core.files.storage import default_storage

from rehearsal import letters
from rehearsal.invariants import Check, Finding, none, none_lost
from rehearsal.stage import Stage
from submissions.models import Event, Receipt

KIND = "Eingangsbestätigung"
PDF = b"%PDF-"


def rendered(stage: Stage) -> Iterator[Finding]:
    """The receipt of every version is made and can be read."""
    rows = _receipts(stage)
    yield none_lost(
        "Jede Eingangsbestätigung liegt als PDF vor", [str(row.pk) for row in rows if not _is_pdf(row)], len(rows)
    )


def _is_pdf(receipt: Receipt) -> bool:
    name = str(receipt.file.name)
    if not receipt.rendered_at or not default_storage.exists(name):
        return False
    with default_storage.open(name) as file:
        return bool(file.read(len(PDF)) == PDF) and file.size == receipt.size


def mailed(stage: Stage) -> Iterator[Finding]:
    """Each came once, with its PDF, to each of those it was owed to, and to nobody else."""
    came = [letter for letter in stage.installation.mail.letters if letter.kind == KIND]
    expected: Counter[tuple[str, ...]] = Counter()
    for receipt in _receipts(stage):
        said = receipt.version.payload
        subject = f"{KIND} {said['number']}, Version {said['version']}"
        expected.update((address, subject, receipt.filename) for address in [*receipt.recipients, *_again(receipt)])
    found = Counter((letter.to, letter.subject, *letter.attached) for letter in letters.once(came))
    yield none_lost("Jede Eingangsbestätigung kam an", sorted((expected - found).elements()), expected.total())
    yield none("Keine Eingangsbestätigung zu viel", sorted((found - expected).elements()), found.total())
    yield letters.again(stage, "Eingangsbestätigungen", came)


def _receipts(stage: Stage) -> list[Receipt]:
    rows = Receipt.objects.filter(version__submission__round=stage.round).exclude(version__number=0)
    return list(rows.select_related("version__submission").order_by("pk"))


def _again(receipt: Receipt) -> list[str]:
    """Return to whom the office sent it once more."""
    sent = Event.objects.filter(version=receipt.version_id, verb=Event.Verb.RECEIPT_SENT)
    return [address for event in sent for address in str(event.detail["email"]).split(", ")]


CHECKS: tuple[Check, ...] = (rendered, mailed)
