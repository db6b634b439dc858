"""From a template to a PDF that is PDF/UA-1 and PDF/A-3a in one file; assets come from disk only."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from io import BytesIO
from mimetypes import guess_type
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.template.loader import render_to_string
from django.utils._os import safe_join
from fontTools.ttLib import TTFont
from pikepdf import Pdf
from weasyprint import CSS, HTML, Attachment, Document
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from landespreis import binding
from landespreis.clock import BERLIN

STATIC = "file:///static/"
"""Where documents believe the static files to be; `_Assets` maps it to the real ones."""
PICTURES = "file:///pictures/"
"""Where a document believes the pictures to be that are handed over with it, by name."""
FACES = "css/pdf.css"
"""Names the fonts every document may use; loaded before the document's own stylesheet."""
TEXT_FONTS = ("kern/fonts/fira-sans/FiraSans-Regular.woff2", "kern/fonts/noto-sans/NotoSans-Regular.woff2")
"""What running text is set in, in this order: together all of DIN 91379 (Latin), Greek and Cyrillic."""
MARK = "▯"
"""Stands on the page for a character that none of the fonts can draw, such as an emoji."""

_LAYOUT = {"\n", "\r", "\t", "\u00ad", "\u200b"}
_JOINER = "\u200d"
_INVISIBLE = "\u200c\u2060\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\U000e0100-\U000e01ef"
_NOT_DRAWN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}

# PDF/A asks that a property it does not know, here PDF/UA's own, is described in the file.
_UA_METADATA = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""


@dataclass(frozen=True)
class Attached:
    """A file embedded in the PDF: `name` in ASCII, `relationship` PDF/A-3's AFRelationship ("Source", "Data", …)."""

    name: str
    content: bytes
    mimetype: str
    description: str
    relationship: str = "Data"


class MissingAsset(Exception):
    """A font, picture or stylesheet of a document is not among the static files."""


def render(
    template: str,
    context: Mapping[str, Any],
    *,
    stylesheet: str,
    title: str,
    created: datetime,
    attachments: Sequence[Attached] = (),
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return the template as a tagged PDF, PDF/UA-1 and PDF/A-3a at once.

    `stylesheet` is the name of a static file; `created` (aware) becomes the date of file and attachments. `pictures`
    are JPEG files by the name under which the template finds them below `PICTURES`. The same input gives the same
    bytes, as long as WeasyPrint and the fonts stay the same. Characters that the fonts lack are printed as `MARK`.
    Raises MissingAsset instead of leaving out a font or picture.
    """
    html = render_to_string(template, dict(context))
    return write(html, stylesheet=stylesheet, title=title, created=created, attachments=attachments, pictures=pictures)


def write(
    html: str,
    *,
    stylesheet: str,
    title: str,
    created: datetime,
    attachments: Sequence[Attached] = (),
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """Do what `render` does, for HTML that is there already."""
    try:
        with _PRESS:
            assets = _Assets(pictures) if pictures else _ASSETS
            document = HTML(string=printable(html), base_url=STATIC, url_fetcher=assets).render(
                font_config=_fonts(),
                stylesheets=[_sheet(FACES), _sheet(stylesheet)],
                color_profiles={"srgb2014": _COLOURS},
                output_intent="srgb2014",
                pdf_variant="pdf/a-3a",
            )
            document.metadata.title = printable(title)
            document.metadata.generator = "Landespreis"
            document.metadata.created = created.astimezone(BERLIN).isoformat(timespec="seconds")
            document.metadata.modified = document.metadata.created
            document.metadata.attachments = [_attachment(file, created.astimezone(UTC)) for file in attachments]
            content = document.write_pdf(finisher=_finish, output_intent="srgb2014", pdf_variant="pdf/a-3a")
            return _clear(bytes(content))
    except FatalURLFetchingError as error:
        raise MissingAsset(str(error)) from error


def printable(text: str) -> str:
    """Return text as it can be drawn: composed (NFC), without joiners, `MARK` for what no font has.

    Control characters and those that turn the reading direction become a `MARK` too: on an official paper nothing
    may look different from what it is.
    """
    foreign, invisible = _patterns()
    return invisible.sub("", foreign.sub(MARK, unicodedata.normalize("NFC", text)))


class _Assets(URLFetcher):  # type: ignore[misc]
    """Opens static files under `STATIC` and `pictures`, and refuses everything else: no network, no other file."""

    def __init__(self, pictures: Mapping[str, bytes] | None = None) -> None:
        super().__init__()
        self._pictures = {PICTURES + name: content for name, content in (pictures or {}).items()}

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        if url in self._pictures:
            return URLFetcherResponse(url, self._pictures[url], {"Content-Type": "image/jpeg"})
        if not url.startswith(STATIC):
            raise FatalURLFetchingError(f"{url[:200]} is not a static file")
        name = unquote(urlsplit(url).path.removeprefix(urlsplit(STATIC).path))
        kind = guess_type(name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, _locate(name).read_bytes(), {"Content-Type": kind})


class _Enclosed(URLFetcher):  # type: ignore[misc]
    """Hands over one attachment together with its type, which WeasyPrint would otherwise guess."""

    def __init__(self, file: Attached) -> None:
        super().__init__()
        self._file = file

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        return URLFetcherResponse(url, self._file.content, {"Content-Type": self._file.mimetype})


class _Colours(ColorProfile):  # type: ignore[misc]
    """What red, green and blue mean: WeasyPrint's sRGB profile, byte for byte and read once.

    WeasyPrint itself opens it for every document without closing it, and what its colour library writes of it differs
    from the second document on.
    """

    content = (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()

    def __init__(self) -> None:
        super().__init__(BytesIO(self.content), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))


_ASSETS = _Assets()
_COLOURS = _Colours()
_PRESS = Lock()
"""Pango's font map, which all documents of a process share, serves one thread at a time."""


def _locate(name: str) -> Path:
    """Return the file of a static name, from the source folders or, in an image without them, from STATIC_ROOT."""
    try:
        found = finders.find(name) or safe_join(settings.STATIC_ROOT, name)
    except SuspiciousFileOperation:
        found = ""
    if not found or not Path(found).is_file():
        raise FatalURLFetchingError(f"static file {name[:200]} is missing; run npm ci or collectstatic")
    return Path(found)


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@cache
def _sheet(name: str) -> CSS:
    return CSS(url=STATIC + name, font_config=_fonts(), url_fetcher=_ASSETS)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what `printable` replaces and what it drops.

    A replaced piece is what a reader sees as one sign: a flag, or pictures tied together by joiners.
    """
    drawn: set[str] = set()
    for name in TEXT_FONTS:
        with TTFont(_locate(name), lazy=True) as font:
            drawn |= {chr(code) for code in font.getBestCmap()}
    drawn = {sign for sign in drawn if unicodedata.category(sign) not in _NOT_DRAWN} | _LAYOUT
    one = f"[^{_ranges(drawn)}{_INVISIBLE}{_JOINER}][{_INVISIBLE}]*"
    flag = "[\U0001f1e6-\U0001f1ff]{2}"
    return re.compile(f"{flag}|{one}(?:{_JOINER}{one})*"), re.compile(f"[{_INVISIBLE}{_JOINER}]+")


def _ranges(signs: set[str]) -> str:
    """Return a set of characters as the inside of a regular expression's [ ]."""
    spans: list[list[int]] = []
    for code in sorted(map(ord, signs)):
        if spans and spans[-1][1] == code - 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in spans)


def _attachment(file: Attached, moment: datetime) -> Attachment:
    return Attachment(
        url="attached:",
        url_fetcher=_Enclosed(file),
        name=file.name,
        description=file.description,
        relationship=file.relationship,
        created=moment,
        modified=moment,
    )


def _clear(content: bytes) -> bytes:
    """Return the PDF with the end of every stream unmistakable, see `binding.save`; most are so already."""
    if not binding.ambiguous(BytesIO(content)):
        return content
    target = BytesIO()
    with Pdf.open(BytesIO(content)) as document:
        binding.save(document, target)
    return target.getvalue()


def _finish(document: Document, pdf: Any) -> None:
    """Name PDF/UA-1 beside PDF/A-3a in the metadata, stored uncompressed, and list each attachment once."""
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    metadata.compress = False
    metadata.stream = [part.replace(b"</rdf:RDF>", _UA_METADATA + b"</rdf:RDF>") for part in metadata.stream]
    if "AF" in pdf.catalog:
        once = list(dict.fromkeys(pdf.catalog["AF"]))
        pdf.catalog["AF"][:] = once
