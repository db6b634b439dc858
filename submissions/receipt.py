"""The Eingangsbestätigung: what stands on it, its PDF with the version enclosed, and reading that back."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

from django.conf import settings
from pikepdf import PasswordError, Pdf, PdfError

from landespreis import pdf, wording
from submissions.models import Version

ENCLOSURE = "einreichung.json"
"""Name of the attachment that holds the version's canonical JSON, byte for byte as it was hashed."""
DELIVERED_TO = ("die einreichende Person", "alle, die an der Einreichung mitwirken")
DECLARATIONS = {
    "conditions": "Teilnahmebedingungen",
    "correctness": "Richtigkeit",
    "bodies": "Gremienbeschlüsse",
    "privacy": "Datenschutz",
}


class Unreadable(Exception):
    """A file is no receipt of this portal; `str()` is a German sentence that says what is missing."""


def context(payload: dict[str, Any], *, sha256: str, delivered_to: Sequence[str] = DELIVERED_TO) -> dict[str, Any]:
    """Return everything the receipt says, in ready German words, from a version's frozen payload alone.

    `sha256` is the checksum of the canonical JSON, `delivered_to` names the addressees in the accusative.
    """
    submitted_at = datetime.fromisoformat(payload["submitted_at"])
    deadline = datetime.fromisoformat(payload["deadline"])
    said = {
        "number": payload["number"],
        "version": payload["version"],
        "round_name": payload["round"]["name"].replace(". ", ".\u00a0"),
        "addressee": [
            line
            for line in (
                payload["lead"]["label"],
                payload["department"],
                payload["contact"]["name"],
            )
            if line
        ],
        "delivered_to": _listed(delivered_to),
        "submitted_at": wording.moment(submitted_at),
        "submitted_at_utc": _utc(submitted_at),
        "replaces": _replaces(payload["replaces"]),
        "facts": [(label, value) for label, value in _facts(payload) if value],
        "texts": [
            ("Kurzbeschreibung für die Öffentlichkeit", wording.number(len(payload["abstract"]))),
            *((answer["title"], wording.number(answer["characters"])) for answer in payload["answers"]),
        ],
        "files": [_file(file) for file in payload["files"]],
        "sha256": sha256,
        "deadline": wording.deadline(deadline),
        "extended": deadline > datetime.fromisoformat(payload["round"]["closes_at"]),
        "enclosure": ENCLOSURE,
        "mark": pdf.MARK,
        "demo": settings.DEMO,
    }
    said["replaced"] = any(pdf.MARK in pdf.printable(text) for text in _strings(said, besides="mark"))
    return said


def render(version: Version) -> bytes:
    """Return the receipt of a version as PDF, its canonical JSON enclosed. Reads nothing but the version itself."""
    payload = version.payload
    return pdf.render(
        "submissions/receipt.html",
        context(payload, sha256=version.sha256),
        stylesheet="css/receipt.css",
        title=f"Eingangsbestätigung {payload['number']}, Version {payload['version']}",
        created=version.submitted_at,
        attachments=[
            pdf.Attached(
                name=ENCLOSURE,
                content=version.canonical.encode(),
                mimetype="application/json",
                description=f"Die vollständige Version {payload['version']} von {payload['number']} als JSON",
                relationship="Source",
            )
        ],
    )


def enclosed(content: bytes) -> bytes:
    """Return the canonical JSON inside a receipt's PDF. Raises Unreadable where there is none."""
    try:
        with Pdf.open(BytesIO(content)) as document:
            attachment = document.attachments.get(ENCLOSURE)
            if attachment is None:
                raise Unreadable(f"Die Datei ist ein PDF, enthält aber keinen Anhang {ENCLOSURE}.")
            return bytes(attachment.get_file().read_bytes())
    except PasswordError as error:
        raise Unreadable("Die Datei ist verschlüsselt; eine Eingangsbestätigung ist es nie.") from error
    except (PdfError, ValueError, TypeError, KeyError) as error:
        raise Unreadable("Die Datei ist kein lesbares PDF.") from error


def payload_in(canonical: bytes) -> dict[str, Any]:
    """Return the payload of an enclosure. Raises Unreadable if it does not even name an entry and its version."""
    try:
        payload = json.loads(canonical)
        if isinstance(payload, dict) and isinstance(payload["number"], str) and isinstance(payload["version"], int):
            return payload
    except (ValueError, KeyError, RecursionError):
        pass
    raise Unreadable(f"Der Anhang {ENCLOSURE} nennt keine Einreichung mit Nummer und Version.")


def _facts(payload: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the rows of "Was eingereicht wurde"; an empty value means that nothing was said."""
    lead, by = payload["lead"], payload["submitted_by"]
    yield "Titel", payload["title"]
    yield "Kategorie", payload["category"]["name"]
    yield "Federführend", f"{lead['label']} (AGS {lead['ags']})" if lead["ags"] else lead["label"]
    yield "Partner", ", ".join(_partner(partner) for partner in payload["partners"])
    yield "Rechtsform", _legal_form(payload)
    yield "Stand", _state(payload)
    yield "Eingereicht von", ", ".join(part for part in (by["name"], by["municipality"]) if part)
    yield "Erklärungen", _declarations(payload["declarations"])


def _partner(partner: dict[str, Any]) -> str:
    """A short name stays on one line."""
    label: str = partner["label"]
    return label.replace(" ", "\u00a0") if len(label) <= 30 else label


def _legal_form(payload: dict[str, Any]) -> str:
    parts = [payload["legal_form"]["label"]] if payload["legal_form"] else []
    if payload["municipally_controlled"] is not None:
        parts.append("kommunal beherrscht" if payload["municipally_controlled"] else "nicht kommunal beherrscht")
    if payload["agreed_on"]:
        parts.append(f"vereinbart am {wording.day(date.fromisoformat(payload['agreed_on']))}")
    return ", ".join(parts)


def _state(payload: dict[str, Any]) -> str:
    if not payload["state"]:
        return ""
    label: str = payload["state"]["label"]
    since = payload["state_since"]
    said = label[:1].upper() + label[1:]
    return f"{said} seit dem {wording.day(date.fromisoformat(since))}" if since else said


def _declarations(given: dict[str, bool]) -> str:
    confirmed = [label for key, label in DECLARATIONS.items() if given[key]]
    missing = [label for key, label in DECLARATIONS.items() if not given[key]]
    sentences = [f"{_listed(confirmed)}: bestätigt."] if confirmed else []
    if missing:
        sentences.append(f"{_listed(missing)}: nicht bestätigt.")
    consent = "zugestimmt" if given["publication"] else "nicht zugestimmt"
    return " ".join([*sentences, f"Veröffentlichung der Kurzbeschreibung: {consent}."])


def _file(file: dict[str, Any]) -> dict[str, str]:
    return {
        "name": file["name"],
        "kind": f"{file['kind_label']}, mit Alternativtext" if file["alt"] else file["kind_label"],
        "size": wording.filesize(file["size"]),
        "sha256": file["sha256"],
    }


def _replaces(earlier: dict[str, Any] | None) -> str:
    if earlier is None:
        return ""
    return f"ersetzt Version {earlier['version']} vom {wording.day(datetime.fromisoformat(earlier['submitted_at']))}"


def _utc(moment: datetime) -> str:
    """Return the clock time in UTC, with its day where that is another one than in Berlin."""
    utc = moment.astimezone(UTC)
    clock = f"{utc:%H:%M:%S} UTC"
    return clock if wording.day(utc.date()) == wording.day(moment) else f"{wording.day(utc.date())}, {clock}"


def _listed(words: Sequence[str]) -> str:
    return " und ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def _strings(value: Any, *, besides: str = "") -> Iterator[str]:
    """Yield every text in nested lists and dicts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key != besides:
                yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)
