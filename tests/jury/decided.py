"""A Session and its locked decision for tests of papers, written as rows past the verbs; and reading PDFs back."""

import re
from io import BytesIO
from typing import Any

import page
from pikepdf import Array, OutlineItem, Pdf, String, parse_content_stream

from jury.models import Attendance, Decision, Juror, JuryEvent, Session
from landespreis import clock
from submissions.models import Category, Submission
from tests.accounts.factories import StaffFactory
from tests.jury import factories

REASONS = "Die Jury überzeugt die gemeinsame Messung.\n\nSie lässt sich übertragen."


def opened(category: Category, *present: Juror) -> Session:
    """Return an open Session with those present."""
    session = factories.open_session(category)
    Attendance.objects.bulk_create(Attendance(session=session, juror=juror) for juror in present)
    JuryEvent.objects.create(
        round=category.round, at=session.opened_at, by=session.opened_by, verb="opened", category=category
    )
    return session


def decide(session: Session, chair: Juror, winner: Submission | None, *, locked: bool = True) -> Decision:
    """Return the decision of a Session, locked unless told otherwise, as the second confirmation leaves it."""
    now = clock.now()
    decision = Decision.objects.create(
        session=session,
        winner=winner,
        votes_for=4,
        votes_against=0,
        votes_abstained=1,
        reasons=REASONS,
        laudatio=chair.seat if winner else None,
        recorded_by=chair,
        recorded_at=now,
        chair=chair if locked else None,
        chair_at=now if locked else None,
        office=StaffFactory() if locked else None,
        office_at=now if locked else None,
        locked_at=now if locked else None,
    )
    if locked:
        Category.objects.filter(pk=session.category_id).update(decided_at=now)
        session.category.decided_at = now
    return decision


def failures(content: bytes) -> list[str]:
    """Return what breaks PDF/UA-1 or PDF/A-3a."""
    reports = [page.validate_pdf_bytes(content, profile=profile) for profile in ("ua1", "3a")]
    return [f"{failure.rule_id}: {failure.message}" for report in reports for failure in report.failures]


def pages(content: bytes) -> int:
    with Pdf.open(BytesIO(content)) as document:
        return len(document.pages)


def bookmarks(content: bytes) -> list[tuple[int, str, int]]:
    """Return level, title and page (from 1) of each bookmark, in their order."""
    with Pdf.open(BytesIO(content)) as document:
        numbers = {sheet.obj.objgen: number for number, sheet in enumerate(document.pages, start=1)}

        def listed(items: list[OutlineItem], level: int) -> list[tuple[int, str, int]]:
            found = []
            for item in items:
                assert isinstance(item.destination, Array)
                found.append((level, item.title, numbers[item.destination[0].objgen]))
                found += listed(item.children, level + 1)
            return found

        with document.open_outline() as outline:
            return listed(list(outline.root), 1)


def text(content: bytes) -> str:
    """Return the words of a PDF page by page, read through the fonts' own tables."""
    with Pdf.open(BytesIO(content)) as document:
        return "\n".join(_page_text(sheet) for sheet in document.pages)


def _page_text(sheet: Any) -> str:
    fonts = {name: _characters(font) for name, font in sheet.Resources.get("/Font", {}).items()}
    words: list[str] = []
    table: dict[int, str] = {}
    for operands, operator in parse_content_stream(sheet):
        if str(operator) == "Tf":
            table = fonts[str(operands[0])]
        elif str(operator) in {"Tj", "TJ"}:
            parts = operands[0] if isinstance(operands[0], Array) else [operands[0]]
            raw = b"".join(bytes(part) for part in parts if isinstance(part, String))
            codes = [int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2)]
            words.append("".join(table.get(code, "?") for code in codes))
    return " ".join(words)


def _characters(font: Any) -> dict[int, str]:
    source = font.ToUnicode.read_bytes().decode("latin-1")
    pairs = re.findall(r"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]+)>\s*(?:\n|$)", source)
    return {int(code, 16): bytes.fromhex(value).decode("utf-16-be") for code, value in pairs}
