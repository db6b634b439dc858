"""An entry as a juror reads it: the frozen version in passages, pictures, documents and a map; never the contact."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.models import Municipality
from landespreis import mapping
from submissions import sheet as sheets
from submissions.models import Attachment, Criterion, Submission
from submissions.payload import Payload

ELSEWHERE = {"category", "website"}
"""Facts that the page shows in a place of its own; the partners, too, which are a section without field."""
NOTES = {Attachment.Scan.PENDING: "wird noch geprüft", Attachment.Scan.INFECTED: "nach der Prüfung abgelehnt"}


@dataclass(frozen=True)
class Passage:
    """A text and, if it speaks to one, the criterion with its place on the score sheet."""

    title: str
    text: str
    criterion: Criterion | None
    position: int


@dataclass(frozen=True)
class Picture:
    file: sheets.File
    width: int | None
    height: int | None


@dataclass(frozen=True)
class Reading:
    """What `templates/jury/_reading.html` shows."""

    title: str
    facts: list[sheets.Fact]
    website: str
    partners: list[str]
    map: SafeString | str
    off_map: str
    """Partners that the map does not show, in one phrase."""
    passages: list[Passage]
    pictures: list[Picture]
    documents: list[sheets.File]


def of(entry: Submission, criteria: Sequence[Criterion]) -> Reading:
    """Return the version that counts, in two queries."""
    assert entry.current
    content = entry.current.payload
    files = {str(file.pk): file for file in entry.current.files.all()}
    sheet = sheets.of(
        content,
        criteria={row.key: row.key for row in criteria},
        links={key: _link(entry, file) for key, file in files.items()},
    )
    shown, off_map = _map(content)
    pictures = [file for file in sheet.files if file.link.url and files[file.id].is_image]
    return Reading(
        title=sheet.title.value,
        facts=[fact for fact in sheet.facts if fact.field not in ELSEWHERE and fact.section != "partner"],
        website=content["website"],
        partners=[sheets.partner(row) for row in content["partners"]],
        map=shown,
        off_map=off_map,
        passages=[_passage(text, criteria) for text in sheet.texts],
        pictures=[Picture(file, files[file.id].width, files[file.id].height) for file in pictures],
        documents=[file for file in sheet.files if file not in pictures],
    )


def _passage(text: sheets.Text, criteria: Sequence[Criterion]) -> Passage:
    places = {row.key: (row, place) for place, row in enumerate(criteria, start=1)}
    criterion, place = places.get(text.criterion, (None, 0))
    return Passage(text.title, text.text, criterion, place)


def _link(entry: Submission, file: Attachment) -> sheets.Link:
    if file.scan != Attachment.Scan.CLEAN:
        return sheets.Link("", NOTES[Attachment.Scan(file.scan)])
    return sheets.Link(reverse("jury:file", args=[entry.label, file.pk]))


def _map(content: Payload) -> tuple[SafeString | str, str]:
    """Return the map and whom it does not show; no map without a lead that has a place."""
    lead, partners = content["lead"], content["partners"]
    keys = [row["ags"] for row in (lead, *partners) if row and row["ags"]]
    known = {row.ags: row for row in Municipality.objects.filter(ags__in=keys)}
    if lead is None or lead["ags"] not in known:
        return "", ""
    tied = [row for row in partners if row["ags"] in known]
    rest = [row["label"] for row in partners if row["ags"] not in known]
    names = sheets.listed([row["label"] for row in tied])
    picture = mapping.svg(
        _place(known[lead["ags"]]),
        [_place(known[row["ags"]]) for row in tied],
        title="Karte der Zusammenarbeit",
        description=f"{lead['label']} ist verbunden mit {names}." if names else f"Dort liegt {lead['label']}.",
    )
    return picture, sheets.listed(rest)


def _place(row: Municipality) -> mapping.Place:
    return mapping.Place(row.latitude, row.longitude, row.district_ags)
