"""What a version freezes: its shape, its canonical form and its checksum.

The shape, schema "landespreis/einreichung/1" (dates ISO 8601, moments ISO 8601 in UTC, sizes in bytes):
round, number, version, submitted_at, submitted_by, deadline, replaces; category, title, lead, department, contact,
partners, legal_form, municipally_controlled, agreed_on, state, state_since, funding, website, abstract, answers,
files, declarations. `docs/format.md` describes every key for those who keep the files.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from accounts.models import User
from submissions.draft import Draft
from submissions.models import Attachment, Submission, Version

SCHEMA = "landespreis/einreichung/1"
EXCERPT = 0
"""The number of the version that stays of an entry whose time of keeping is over; see `retention.py`."""
ENVELOPE = frozenset(
    {
        "schema",
        "round",
        "number",
        "version",
        "submitted_at",
        "submitted_by",
        "deadline",
        "replaces",
        "declarations",
    }
)
"""Keys that say how the content came in; all others are the content itself."""

Payload = dict[str, Any]


def content(draft: Draft) -> Payload:
    """Return what the person wrote, without number, moment and declarations."""
    entry = draft.entry
    return {
        "category": {"key": entry.category.key, "name": entry.category.name} if entry.category else None,
        "title": entry.title,
        "lead": {"ags": entry.lead.ags, "label": entry.lead.label} if entry.lead else None,
        "department": entry.department,
        "contact": {
            "name": entry.contact_name,
            "email": entry.contact_email,
            "phone": entry.contact_phone,
            "publish": entry.contact_public,
        },
        "partners": [
            {
                "label": partner.label,
                "ags": partner.municipality.ags if partner.municipality else None,
                "kind": partner.kind,
                "kind_label": partner.get_kind_display(),
                "country": partner.country,
            }
            for partner in draft.partners
        ],
        "legal_form": _choice(entry.legal_form, entry.get_legal_form_display()),
        "municipally_controlled": entry.controlled,
        "agreed_on": _day(entry.agreed_on),
        "state": _choice(entry.state, entry.get_state_display()),
        "state_since": _day(entry.state_since),
        "funding": entry.funding,
        "website": entry.website,
        "abstract": entry.abstract,
        "answers": [
            {
                "key": question.key,
                "title": question.title,
                "criterion": question.criterion.key if question.criterion else None,
                "text": draft.answers.get(question.key, ""),
                "characters": len(draft.answers.get(question.key, "")),
            }
            for question in draft.questions
        ],
        "files": [_file(file) for file in draft.files if file.scan != Attachment.Scan.INFECTED],
    }


def build(
    entry: Submission,
    content: Payload,
    *,
    number: str,
    version: int,
    at: datetime,
    by: User,
    municipality: str,
    declarations: Mapping[str, bool],
    replaces: Version | None,
) -> Payload:
    """Return the whole payload of a version with that content; `municipality` is where `by` works."""
    round = entry.round
    return {
        "schema": SCHEMA,
        "round": {
            "key": round.key,
            "name": round.name,
            "closes_at": _moment(round.closes_at),
        },
        "number": number,
        "version": version,
        "submitted_at": _moment(at),
        "submitted_by": {"name": by.name, "municipality": municipality},
        "deadline": _moment(entry.deadline),
        "replaces": {
            "version": replaces.number,
            "submitted_at": _moment(replaces.submitted_at),
        }
        if replaces
        else None,
        "declarations": dict(declarations),
        **content,
    }


def content_of(payload: Payload) -> Payload:
    """Return the part of a frozen payload that `content` built."""
    return {key: value for key, value in payload.items() if key not in ENVELOPE}


def canonical(payload: Payload) -> str:
    """Return the one spelling of a payload that is hashed: sorted keys, no spaces, UTF-8 characters as they are."""
    return json.dumps(payload, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def checksum(text: str) -> str:
    """Return the SHA-256 of a canonical payload as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint(content: Payload) -> str:
    """Return a checksum of a draft's content, to notice that it changed between looking and submitting."""
    return checksum(canonical(content))


def _choice(key: str, label: str) -> dict[str, str] | None:
    return {"key": key, "label": label} if key else None


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _file(file: Attachment) -> dict[str, Any]:
    return {
        "id": str(file.pk),
        "kind": file.kind,
        "kind_label": file.get_kind_display(),
        "name": file.name,
        "mimetype": file.mimetype,
        "size": file.size,
        "sha256": file.sha256,
        "alt": file.alt,
        "rights": file.rights,
    }
