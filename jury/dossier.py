"""The dossier: the entries of a category as one PDF for one juror, and only those this juror may read."""

import hashlib
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from pikepdf import Pdf

from jury.models import Juror
from jury.sight import Sight
from landespreis import binding, pdf
from submissions import printing, sheet
from submissions.models import Category, Criterion, Submission

STYLE = "css/papers.css"
Content = Mapping[uuid.UUID, str]
"""What a dossier holds: the checksum of the version per entry, in the order of their numbers."""
Step = Callable[[int], None]
"""Is told how many entries are done."""


@dataclass(frozen=True)
class Line:
    """A line of the table of contents; `page` 0 while it is not known yet."""

    label: str
    title: str
    lead: str
    page: int


def content(sight: Sight, category: Category) -> Content:
    """Return what the dossier of this juror holds now."""
    rows = sight.readable(category).filter(current__isnull=False)
    return dict(rows.values_list("pk", "current__sha256"))


def key(held: Content) -> str:
    """Return a checksum of what a dossier holds; another one means that it is out of date."""
    return hashlib.sha256("\n".join(f"{pk} {sha256}" for pk, sha256 in held.items()).encode()).hexdigest()


def write(sight: Sight, category: Category, held: Content, folder: Path, step: Step) -> tuple[Path, int]:
    """Write the dossier below `folder`; return the file and its number of pages.

    Each entry is rendered by itself and lies on disk until all are bound: progress can be told, others can use the
    press in between, and memory stays where one entry puts it instead of growing with their number (docs/bench.md).
    `step` is called after each entry. Cover and contents come first in the book and are rendered last, when the page
    numbers are known; how many pages they take is measured before, and does not depend on the numbers.
    """
    criteria = list(category.round.criteria.all())
    lines = [Line(entry.label, entry.submitted_title, str(entry.submitted_lead), 0) for entry in _listed(held)]
    page = _pages(_front(sight, category, criteria, lines)) + 1
    parts, numbered = [], []
    for place, (pk, line) in enumerate(zip(held, lines, strict=True), start=1):
        part = _entry(sight.juror, category, criteria, pk, page)
        parts.append(folder / f"{place}.pdf")
        parts[-1].write_bytes(part)
        numbered.append(Line(line.label, line.title, line.lead, page))
        page += _pages(part)
        step(place)
    front = folder / "0.pdf"
    front.write_bytes(_front(sight, category, criteria, numbered))
    book = folder / "dossier.pdf"
    return book, binding.bind([front, *parts], book)


def _listed(held: Content) -> list[Submission]:
    rows = Submission.objects.filter(pk__in=held).select_related("round", "submitted_lead")
    found = {row.pk: row for row in rows}
    return [found[pk] for pk in held]


def _front(sight: Sight, category: Category, criteria: Sequence[Criterion], lines: Sequence[Line]) -> bytes:
    return pdf.render(
        "jury/paper/dossier.html",
        {
            **_common(sight.juror, category),
            "round": category.round,
            "criteria": criteria,
            "scale": f"{category.round.scale_min} bis {category.round.scale_max}",
            "at": sight.now,
            "lines": lines,
            "page_link": binding.PAGE,
        },
        stylesheet=STYLE,
        title=f"Dossier {category.short_name}",
        created=sight.now,
    )


def _entry(juror: Juror, category: Category, criteria: Iterable[Criterion], pk: uuid.UUID, page: int) -> bytes:
    """Return the pages of an entry, numbered from `page` on. Contact data are no part of them."""
    entry = Submission.objects.select_related("round", "current").get(pk=pk)
    assert entry.current is not None
    version, payload = entry.current, entry.current.payload
    named = {row.key: f"Kriterium {row.position}: {row.title}" for row in criteria}
    read = sheet.of(payload, criteria=named, links={})
    pictures = printing.pictures(version)
    return pdf.render(
        "jury/paper/dossier_entry.html",
        {
            **_common(juror, category),
            "label": entry.label,
            "version": version,
            "sheet": read,
            "pictures": [(file, f"{pdf.PICTURES}{file.id}.jpg") for file in read.files if f"{file.id}.jpg" in pictures],
            "annexes": [file for file in read.files if f"{file.id}.jpg" not in pictures],
            "url": settings.BASE_URL + reverse("jury:entry", args=[entry.label]),
            "first_page": page,
        },
        stylesheet=STYLE,
        title=entry.label,
        created=version.submitted_at,
        pictures=pictures,
    )


def _common(juror: Juror, category: Category) -> dict[str, Any]:
    return {"juror": juror, "category": category, "demo": settings.DEMO}


def _pages(part: bytes) -> int:
    with Pdf.open(BytesIO(part)) as document:
        return len(document.pages)
