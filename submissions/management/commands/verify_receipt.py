"""`manage.py verify_receipt FILE.pdf`: says whether a receipt is the one this portal issued, unchanged."""

from argparse import ArgumentParser
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from landespreis import wording
from submissions import receipt
from submissions.models import Receipt, Submission, Version
from submissions.payload import EXCERPT

FIELDS = {
    "round": "Runde",
    "submitted_at": "Eingang",
    "submitted_by": "eingereicht von",
    "deadline": "Frist",
    "replaces": "ersetzte Version",
    "category": "Kategorie",
    "title": "Titel",
    "lead": "federführende Kommune",
    "department": "Fachbereich",
    "contact": "Ansprechperson",
    "partners": "Partner",
    "legal_form": "Rechtsform",
    "municipally_controlled": "kommunale Beherrschung",
    "agreed_on": "Datum der Vereinbarung",
    "state": "Stand der Umsetzung",
    "state_since": "Beginn des Betriebs",
    "funding": "frühere Förderung",
    "website": "Internetseite",
    "abstract": "Kurzbeschreibung",
    "answers": "Antworten",
    "files": "Dateien",
    "declarations": "Erklärungen",
}


class Command(BaseCommand):
    help = "Prüft, ob eine Eingangsbestätigung die ist, die dieses Portal ausgestellt hat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="DATEI.pdf")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"Die Datei {file} lässt sich nicht lesen: {error.strerror or error}") from error
        try:
            self.stdout.write(verify(content))
        except receipt.Unreadable as error:
            raise CommandError(f"Keine Eingangsbestätigung: {error}") from error


def verify(content: bytes) -> str:
    """Return the German sentences that confirm the receipt `content` (a whole PDF).

    Its enclosure must be, byte for byte, the version we hold, and the file itself the one we issued: otherwise its
    pages could say something else than its enclosure. Raises Unreadable if there is no enclosure, and CommandError
    with what differs.
    """
    enclosure = receipt.enclosed(content)
    claimed = receipt.payload_in(enclosure)
    version = _held(claimed)
    name = _name(version)
    if checksum(version.canonical.encode()) != version.sha256:
        raise CommandError(f"Unser eigener Bestand ist beschädigt: Die Prüfsumme zu {name} stimmt nicht mehr.")
    if checksum(enclosure) != version.sha256:
        raise CommandError(
            f"Verändert: Der Anhang {receipt.ENCLOSURE} ist nicht {name}.\n"
            f"Es unterscheiden sich: {_differences(claimed, version.payload)}.\n"
            f"Prüfsumme des Anhangs:  {checksum(enclosure)}\n"
            f"Prüfsumme bei uns:      {version.sha256}"
        )
    if content != _issued(version):
        raise CommandError(
            f"Verändert: Der Anhang ist {name}, die Datei aber nicht die Bestätigung, die wir ausgestellt haben. "
            "Ihre Seiten können anderes sagen als der Anhang."
        )
    return f"Unverändert: Diese Datei ist unsere Bestätigung zu {name}.\n{_standing(version)}\nSHA-256 {version.sha256}"


def checksum(content: bytes) -> str:
    return sha256(content).hexdigest()


def _held(claimed: dict[str, Any]) -> Version:
    """Return the version with the number that the enclosure claims."""
    prefix, _, digits = claimed["number"].rpartition("-")
    versions = Version.objects.select_related("submission__round", "submission__current").filter(
        submission__round__number_prefix=prefix,
        submission__number=int(digits) if digits.isdecimal() and len(digits) < 9 else None,
    )
    held = next((version for version in versions if version.number == claimed["version"]), None)
    if held is None and any(version.number == EXCERPT for version in versions):
        raise CommandError(
            f"Nicht mehr prüfbar: Version {claimed['version']} von {claimed['number']} wurde nach Ablauf der "
            "Aufbewahrungsfrist gelöscht. Fragen Sie nach dem Archivpaket der Runde."
        )
    if held is None:
        known = ", ".join(str(version.number) for version in reversed(versions))
        raise CommandError(
            f"Unbekannt: Von {claimed['number']} gibt es hier keine Version {claimed['version']}, nur Version {known}."
            if known
            else f"Unbekannt: Eine Einreichung mit der Nummer {claimed['number'][:40]} gibt es hier nicht."
        )
    return held


def _name(version: Version) -> str:
    number = version.submission.label
    return f"Version {version.number} von {number}, eingegangen {wording.moment(version.submitted_at)}"


def _differences(claimed: dict[str, Any], held: dict[str, Any]) -> str:
    keys = [key for key in claimed.keys() | held.keys() if claimed.get(key) != held.get(key)]
    return ", ".join(sorted({FIELDS.get(key, f"„{key[:40]}“") for key in keys})) or "nur Leerzeichen oder Reihenfolge"


def _issued(version: Version) -> bytes:
    """Return the PDF we keep, or the same one made again if it was never stored."""
    kept = Receipt.objects.filter(version=version, rendered_at__isnull=False).first()
    if kept is None:
        return receipt.render(version)
    try:
        with kept.file.open() as file:
            return bytes(file.read())
    except Exception as error:  # each storage fails in its own way
        raise CommandError(
            f"Der Anhang ist {_name(version)}. Die ausgestellte Bestätigung selbst fehlt in unserer Ablage oder ist "
            f"gerade nicht erreichbar ({type(error).__name__}), deshalb sind die Seiten nicht geprüft."
        ) from error


def _standing(version: Version) -> str:
    entry = version.submission
    if entry.status == Submission.Status.WITHDRAWN:
        return "Die Einreichung wurde später zurückgezogen."
    if entry.current and entry.current.number != version.number:
        return f"Inzwischen gilt Version {entry.current.number}."
    return "Diese Version gilt."
