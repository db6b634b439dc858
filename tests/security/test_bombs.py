"""Attack: files that are small on the way and huge, endless or deadly when opened. Each is refused, and quickly."""

import io
import json
import struct
import time
import zipfile
import zlib
from collections.abc import Callable

import pytest

from landespreis import inspection
from landespreis.inspection import Kind
from portal.actions.exchange import tables
from portal.actions.exchange.tables import Unusable
from tests.portal.test_import_export import xlsx_file

SECONDS = 20
"""Of the examiner's own limit (15 s of CPU) and its start; most are refused within one."""


def pdf(*objects: bytes, root: int = 1) -> bytes:
    """Return a PDF of these objects, numbered from 1."""
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, start)


def deep_arrays() -> bytes:
    return pdf(b"<< /Type /Catalog /Pages 2 0 R /A " + b"[" * 200_000 + b"]" * 200_000 + b" >>", b"<< >>")


def pages_in_a_circle() -> bytes:
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Pages /Count 1 /Kids [2 0 R] /Parent 2 0 R >>",
    )


def objects_unpacked_a_thousandfold() -> bytes:
    content = zlib.compress(b"1 0 " + b" " * 250_000_000, 9)
    return pdf(
        b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
        % (len(content), content)
    )


def a_billion_pages() -> bytes:
    return pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 2000000000 /Kids [] >>")


PDFS: dict[str, Callable[[], bytes]] = {
    "arrays 200,000 deep": deep_arrays,
    "pages that contain each other": pages_in_a_circle,
    "objects that unpack a thousandfold": objects_unpacked_a_thousandfold,
    "two thousand million pages announced": a_billion_pages,
}


@pytest.mark.parametrize("bomb", PDFS)
def test_pdf_bomb_is_refused_in_time(bomb: str) -> None:
    data, begun = PDFS[bomb](), time.monotonic()

    with pytest.raises(inspection.Rejected) as refusal:
        inspection.examine(io.BytesIO(data), Kind.PDF)

    assert refusal.value.reason in {"damaged", "no_pages"}
    assert time.monotonic() - begun < SECONDS


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *more: bytes, pixels: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


IMAGES: dict[str, tuple[Callable[[], bytes], str]] = {
    "fifty million pixels": (lambda: png(10_000, 5_000), "pixels"),
    "four thousand million by as many": (lambda: png(2**31 - 1, 2**31 - 1), "pixels"),
    "a text that unpacks to 250 MB": (
        lambda: png(1, 1, chunk(b"zTXt", b"a\0\0" + zlib.compress(b" " * 250_000_000, 9)), pixels=b"\0abc"),
        "damaged",
    ),
    "a profile that unpacks to 250 MB": (
        lambda: png(1, 1, chunk(b"iCCP", b"a\0\0" + zlib.compress(b" " * 250_000_000, 9)), pixels=b"\0abc"),
        "damaged",
    ),
    "pixels that unpack to more than there are": (lambda: png(1, 1, pixels=b"\0" * 250_000_000), ""),
}


@pytest.mark.parametrize("bomb", IMAGES)
def test_image_bomb_is_refused_in_time(bomb: str) -> None:
    """The last is no harm: what is behind the announced pixels is never unpacked."""
    make, reason = IMAGES[bomb]
    data, begun = make(), time.monotonic()

    assert told(data) == reason
    assert time.monotonic() - begun < SECONDS


def told(data: bytes) -> str:
    """Return why a picture is refused; nothing where it is taken and is a small one then."""
    try:
        kept = inspection.examine(io.BytesIO(data), Kind.IMAGE).size
    except inspection.Rejected as refusal:
        return refusal.reason
    return "" if kept < 1000 else f"{kept} bytes"


def changed(name: str, content: bytes, *, size: int | None = None) -> bytes:
    """Return an XLSX file with another part; `size` is what it claims to unpack to."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx_file(["slug"], ["a"]))) as source, zipfile.ZipFile(out, "w", 8) as archive:
        for part in source.namelist():
            archive.writestr(part, content if part == name else source.read(part))
    data = out.getvalue()
    if size is None:
        return data
    return data.replace(struct.pack("<I", len(content)), struct.pack("<I", size))


LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    "content",
    [
        changed(SHEET, b'<!DOCTYPE x [<!ENTITY l0 "ha">' + LAUGHS + b"]><worksheet>&l9;</worksheet>"),
        changed(SHEET, b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><worksheet>'
                b'<sheetData><row r="1"><c t="inlineStr"><is><t>&f;</t></is></c></row></sheetData></worksheet>'),
        changed(SHEET, b" " * 50_000_000),
        changed(SHEET, b" " * 50_000_000, size=1000),
        xlsx_file([f"spalte{number}" for number in range(16_000)], *[["x"]] * 400),
        ("[" + ",".join(json.dumps({f"spalte{number}": "x"}) for number in range(200_000)) + "]").encode(),
        b";".join(b"s%d" % number for number in range(500_000)) + b"\n" + b";" * 499_999,
    ],
    ids=["entities", "foreign file", "50 MB of nothing", "a false size", "columns", "names in JSON", "columns in CSV"],
)  # fmt: skip
def test_table_bomb_is_refused_in_time(content: bytes) -> None:
    begun = time.monotonic()

    with pytest.raises(Unusable) as refusal:
        tables.read(content)

    assert "root:" not in refusal.value.message
    assert time.monotonic() - begun < SECONDS
