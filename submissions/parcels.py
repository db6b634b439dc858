"""The ZIP of a category for the office: every entry's counting version as PDF and JSON, its receipt and files.

Drafts are in none, and neither is what was withdrawn.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.contrib.auth.models import PermissionsMixin
from django.db.models import Count, Q, QuerySet
from django.template.loader import render_to_string

from landespreis import clock, wording
from landespreis.files import clean_name
from landespreis.models import Parcel
from landespreis.package import Package
from landespreis.parcels import Builder, Offer, Progress
from landespreis.refusal import Refused
from submissions import printing, receipt, sheet
from submissions.models import Attachment, Category, Receipt, Submission, Version

KIND = "kategorie"
CHUNK = 1024 * 1024
INDEX = "index.html"
EMPTY = "In dieser Kategorie ist nichts eingereicht, das sich packen ließe."
GONE = "Diese Kategorie gibt es nicht mehr."
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')
"""What a file's name must not hold on some system where somebody unpacks."""
DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{name}{digit}" for name in ("COM", "LPT") for digit in range(1, 10))}
"""Names that Windows keeps for itself."""
NAME_LENGTH = 80
LOST = "fehlt im Dateispeicher"
CHANGED = "stimmt nicht mit der Prüfsumme der Einreichung überein"
NOT_CLEAN = "noch nicht auf Schadsoftware geprüft"


@dataclass
class Link:
    """A file in the package, with its address from `index.html`; without one `note` says why it is not there."""

    label: str
    detail: str = ""
    name: str = ""
    note: str = ""

    @property
    def url(self) -> str:
        return quote(self.name)


@dataclass
class Chapter:
    """An entry as `index.html` shows it."""

    label: str
    title: str
    lead: str
    partners: str
    version: Version
    check: str
    abstract: str
    links: list[Link] = field(default_factory=list)


def may(user: PermissionsMixin, params: dict[str, Any]) -> bool:
    """Staff who may read entries and their versions."""
    return bool(getattr(user, "is_staff", False)) and user.has_perms(
        ["submissions.view_submission", "submissions.view_version"]
    )


def offers(user: PermissionsMixin) -> Iterable[Offer]:
    """Offer every category with an entry, of the newest round first."""
    if not may(user, {}):
        return
    submitted = Count("entries", filter=Q(entries__status=Submission.Status.SUBMITTED))
    rows = Category.objects.annotate(submitted=submitted).filter(submitted__gt=0).select_related("round")
    for category in rows.order_by("-round__opens_at", "position"):
        count = category.submitted
        what = f"{wording.number(count)} Einreichung{'en' if count != 1 else ''}: PDF, Bestätigung, Dateien, JSON"
        yield Offer(f"{KIND}-{category.pk}", KIND, called(category), what, {"category": category.pk})


def called(category: Category) -> str:
    """Return what the parcel of a category is called."""
    return f"{category.short_name} ({category.round.number_prefix})"


def build(parcel: Parcel, package: Package, progress: Progress) -> None:
    """Pack the category that the parcel names. Raises Refused when there is nothing to pack."""
    category = Category.objects.select_related("round").filter(pk=parcel.params["category"]).first()
    if category is None:
        raise Refused(GONE)
    keys = list(_submitted(category).values_list("pk", flat=True))
    if not keys:
        raise Refused(EMPTY)
    progress(0, len(keys))
    chapters = []
    for done, pk in enumerate(keys, start=1):
        if entry := _submitted(category).filter(pk=pk).first():  # not withdrawn in the meantime
            chapters.append(_add(entry, package))
        progress(done, len(keys))
    if not chapters:
        raise Refused(EMPTY)
    context = {"category": category, "chapters": chapters, "at": clock.now()}
    package.add(INDEX, render_to_string("submissions/parcel.html", context))
    missing = [f"{link.name or link.label}: {link.note}" for one in chapters for link in one.links if link.note]
    package.facts |= {
        "round": category.round.key, "category": category.key, "entries": len(chapters), "not_as_handed_in": missing,
    }  # fmt: skip


def safe(name: str) -> str:
    """Return a name that every system can unpack, at most `NAME_LENGTH` characters, with its extension kept."""
    plain = FORBIDDEN.sub("-", clean_name(name.replace("/", "-").replace("\\", "-")))
    stem, dot, extension = plain.rpartition(".")
    if not stem or len(extension) > 10:
        stem, dot, extension = plain, "", ""
    stem = stem[: NAME_LENGTH - len(dot + extension)].strip(" .") or "Datei"
    return f"{'_' if stem.upper() in DEVICES else ''}{stem}{dot}{extension}"


BUILDERS = {KIND: Builder(build, may)}


def _submitted(category: Category) -> "QuerySet[Submission]":
    rows = Submission.objects.filter(submitted_category=category, status=Submission.Status.SUBMITTED)
    return rows.select_related("round", "current").order_by("number")


def _add(entry: Submission, package: Package) -> Chapter:
    version = entry.current
    assert version is not None
    told = version.payload
    folder = safe(f"{entry.label} {told['lead']['label']}")
    chapter = Chapter(
        label=entry.label,
        title=told["title"],
        lead=told["lead"]["label"],
        partners=sheet.listed([sheet.partner(row) for row in told["partners"]]),
        version=version,
        check=entry.get_formal_check_display(),
        abstract=told["abstract"],
    )

    def add(name: str, label: str, content: bytes | str | Iterable[bytes]) -> Link:
        part = package.add(f"{folder}/{name}", content)
        chapter.links.append(Link(label, f"{wording.filesize(part.size)}", part.name))
        return chapter.links[-1]

    add(f"{entry.label}.pdf", "Einreichung als PDF", printing.render(entry, version))
    add(f"Eingangsbestaetigung {entry.label} Version {version.number}.pdf", "Eingangsbestätigung", _receipt(version))
    add(f"{entry.label}.json", "Kanonisches JSON", version.canonical)
    taken = {part.name.lower() for part in package.parts}
    for file in version.files.order_by("uploaded_at", "pk"):
        chapter.links.append(_add_file(file, folder, package, taken))
    return chapter


def _add_file(file: Attachment, folder: str, package: Package, taken: set[str]) -> Link:
    """Pack a file, or say why it is not there; nothing stops a whole category for one file that is lost."""
    detail = f"{file.get_kind_display()}, {wording.filesize(file.size)}"
    if file.scan != Attachment.Scan.CLEAN:
        return Link(file.name, detail, note=NOT_CLEAN)
    name = _free(f"{folder}/Dateien", safe(file.name), taken)
    try:
        with file.file.open("rb") as source:
            part = package.add(name, iter(lambda: source.read(CHUNK), b""))
    except FileNotFoundError:
        return Link(file.name, detail, note=LOST)
    taken.add(name.lower())
    return Link(file.name, detail, part.name, note="" if part.sha256 == file.sha256 else CHANGED)


def _free(folder: str, name: str, taken: set[str]) -> str:
    """Return a path that no other file of the package has, also where capitals do not count."""
    stem, dot, extension = name.rpartition(".")
    stem, dot, extension = (stem, dot, extension) if stem else (name, "", "")
    place, path = 1, f"{folder}/{name}"
    while path.lower() in taken:
        place += 1
        path = f"{folder}/{stem} ({place}){dot}{extension}"
    return path


def _receipt(version: Version) -> bytes | Iterator[bytes]:
    """Return the receipt as it was sent; while the worker still owes it, as it will be."""
    kept = Receipt.objects.filter(version=version, rendered_at__isnull=False).first()
    if kept is None:
        return receipt.render(version)
    try:
        with kept.file.open("rb") as file:
            return bytes(file.read())
    except FileNotFoundError:
        return receipt.render(version)
