"""Tables of entries for staff: what counts of each, read from the frozen versions, never from a draft."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.auth.models import PermissionsMixin

from landespreis.exports import Dataset
from landespreis.models import RetentionFigures
from landespreis.tables import Row
from submissions.models import Submission

CHUNK = 100
ENTRIES = (
    "number", "round", "version", "submitted_at", "status", "formal_check", "category", "title", "lead_ags", "lead",
    "department", "contact_name", "contact_email", "contact_phone", "contact_public", "partners", "legal_form",
    "municipally_controlled", "agreed_on", "state", "state_since", "funding", "website", "abstract", "files",
    "publication", "sha256",
)  # fmt: skip
PARTNERS = ("number", "position", "ags", "label", "kind", "country")
KEPT = ("round", "kind", "started_at", "category", "figure", "value")
ANSWERS = ("number", "question", "title", "criterion", "characters", "text")


def datasets(user: PermissionsMixin) -> Iterable[Dataset]:
    """Offer entries, their partners and answers; drafts that were never handed in are in none of them."""
    if user.has_perm("submissions.view_submission"):
        yield Dataset("einreichungen", "Einreichungen", "eine Zeile je Einreichung", ENTRIES, _entries)
        yield Dataset("partner", "Partner", "eine Zeile je Partner einer Einreichung", PARTNERS, _partners)
        yield Dataset("antworten", "Antworten", "eine Zeile je Frage und Einreichung", ANSWERS, _answers)
    if user.has_perm("landespreis.view_retentionfigures"):
        what = "eine Zeile je Zahl, die nach einer Aussonderung bleibt"
        yield Dataset("statistik", "Statistik abgeschlossener Runden", what, KEPT, _kept)


def _kept() -> Iterator[Row]:
    for row in RetentionFigures.objects.select_related("run").order_by("run__started_at", "pk").iterator(CHUNK):
        for figure, value in row.figures.items():
            told = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
            yield row.run.scope, row.run.kind, row.run.started_at, row.category, figure, told


def _counting() -> Iterator[tuple[Submission, dict[str, Any]]]:
    """Yield every entry that was handed in with the payload that counts, by round and number."""
    rows = Submission.objects.filter(current__isnull=False).select_related("round", "current")
    for entry in rows.order_by("round__opens_at", "number").iterator(CHUNK):
        assert entry.current
        yield entry, entry.current.payload


def _entries() -> Iterator[Row]:
    for entry, told in _counting():
        assert entry.current
        contact = told["contact"]
        yield (
            told["number"], entry.round.key, told["version"], entry.current.submitted_at, entry.status,
            entry.formal_check, told["category"]["key"], told["title"], told["lead"]["ags"], told["lead"]["label"],
            told["department"], contact["name"], contact["email"], contact["phone"], contact["publish"],
            len(told["partners"]), _key(told["legal_form"]), told["municipally_controlled"], told["agreed_on"],
            _key(told["state"]), told["state_since"], told["funding"], told["website"], told["abstract"],
            len(told["files"]), told["declarations"].get("publication"), entry.current.sha256,
        )  # fmt: skip


def _partners() -> Iterator[Row]:
    for _, told in _counting():
        for position, partner in enumerate(told["partners"], start=1):
            yield told["number"], position, partner["ags"], partner["label"], partner["kind"], partner["country"]


def _answers() -> Iterator[Row]:
    for _, told in _counting():
        for row in told["answers"]:
            yield told["number"], row["key"], row["title"], row["criterion"], row["characters"], row["text"]


def _key(choice: dict[str, str] | None) -> str | None:
    return choice["key"] if choice else None
