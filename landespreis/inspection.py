"""Judging an uploaded file by its content: what it really is, whether it opens, and what of it is kept."""

import hashlib
import json
import logging
import re
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

import filetype
from django.core.files.base import File

from landespreis.refusal import Refused

log = logging.getLogger(__name__)

MAX_PIXELS = 40_000_000
SECONDS = 25
HEAD = 8192
EXAMINER = Path(__file__).with_name("examiner.py")
IMAGE_TYPES = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png"), "WEBP": ("image/webp", "webp")}


class Kind(StrEnum):
    """What a file is uploaded as."""

    PDF = "pdf"
    IMAGE = "image"


@dataclass(frozen=True)
class Examined:
    """An accepted file: `content` is what is to be kept (an image newly encoded), `size` its bytes."""

    mimetype: str
    extension: str
    content: bytes
    size: int
    sha256: str
    width: int | None = None
    height: int | None = None
    pages: int | None = None


class Rejected(Refused):
    """The content of a file is not what is asked for; `reason` is a key of `REASONS` or "type"."""

    status = 422

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message, title="Diese Datei kann nicht angenommen werden")
        self.reason = reason


REASONS: dict[tuple[Kind, str], str] = {
    (Kind.PDF, "empty"): "Die Datei ist leer. Prüfen Sie sie auf Ihrem Gerät und wählen Sie sie noch einmal aus.",
    (Kind.PDF, "damaged"): (
        "Die PDF-Datei ist beschädigt oder unvollständig. "
        "Öffnen Sie sie auf Ihrem Gerät, speichern Sie sie neu als PDF und laden Sie die neue Datei hoch."
    ),
    (Kind.PDF, "encrypted"): (
        "Die PDF-Datei ist verschlüsselt oder mit einem Kennwort geschützt. "
        "Speichern Sie sie ohne Kennwort und ohne Einschränkungen und laden Sie die neue Datei hoch."
    ),
    (Kind.PDF, "no_pages"): (
        "Die PDF-Datei enthält keine Seite. Speichern Sie das Dokument neu als PDF und laden Sie die neue Datei hoch."
    ),
    (Kind.IMAGE, "empty"): "Die Datei ist leer. Prüfen Sie sie auf Ihrem Gerät und wählen Sie sie noch einmal aus.",
    (Kind.IMAGE, "damaged"): (
        "Das Bild ist beschädigt oder unvollständig. "
        "Öffnen Sie es auf Ihrem Gerät, speichern Sie es neu als JPEG oder PNG und laden Sie die neue Datei hoch."
    ),
    (Kind.IMAGE, "pixels"): (
        "Das Bild hat zu viele Bildpunkte. Angenommen werden höchstens {megapixels} Millionen, "
        "das reicht für einen großen Druck. Verkleinern Sie das Bild und laden Sie es noch einmal hoch."
    ),
    (Kind.IMAGE, "animated"): (
        "Das Bild ist animiert. Angenommen werden nur stehende Bilder. "
        "Speichern Sie ein einzelnes Bild daraus als JPEG oder PNG und laden Sie dieses hoch."
    ),
}

SHEET, TEXT, SLIDES = "die Tabelle", "das Dokument", "die Präsentation"
OFFICE = {
    "xls": ("Excel-Tabellen", SHEET),
    "xlsx": ("Excel-Tabellen", SHEET),
    "ods": ("LibreOffice-Tabellen", SHEET),
    "doc": ("Word-Dokumente", TEXT),
    "docx": ("Word-Dokumente", TEXT),
    "odt": ("LibreOffice-Dokumente", TEXT),
    "rtf": ("RTF-Dokumente", TEXT),
    "ole": ("Office-Dokumente in altem Format", TEXT),
    "ppt": ("PowerPoint-Präsentationen", SLIDES),
    "pptx": ("PowerPoint-Präsentationen", SLIDES),
    "odp": ("LibreOffice-Präsentationen", SLIDES),
    "html": ("Webseiten (HTML)", "die Seite"),
    "ps": ("PostScript-Dateien", TEXT),
    "text": ("Reine Textdateien", "den Text"),
}
PICTURES = {
    "jpg": "JPEG-Bilder", "png": "PNG-Bilder", "webp": "WebP-Bilder", "heic": "HEIC-Fotos", "avif": "AVIF-Bilder",
    "tif": "TIFF-Bilder", "gif": "GIF-Bilder", "bmp": "BMP-Bilder", "svg": "SVG-Grafiken", "psd": "Photoshop-Bilder",
}  # fmt: skip
ARCHIVES = {"zip", "rar", "7z", "gz", "tar", "bz2", "xz", "zst", "lz", "lz4"}
BRANDS = {"avif": "avif"} | dict.fromkeys(("heic", "heix", "heim", "hevc", "mif1", "msf1"), "heic")
"""What an ISO media file calls itself → the kind of picture in it."""


def examine(upload: "File[Any] | IO[bytes]", kind: Kind) -> Examined:
    """Judge an upload by its content alone; see `examine_pdf` and `examine_image`."""
    return examine_pdf(upload) if kind == Kind.PDF else examine_image(upload)


def examine_pdf(file: "File[Any] | IO[bytes]") -> Examined:
    """Accept a PDF that opens without password and has a page; it is kept byte for byte. Raises `Rejected`."""
    data = _read(file, Kind.PDF)
    if (found := recognise(data)) != "pdf":
        raise _wrong_type(found, Kind.PDF)
    told, _ = _open(Kind.PDF, data, MAX_PIXELS)
    return _examined("application/pdf", "pdf", data, pages=int(told["pages"]))


def examine_image(file: "File[Any] | IO[bytes]", *, max_pixels: int = MAX_PIXELS) -> Examined:
    """Accept a still JPEG, PNG or WebP of at most `max_pixels`. Raises `Rejected`.

    What is kept is newly encoded: upright, in sRGB, no edge over 4,000 pixels, without EXIF, place, XMP or profile.
    """
    data = _read(file, Kind.IMAGE)
    if (found := recognise(data)) not in {"jpg", "png", "webp"}:
        raise _wrong_type(found, Kind.IMAGE)
    told, content = _open(Kind.IMAGE, data, max_pixels)
    mimetype, extension = IMAGE_TYPES[told["format"]]
    return _examined(mimetype, extension, content, width=int(told["width"]), height=int(told["height"]))


def recognise(data: bytes) -> str:
    """Return the usual extension of what `data` is, "text" for plain text, or "" when it is nothing known."""
    head = data[:HEAD]
    if head.lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(b"%PDF-"):
        return "pdf"
    if markup := _markup(head):
        return markup
    if head[4:8] == b"ftyp" and (brand := BRANDS.get(head[8:12].decode("latin-1"))):
        return brand
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _old_office(data)
    if head.startswith(b"PK\x03\x04"):
        return _zipped(data)
    if kind := filetype.guess(head):
        return {"apng": "png"}.get(kind.extension, str(kind.extension))
    return "text" if b"\0" not in head and _is_text(head) else ""


def _markup(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if re.match(rb"<(!doctype html|html|head|body|script|!--)", start):
        return "svg" if b"<svg" in start else "html"
    if start.startswith((b"<?xml", b"<svg", b"<!doctype svg")):
        return "svg" if b"<svg" in start else "html" if b"<html" in start else "text"
    return ""


def _old_office(data: bytes) -> str:
    names = {"WordDocument": "doc", "Workbook": "xls", "PowerPoint Document": "ppt"}
    return next((short for name, short in names.items() if name.encode("utf-16-le") in data), "ole")


def _zipped(data: bytes) -> str:
    """Tell office documents from plain archives by the names that stand at the edges of the file."""
    edges = data[:HEAD] + data[-HEAD:]
    marks = {
        b"opendocument.text": "odt", b"opendocument.spreadsheet": "ods", b"opendocument.presentation": "odp",
        b"word/": "docx", b"xl/": "xlsx", b"ppt/": "pptx",
    }  # fmt: skip
    return next((short for mark, short in marks.items() if mark in edges), "zip")


def _is_text(head: bytes) -> bool:
    try:
        head[: HEAD - 4].decode()
    except UnicodeDecodeError:
        return False
    return True


def _wrong_type(found: str, kind: Kind) -> Rejected:
    """Say what the file is, in the person's words, and what to do instead."""
    wanted = "eine PDF-Datei" if kind == Kind.PDF else "ein Bild als JPEG, PNG oder WebP"
    cure = f"Laden Sie {wanted} hoch."
    if found in OFFICE:
        name, thing = OFFICE[found]
        if kind == Kind.PDF:
            cure = f"Speichern Sie {thing} als PDF und laden Sie die PDF-Datei hoch."
    elif found in PICTURES:
        name = PICTURES[found]
        if kind == Kind.PDF:
            cure = "Speichern Sie das Bild als PDF, oder laden Sie es bei den Bildern hoch."
        else:
            cure = "Speichern Sie das Bild als JPEG oder PNG und laden Sie die neue Datei hoch."
    elif found in ARCHIVES:
        name, cure = "Archive wie ZIP", f"Entpacken Sie das Archiv und laden Sie daraus {wanted} hoch."
    elif found == "pdf":
        name, cure = "PDF-Dateien", f"{cure} PDF-Dateien gehören zu den Anlagen."
    else:
        name = "Dateien dieser Art"
    return Rejected(f"{name} werden hier nicht angenommen. {cure}", reason="type")


def _read(file: "File[Any] | IO[bytes]", kind: Kind) -> bytes:
    file.seek(0)
    data: bytes = file.read()
    if not data:
        raise Rejected(REASONS[kind, "empty"], reason="empty")
    return data


def _open(kind: Kind, data: bytes, max_pixels: int) -> tuple[dict[str, Any], bytes]:
    """Let a process of its own open the file; a process that crashes or takes too long means "damaged"."""
    command = [sys.executable, "-I", str(EXAMINER), kind, str(max_pixels)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=True)
        line, _, content = done.stdout.partition(b"\n")
        told: dict[str, Any] = json.loads(line)
    except (subprocess.SubprocessError, ValueError) as error:
        log.warning("examining a file of %d bytes as %s failed: %s", len(data), kind, error)
        told, content = {"problem": "damaged"}, b""
    if problem := told.get("problem"):
        message = REASONS[kind, problem].format(megapixels=max_pixels // 1_000_000)
        raise Rejected(message, reason=problem)
    return told, content


def _examined(mimetype: str, extension: str, content: bytes, **facts: int) -> Examined:
    digest = hashlib.sha256(content).hexdigest()
    return Examined(mimetype, extension, content, size=len(content), sha256=digest, **facts)
