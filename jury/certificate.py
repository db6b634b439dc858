"""The Urkunde of an entry: for the winner of a category and for everybody else who took part."""

from io import BytesIO
from typing import Any

from django.conf import settings
from pikepdf import Pdf

from jury.models import Decision
from landespreis import pdf, wording
from submissions import sheet
from submissions.models import Submission

SIZES = ("large", "medium", "small", "tiny")
"""The sizes of type, tried in this order until all stands on one page."""


def context(entry: Submission, decision: Decision, size: str = SIZES[0], *, named: bool = True) -> dict[str, Any]:
    """Return what the certificate of an admitted entry says, from its version alone; `named` lists the partners."""
    assert entry.current is not None
    payload = entry.current.payload
    partners = [_together(sheet.partner(row)) for row in payload["partners"]]
    return {
        "won": decision.winner_id == entry.pk,
        "title": payload["title"],
        "category": payload["category"]["name"],
        "round": entry.round,
        "ceremony": wording.day(entry.round.ceremony_on),
        "lead": payload["lead"]["label"],
        "partners": partners if named else [],
        "count": wording.counted(len(partners)) if partners and not named else "",
        "size": size,
        "demo": settings.DEMO,
    }


def render(entry: Submission, decision: Decision) -> bytes:
    """Return the certificate as PDF of one page, to be printed and signed by hand.

    The type is as large as the names allow. Where they fill more than a page even in the smallest size, the partners
    are counted instead of named.
    """
    for size in SIZES:
        content = _render(entry, decision, context(entry, decision, size))
        if _pages(content) == 1:
            return content
    return _render(entry, decision, context(entry, decision, SIZES[-1], named=False))


def _render(entry: Submission, decision: Decision, said: dict[str, Any]) -> bytes:
    assert decision.locked_at is not None
    return pdf.render(
        "jury/paper/certificate.html",
        said,
        stylesheet="css/certificate.css",
        title=f"Urkunde {entry.label}: {said['title']}",
        created=decision.locked_at,
    )


def _pages(content: bytes) -> int:
    with Pdf.open(BytesIO(content)) as document:
        return len(document.pages)


def _together(label: str) -> str:
    """A short name stays on one line."""
    return label.replace(" ", "\u00a0") if len(label) <= 40 else label
