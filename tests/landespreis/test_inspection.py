"""Uploads judged by their content: what is accepted, what is kept of it, and every way to be rejected."""

import hashlib
import resource
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from landespreis import examiner, inspection
from landespreis.inspection import Kind, Rejected

FORMATS = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png"), "WEBP": ("image/webp", "webp")}


def pdf(pages: int = 1, **save: Any) -> bytes:
    out = BytesIO()
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        document.save(out, **save)
    return out.getvalue()


def picture(form: str, size: tuple[int, int] = (60, 40), mode: str = "RGB", **save: Any) -> bytes:
    out = BytesIO()
    Image.new(mode, size).save(out, form, **save)
    return out.getvalue()


def zipped(*names: str, mimetype: bytes = b"") -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


def png_of_size(width: int, height: int) -> bytes:
    """A PNG that only claims its size: a few bytes that would unpack to gigabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    header = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def kept(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def rejected(data: bytes, kind: Kind) -> Rejected:
    with pytest.raises(Rejected) as caught:
        inspection.examine(BytesIO(data), kind)
    return caught.value


# PDF -----------------------------------------------------------------------------------------------


def test_examine_pdf_keeps_the_file_byte_for_byte() -> None:
    data = pdf(3)

    examined = inspection.examine(SimpleUploadedFile("wrong.exe", data, "image/png"), Kind.PDF)

    assert examined == inspection.Examined(
        mimetype="application/pdf",
        extension="pdf",
        content=data,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        pages=3,
    )


def test_examine_pdf_reads_from_the_start_wherever_the_file_stands() -> None:
    file = BytesIO(pdf())
    file.read()

    assert inspection.examine_pdf(file).pages == 1


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n"])
@pytest.mark.parametrize("after", [b"", b"\n" * 5000, b"\0" * 5000])
def test_examine_pdf_forgives_what_programs_put_around_it(before: bytes, after: bytes) -> None:
    assert inspection.examine_pdf(BytesIO(before + pdf() + after)).pages == 1


@pytest.mark.parametrize(("owner", "user"), [("secret", "secret"), ("secret", "")])
def test_examine_pdf_rejects_any_password(owner: str, user: str) -> None:
    refusal = rejected(pdf(encryption=pikepdf.Encryption(owner=owner, user=user)), Kind.PDF)

    assert refusal.reason == "encrypted"
    assert "ohne Kennwort" in refusal.message


def test_examine_pdf_rejects_one_without_pages() -> None:
    assert rejected(pdf(0), Kind.PDF).reason == "no_pages"


@pytest.mark.parametrize("keep", [20, 200, -40])
def test_examine_pdf_rejects_one_that_was_cut_off(keep: int) -> None:
    refusal = rejected(pdf(2)[:keep], Kind.PDF)

    assert refusal.reason == "damaged"
    assert "speichern Sie sie neu" in refusal.message


def test_examine_pdf_rejects_a_bomb_before_it_is_unpacked() -> None:
    packer = zlib.compressobj(1)
    table = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(400)) + packer.flush()
    head = f"%PDF-1.7\n1 0 obj<</Type/XRef/W[1 2 1]/Size 9/Filter/FlateDecode/Length {len(table)}>>stream\n"
    data = head.encode() + table + b"\nendstream endobj\nstartxref\n9\n%%EOF"
    children, own = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF))

    refusal = rejected(data, Kind.PDF)

    assert refusal.reason == "damaged"
    usual = max(children, own, 100_000)  # kB; a child begins as large as its parent
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < usual + 200_000


# Images --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_examine_image_keeps_the_kind_of_picture(form: str) -> None:
    examined = inspection.examine(SimpleUploadedFile("x.pdf", picture(form), "application/pdf"), Kind.IMAGE)

    assert (examined.mimetype, examined.extension) == FORMATS[form]
    assert (examined.width, examined.height, examined.pages) == (60, 40, None)
    assert examined.size == len(examined.content)
    assert examined.sha256 == hashlib.sha256(examined.content).hexdigest()
    assert kept(examined.content).format == form


@pytest.mark.parametrize("form", FORMATS)
def test_examine_image_keeps_no_metadata(form: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRET-DESCRIPTION"
    exif.get_ifd(0x8825)[1] = "N"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    save: dict[str, Any] = {"exif": exif, "icc_profile": profile, "xmp": b"<x:xmpmeta>SECRET</x:xmpmeta>"}
    if form == "JPEG":
        save["comment"] = "SECRET"
    if form == "PNG":
        save["pnginfo"] = PngImagePlugin.PngInfo()
        save["pnginfo"].add_text("Author", "SECRET")

    content = inspection.examine_image(BytesIO(picture(form, **save))).content

    for trace in (b"SECRET", b"Exif", b"EXIF", b"eXIf", b"ICC", b"iCCP", b"xmp", b"XMP", b"tEXt"):
        assert trace not in content
    assert dict(kept(content).getexif()) == {}


def test_examine_image_turns_the_picture_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    out = BytesIO()
    sideways = Image.new("RGB", (60, 40), "white")
    sideways.paste("black", (0, 0, 30, 40))
    sideways.save(out, "JPEG", exif=exif, quality=95)

    examined = inspection.examine_image(out)

    upright = kept(examined.content).convert("L")
    assert (examined.width, examined.height) == (40, 60)
    assert upright.getpixel((20, 5)) == pytest.approx(0, abs=20)
    assert upright.getpixel((20, 55)) == pytest.approx(255, abs=20)


@pytest.mark.parametrize(
    ("form", "mode", "result"),
    [
        ("PNG", "RGBA", "RGBA"),
        ("PNG", "LA", "RGBA"),
        ("PNG", "P", "RGB"),
        ("PNG", "1", "RGB"),
        ("PNG", "I;16", "RGB"),
        ("WEBP", "RGBA", "RGBA"),
        ("JPEG", "L", "RGB"),
        ("JPEG", "CMYK", "RGB"),
    ],
)
def test_examine_image_keeps_colour_and_transparency_only(form: str, mode: str, result: str) -> None:
    content = inspection.examine_image(BytesIO(picture(form, mode=mode))).content

    assert kept(content).mode == result


def test_examine_image_keeps_the_brightness_of_sixteen_bits() -> None:
    out = BytesIO()
    Image.new("I;16", (4, 4), 32768).save(out, "PNG")

    content = inspection.examine_image(out).content

    assert kept(content).getpixel((1, 1)) == (128, 128, 128)


def test_examine_image_keeps_no_edge_over_the_limit() -> None:
    examined = inspection.examine_image(BytesIO(picture("JPEG", (6000, 1500))))

    assert (examined.width, examined.height) == (4000, 1000)


def test_examine_image_takes_the_first_picture_of_a_phone() -> None:
    out = BytesIO()
    Image.new("RGB", (60, 40), "red").save(
        out, "MPO", save_all=True, append_images=[Image.new("RGB", (60, 40), "blue")]
    )

    examined = inspection.examine_image(out)

    assert examined.mimetype == "image/jpeg"
    assert kept(examined.content).getpixel((9, 9))[0] > 200  # type: ignore[index]


@pytest.mark.parametrize("size", [(40_000, 40_000), (1, 50_000_000), (2**31 - 1, 2**31 - 1)])
def test_examine_image_rejects_too_many_pixels_unread(size: tuple[int, int]) -> None:
    refusal = rejected(png_of_size(*size), Kind.IMAGE)

    assert refusal.reason == "pixels"
    assert "höchstens 40 Millionen" in refusal.message


def test_examine_image_counts_pixels_to_the_last_one() -> None:
    data = picture("PNG", (60, 40))

    assert inspection.examine_image(BytesIO(data), max_pixels=2400).width == 60
    with pytest.raises(Rejected) as caught:
        inspection.examine_image(BytesIO(data), max_pixels=2399)
    assert caught.value.reason == "pixels"


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_examine_image_rejects_a_moving_one(form: str) -> None:
    out = BytesIO()
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "blue")]
    frames[0].save(out, form, save_all=True, append_images=frames[1:])

    refusal = rejected(out.getvalue(), Kind.IMAGE)

    assert refusal.reason == "animated"
    assert "stehende Bilder" in refusal.message


@pytest.mark.parametrize("form", FORMATS)
def test_examine_image_rejects_one_that_was_cut_off(form: str) -> None:
    out = BytesIO()
    Image.effect_noise((200, 200), 90).convert("RGB").save(out, form)
    data = out.getvalue()

    assert rejected(data[: len(data) // 2], Kind.IMAGE).reason == "damaged"


# What it is instead ----------------------------------------------------------------------------------

HTML = b"<!DOCTYPE html><html><body>%PDF-1.7</body></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("data", "name", "cure"),
    [
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "Excel-Tabellen", "Speichern Sie die Tabelle als PDF"),
        (OLE + "Workbook".encode("utf-16-le"), "Excel-Tabellen", "Speichern Sie die Tabelle als PDF"),
        (zipped("[Content_Types].xml", "word/document.xml"), "Word-Dokumente", "Speichern Sie das Dokument als PDF"),
        (OLE + "WordDocument".encode("utf-16-le"), "Word-Dokumente", "Speichern Sie das Dokument als PDF"),
        (OLE, "Office-Dokumente", "Speichern Sie das Dokument als PDF"),
        (zipped("ppt/presentation.xml"), "PowerPoint-Präsentationen", "Speichern Sie die Präsentation als PDF"),
        (
            zipped("content.xml", mimetype=b"application/vnd.oasis.opendocument.text"),
            "LibreOffice-Dokumente",
            "Speichern Sie das Dokument als PDF",
        ),
        (b"{\\rtf1\\ansi Hallo}", "RTF-Dokumente", "Speichern Sie das Dokument als PDF"),
        (zipped("a.pdf"), "Archive", "Entpacken Sie das Archiv"),
        (HTML, "Webseiten", "Speichern Sie die Seite als PDF"),
        (b"\xef\xbb\xbf  <html><script>", "Webseiten", "Speichern Sie die Seite als PDF"),
        (SVG, "SVG-Grafiken", "Speichern Sie das Bild als PDF"),
        (picture("JPEG"), "JPEG-Bilder", "bei den Bildern"),
        (picture("TIFF"), "TIFF-Bilder", "Speichern Sie das Bild als PDF"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "HEIC-Fotos", "Speichern Sie das Bild als PDF"),
        ("Grüße aus Soest".encode(), "Reine Textdateien", "Speichern Sie den Text als PDF"),
        (b"MZ\x90\0" + b"\0" * 400, "Dateien dieser Art", "Laden Sie eine PDF-Datei hoch."),
        (b"\0\xff\xfe\xfd", "Dateien dieser Art", "Laden Sie eine PDF-Datei hoch."),
    ],
)
def test_examine_pdf_says_what_the_file_is_and_what_to_do(data: bytes, name: str, cure: str) -> None:
    refusal = rejected(data, Kind.PDF)

    assert refusal.reason == "type"
    assert refusal.status == 422
    assert refusal.message.startswith(name)
    assert "werden hier nicht angenommen" in refusal.message
    assert cure in refusal.message


@pytest.mark.parametrize(
    ("data", "name", "cure"),
    [
        (pdf(), "PDF-Dateien", "gehören zu den Anlagen"),
        (picture("GIF"), "GIF-Bilder", "als JPEG oder PNG"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "HEIC-Fotos", "als JPEG oder PNG"),
        (SVG, "SVG-Grafiken", "als JPEG oder PNG"),
        (HTML, "Webseiten", "Laden Sie ein Bild als JPEG, PNG oder WebP hoch."),
        (zipped("xl/workbook.xml"), "Excel-Tabellen", "Laden Sie ein Bild als JPEG, PNG oder WebP hoch."),
    ],
)
def test_examine_image_says_what_the_file_is_and_what_to_do(data: bytes, name: str, cure: str) -> None:
    refusal = rejected(data, Kind.IMAGE)

    assert refusal.reason == "type"
    assert refusal.message.startswith(name)
    assert cure in refusal.message


@pytest.mark.parametrize("kind", Kind)
def test_examine_rejects_an_empty_file(kind: Kind) -> None:
    refusal = rejected(b"", kind)

    assert refusal.reason == "empty"
    assert refusal.message.startswith("Die Datei ist leer.")


# Hostile files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Kind)
def test_examine_gives_up_in_time(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "SECONDS", 0.001)

    assert rejected(pdf() if kind == Kind.PDF else picture("PNG"), kind).reason == "damaged"


def test_examine_survives_a_parser_without_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    crashing = tmp_path / "examiner.py"
    crashing.write_text("import os\nos.abort()\n")
    monkeypatch.setattr(inspection, "EXAMINER", crashing)

    assert rejected(pdf(), Kind.PDF).reason == "damaged"


SAMPLES: dict[str, Callable[[], bytes]] = {
    "pdf": lambda: pdf(2),
    "jpeg": lambda: picture("JPEG", exif=Image.Exif()),
    "png": lambda: picture("PNG"),
    "webp": lambda: picture("WEBP"),
}


@pytest.mark.parametrize("sample", SAMPLES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=4)), max_size=6), cut=st.integers(0, 10_000))
def test_examiner_has_an_answer_to_every_mutilated_file(sample: str, edits: list[tuple[int, bytes]], cut: int) -> None:
    data = bytearray(SAMPLES[sample]())
    for position, change in edits:
        at = position % len(data)
        data[at : at + len(change)] = change
    if cut < len(data):
        del data[cut:]

    for kind in Kind:
        told, content = examiner.answer(kind, bytes(data), 10_000_000)
        assert told.keys() in ({"pages"}, {"format", "width", "height"}, {"problem"}, {"problem", "error"})
        if "problem" in told:
            assert (kind, told["problem"]) in inspection.REASONS
            assert content == b""


@settings(max_examples=300, deadline=None)
@given(
    data=st.binary(max_size=200), start=st.sampled_from([b"", b"PK\x03\x04", b"<", b"<?xml", OLE[:8], b"\0\0\0\0ftyp"])
)
def test_recognise_has_an_answer_to_everything(data: bytes, start: bytes) -> None:
    assert isinstance(inspection.recognise(start + data), str)
