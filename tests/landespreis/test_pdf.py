"""The PDF ground: both standards at once, embedded fonts, honest replacement, assets from disk only."""

import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import page
import pytest
from pikepdf import Dictionary, Name, Pdf

from landespreis import pdf

MOMENT = datetime(2026, 2, 3, 15, 8, 27, tzinfo=UTC)
FILE = pdf.Attached("punkte.csv", b"a;b\n1;2\n", "text/csv", "Zahlen", "Data")


def write(body: str = "<h1>Bericht</h1><p>Text</p>", **options: Any) -> bytes:
    options = {"stylesheet": "css/receipt.css", "title": "Bericht", "created": MOMENT, **options}
    return pdf.write(f'<html lang="de"><body data-footer="Bericht">{body}</body></html>', **options)


def failures(content: bytes) -> list[str]:
    reports = [page.validate_pdf_bytes(content, profile=profile) for profile in ("ua1", "3a")]
    return [f"{failure.rule_id}: {failure.message}" for report in reports for failure in report.failures]


def metadata(content: bytes) -> str:
    with Pdf.open(BytesIO(content)) as document:
        return bytes(document.Root.Metadata.read_bytes()).decode()


@pytest.mark.parametrize("attachments", [[], [FILE], [FILE, pdf.Attached("b.json", b"{}", "application/json", "")]])
def test_write_is_valid_pdf_ua_1_and_pdf_a_3a(attachments: list[pdf.Attached]) -> None:
    content = write(attachments=attachments)

    assert failures(content) == []
    assert 'pdfuaid:part="1"' in metadata(content)
    assert 'pdfaid:part="3" pdfaid:conformance="A"' in metadata(content)


def test_write_leaves_the_metadata_readable_without_decompression() -> None:
    content = write()

    assert b'pdfuaid:part="1"' in content


@pytest.mark.parametrize(
    "text",
    [
        "🌻 👨‍👩‍👧‍👦 🇩🇪 🤷🏽‍♀️",
        "日本語 עברית عربي हिन्दी",
        "Проверка Δοκιμή Žďár Łódź Ĳ C̀ ẞ",
        "\x00\x07\x1b\x7f\x85\u2028\u202egpj.exe\ufeff\ufffe\ue000",
        "Z̸̢̛̘͎a̷̟̐l̴̰͝g̵̈́͜o̶͇̊",
    ],
    ids=["emoji", "scripts", "european", "controls", "stacked"],
)
def test_write_stays_valid_with_text_the_fonts_may_lack(text: str) -> None:
    content = write(f"<h1>{text}</h1><p><code>{text}</code></p>", title=text)

    assert failures(content) == []


def test_write_embeds_fira_and_nothing_from_the_machine() -> None:
    content = write("<h1>Fira</h1><p>Text <code>a03e</code> 🌻 ✓ 日本 \u1e17 Ж</p>")

    with Pdf.open(BytesIO(content)) as document:
        fonts = {str(font.BaseFont)[8:] for font in document.objects if _is_font(font)}
    assert fonts == {"Fira-Sans", "Fira-Sans-Semi-Bold", "Fira-Mono", "Noto-Sans"}


def _is_font(value: object) -> bool:
    return isinstance(value, Dictionary) and value.get("/Type") == Name.Font and "/DescendantFonts" in value


def test_write_encloses_attachments_once_with_type_and_relationship() -> None:
    content = write(attachments=[FILE])

    with Pdf.open(BytesIO(content)) as document:
        (attached,) = document.Root.AF
        stored = document.attachments["punkte.csv"].get_file()
        assert attached.AFRelationship == Name.Data
        assert str(attached.Desc) == "Zahlen"
        assert stored.mime_type == "text/csv"
        assert stored.read_bytes() == FILE.content


def test_write_gives_the_same_bytes_for_the_same_input() -> None:
    first = write(attachments=[FILE])

    assert write(attachments=[FILE]) == first


def test_write_names_title_and_date() -> None:
    content = write(title="Müller & Söhne <1>")

    with Pdf.open(BytesIO(content)) as document:
        assert str(document.docinfo.Title) == "Müller & Söhne <1>"
        assert str(document.docinfo.CreationDate) == "D:20260203160827+01'00"
        assert document.Root.ViewerPreferences.DisplayDocTitle


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/static/img/receipt-mark.svg",
        "file:///etc/hostname",
        "file:///static/%2e%2e/manage.py",
        "data:image/svg+xml,%3Csvg/%3E",
        "img/not-there.png",
    ],
)
def test_write_refuses_assets_that_are_no_static_file(url: str) -> None:
    with pytest.raises(pdf.MissingAsset):
        write(f'<p><img src="{url}" alt="Bild"></p>')


def test_write_refuses_a_missing_stylesheet() -> None:
    with pytest.raises(pdf.MissingAsset):
        write(stylesheet="css/not-there.css")


def test_write_finds_assets_where_only_collected_files_are(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "only-collected.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')

    assert failures(write('<p><img src="/static/only-collected.svg" alt="Bild"></p>')) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Größe 5 €, „so“ – ja", "Größe 5 €, „so“ – ja"),
        ("u\u0308ber", "über"),
        ("Проверка Δοκιμή", "Проверка Δοκιμή"),
        ("a\u00adb\u200bc\u00a0d\n\te", "a\u00adb\u200bc\u00a0d\n\te"),
        ("🌻 ✓", "▯ ▯"),
        ("👨‍👩‍👧‍👦", "▯"),
        ("🤷🏽‍♀️!", "▯!"),
        ("🇩🇪🇳🇱", "▯▯"),
        ("日本", "▯▯"),
        ("\u202egpj.exe", "▯gpj.exe"),
        ("a\x00b\x07c\ud800d", "a▯b▯c▯d"),
        ("\ufeffa\u200db\ufe0f", "ab"),
    ],
)
def test_printable_keeps_what_the_fonts_have_and_marks_the_rest(text: str, expected: str) -> None:
    assert pdf.printable(text) == expected


def test_printable_keeps_every_latin_letter_of_din_91379() -> None:
    blocks = [(0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x17F), (0x1E00, 0x1EFF), (0x218, 0x21B), (0x1CD, 0x1DC)]
    letters = "".join(chr(code) for first, last in blocks for code in range(first, last + 1))
    combined = "A̋ C̀ C̄ C̆ C̈ C̕ C̣ C̦ C̨̆ D̂ F̀ G̀ H̦ J́ K̀ L̂ M̀ N̂ P̀ R̆ S̀ T̀ Z̀ a̋ c̀ d̂ f̀ g̀ h̦ k̀ l̂ m̀ n̂ p̀ r̆ s̀ t̀ z̀"

    assert pdf.MARK not in pdf.printable(letters + combined)


def test_printable_is_decided_by_faces_that_the_stylesheet_loads(settings: Any) -> None:
    sheet = (settings.BASE_DIR / "static" / "css" / "pdf.css").read_text()

    loaded = re.findall(r'url\("\.\./([^"]+)"\)', sheet)

    assert set(pdf.TEXT_FONTS) <= set(loaded)


@pytest.mark.parametrize("name", ["pdf.css", "receipt.css"])
def test_stylesheets_give_font_features_to_fonts_only(name: str, settings: Any) -> None:
    """Elsewhere each piece of text with such a feature costs memory that WeasyPrint 70 never gives back."""
    sheet = (settings.BASE_DIR / "static" / "css" / name).read_text()

    outside = re.sub(r"/\*.*?\*/|@font-face \{[^}]*\}|font-variant-numeric: normal", "", sheet, flags=re.DOTALL)

    assert not re.search(r"font-(variant|feature|kerning)", outside)
