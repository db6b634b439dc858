"""`manage.py verify_receipt`: unchanged, changed, unknown, or no receipt at all, each in one clear sentence."""

import json
from collections.abc import Callable
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone
from pikepdf import AttachedFileSpec, Pdf

from submissions import receipt
from submissions.actions import handing_in
from submissions.models import Receipt, Round, Submission, Version
from tests.landespreis.chained import unprotected
from tests.landespreis.records import office
from tests.submissions import factories, sample


@pytest.fixture
def version(open_round: Round) -> Version:
    return factories.submit(factories.complete(open_round, title="PegelVerbund Hellweg"))


@pytest.fixture
def issued(version: Version) -> bytes:
    """The receipt of `version`, kept as issued."""
    content = receipt.render(version)
    path = default_storage.save("bestaetigungen/1.pdf", ContentFile(content))
    Receipt.objects.filter(version=version).update(rendered_at=timezone.now(), file=path)
    return content


@pytest.fixture
def blank() -> bytes:
    """A PDF of somebody else."""
    target = BytesIO()
    document = Pdf.new()
    document.add_blank_page()
    document.save(target)
    return target.getvalue()


def test_verify_confirms_the_receipt_we_issued(version: Version, issued: bytes, tmp_path: Path) -> None:
    said = verify(issued, tmp_path)

    assert said.startswith(
        "Unverändert: Diese Datei ist unsere Bestätigung zu Version 1 von IKZ-2026-0001, eingegangen"
    )
    assert "Diese Version gilt." in said
    assert version.sha256 in said


def test_verify_says_that_a_later_version_counts(version: Version, issued: bytes, tmp_path: Path) -> None:
    entry = Submission.objects.get()
    entry.title = "PegelVerbund Hellweg und Lippe"
    entry.save()
    factories.submit(entry)

    assert "Inzwischen gilt Version 2." in verify(issued, tmp_path)


def test_verify_says_that_the_entry_was_withdrawn(version: Version, issued: bytes, tmp_path: Path) -> None:
    handing_in.withdraw(version.submission, by=version.submission.owner)

    assert "später zurückgezogen" in verify(issued, tmp_path)


def test_verify_names_what_differs(version: Version, blank: bytes, tmp_path: Path) -> None:
    changed = version.payload | {"title": "Ein anderer Titel", "partners": [], "prize": 10_000}

    message = refusal(_with_enclosure(blank, sample.canonical(changed).encode()), tmp_path)

    assert message.startswith("Verändert: Der Anhang einreichung.json ist nicht Version 1 von IKZ-2026-0001")
    assert "Es unterscheiden sich: Partner, Titel, „prize“." in message
    assert version.sha256 in message


def test_verify_notices_another_spelling_of_the_same_content(version: Version, blank: bytes, tmp_path: Path) -> None:
    spelled = json.dumps(version.payload, indent=1).encode()

    assert "nur Leerzeichen oder Reihenfolge" in refusal(_with_enclosure(blank, spelled), tmp_path)


def test_verify_notices_changed_pages_around_the_true_enclosure(
    version: Version, issued: bytes, tmp_path: Path
) -> None:
    forged = _with_enclosure(issued, version.canonical.encode())

    assert "die Datei aber nicht die Bestätigung, die wir ausgestellt haben" in refusal(forged, tmp_path)


def test_verify_makes_the_receipt_again_where_none_was_stored(version: Version, tmp_path: Path) -> None:
    assert verify(receipt.render(version), tmp_path).startswith("Unverändert")


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ({"number": "IKZ-2026-0099"}, "Eine Einreichung mit der Nummer IKZ-2026-0099 gibt es hier nicht."),
        ({"number": "ABC-2026-0001"}, "Eine Einreichung mit der Nummer ABC-2026-0001 gibt es hier nicht."),
        ({"number": "0001"}, "Eine Einreichung mit der Nummer 0001 gibt es hier nicht."),
        ({"number": "IKZ-2026-" + "9" * 30}, "gibt es hier nicht."),
        ({"version": 7}, "Von IKZ-2026-0001 gibt es hier keine Version 7, nur Version 1."),
    ],
)
def test_verify_does_not_know_a_foreign_number(
    version: Version, blank: bytes, claim: dict[str, Any], expected: str, tmp_path: Path
) -> None:
    foreign = sample.canonical(version.payload | claim).encode()

    assert expected in refusal(_with_enclosure(blank, foreign), tmp_path)


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"", "kein lesbares PDF"), (b"<html>", "kein lesbares PDF"), (b"%PDF-1.7 \x00", "kein lesbares PDF")],
)
def test_verify_refuses_what_is_no_pdf(content: bytes, expected: str, tmp_path: Path) -> None:
    assert expected in refusal(content, tmp_path)


def test_verify_refuses_a_pdf_without_enclosure(blank: bytes, tmp_path: Path) -> None:
    assert refusal(blank, tmp_path) == (
        "Keine Eingangsbestätigung: Die Datei ist ein PDF, enthält aber keinen Anhang einreichung.json."
    )


def test_verify_says_when_the_kept_receipt_is_out_of_reach(version: Version, issued: bytes, tmp_path: Path) -> None:
    default_storage.delete(Receipt.objects.get().file.name)

    assert "Ablage" in refusal(issued, tmp_path)


def test_verify_says_when_our_own_record_is_damaged(version: Version, blank: bytes, tmp_path: Path) -> None:
    enclosed = _with_enclosure(blank, version.canonical.encode())
    with unprotected("submissions_version"):
        Version.objects.update(canonical=version.canonical.replace("Hellweg", "Lippe"))

    assert "Unser eigener Bestand ist beschädigt" in refusal(enclosed, tmp_path)


def test_verify_says_when_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="lässt sich nicht lesen"):
        call_command("verify_receipt", str(tmp_path / "fehlt.pdf"))


def verify(content: bytes, folder: Path) -> str:
    file, said = folder / "bestaetigung.pdf", StringIO()
    file.write_bytes(content)
    call_command("verify_receipt", str(file), stdout=said)
    return said.getvalue()


def refusal(content: bytes, folder: Path) -> str:
    with pytest.raises(CommandError) as refused:
        verify(content, folder)
    return str(refused.value)


def _with_enclosure(content: bytes, enclosure: bytes) -> bytes:
    """Return the PDF with another attachment of the same name."""
    target = BytesIO()
    with Pdf.open(BytesIO(content)) as document:
        document.attachments[receipt.ENCLOSURE] = AttachedFileSpec(document, enclosure)
        document.save(target)
    return target.getvalue()


def test_verify_says_that_the_time_of_keeping_is_over(
    version: Version, issued: bytes, tmp_path: Path, at: Callable[[datetime], None]
) -> None:
    file = tmp_path / "beleg.pdf"
    file.write_bytes(issued)
    round = version.submission.round
    at(round.embargo_until + 6 * office.YEARS)
    office.carried_out("entries", office.person(), office.person(), round)

    with pytest.raises(CommandError, match="Nicht mehr prüfbar: Version 1"):
        call_command("verify_receipt", str(file))
