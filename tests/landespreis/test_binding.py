"""Binding tagged PDFs: one tree, one list of bookmarks, links to pages, and streams that end where they say."""

import zlib
from datetime import UTC, datetime
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import page
import pytest
from pikepdf import Dictionary, Name, Pdf, Stream

from landespreis import binding, pdf

MOMENT = datetime(2026, 2, 3, 15, 8, 27, tzinfo=UTC)
TABLE = '<table><thead><tr><th scope="col">Ort</th></tr></thead><tbody><tr><td>Soest</td></tr></tbody></table>'


def part(folder: Path, name: str, body: str) -> Path:
    html = f'<html lang="de"><body data-footer="{name}">{body}</body></html>'
    file = folder / f"{name}.pdf"
    file.write_bytes(pdf.write(html, stylesheet="css/papers.css", title=name, created=MOMENT))
    return file


@pytest.fixture
def book(tmp_path: Path) -> bytes:
    """Three parts of one, two and one pages, each with a heading, a table and a link."""
    parts = [
        part(tmp_path, "vorn", f'<h1>Buch</h1><p><a href="seite:2">eins</a> <a href="seite:4">zwei</a></p>{TABLE}'),
        part(tmp_path, "eins", f'<h2>Eins</h2>{TABLE}<h3 style="break-before: page">Unten</h3>'),
        part(tmp_path, "zwei", f'<h2>Zwei</h2><p><a href="https://portal.example/">Portal</a></p>{TABLE}'),
    ]
    target = tmp_path / "buch.pdf"
    assert binding.bind(parts, target) == 4
    return target.read_bytes()


def structure(element: Any) -> Any:
    yield element
    for kid in element.get("/K", []):
        if hasattr(kid, "get") and "/S" in kid:
            yield from structure(kid)


def test_bind_is_valid_in_both_standards(book: bytes) -> None:
    reports = [page.validate_pdf_bytes(book, profile=profile) for profile in ("ua1", "3a")]

    assert [failure.message for report in reports for failure in report.failures] == []


def test_bind_hangs_everything_below_one_document_that_points_back(book: bytes) -> None:
    with Pdf.open(BytesIO(book)) as document:
        root = document.Root.StructTreeRoot.K[0]
        heads = [str(one.S) for one in structure(root) if str(one.S).startswith("/H")]

        assert heads == ["/H1", "/H2", "/H3", "/H2"]
        assert {one.P.objgen for one in root.K} == {root.objgen}


def test_bind_lets_every_page_and_annotation_find_its_tags(book: bytes) -> None:
    with Pdf.open(BytesIO(book)) as document:
        numbers = document.Root.StructTreeRoot.ParentTree.Nums
        tree = {int(key): value for key, value in zip(numbers[::2], numbers[1::2], strict=True)}

        for sheet in document.pages:
            assert {element.Pg.objgen for element in tree[int(sheet.StructParents)]} == {sheet.obj.objgen}
            for note in sheet.obj.get("/Annots", []):
                (reference,) = [kid for kid in tree[int(note.StructParent)].K if isinstance(kid, Dictionary)]
                assert reference.Obj.objgen == note.objgen
        assert len(tree) == len(numbers) // 2


def test_bind_keeps_header_cells_of_parts_apart_that_are_built_alike(tmp_path: Path) -> None:
    parts = [part(tmp_path, name, f"<h1>{name}</h1>{TABLE}") for name in ("eins", "zwei", "drei")]

    binding.bind(parts, tmp_path / "buch.pdf")

    with Pdf.open(tmp_path / "buch.pdf") as document:
        elements = list(structure(document.Root.StructTreeRoot.K[0]))
        names = [bytes(one.ID) for one in elements if "/ID" in one]
        meant = [bytes(one.A.Headers[0]) for one in elements if "/A" in one and "/Headers" in one.A]
    assert len(set(names)) == 3
    assert meant == names


def test_bind_leads_links_to_pages_and_leaves_others(book: bytes) -> None:
    with Pdf.open(BytesIO(book)) as document:
        places = {sheet.obj.objgen: number for number, sheet in enumerate(document.pages, start=1)}
        notes = [note for sheet in document.pages for note in sheet.obj.get("/Annots", [])]

        assert [places[note.Dest[0].objgen] for note in notes if "/Dest" in note] == [2, 4]
        assert [str(note.A.URI) for note in notes if "/A" in note] == ["https://portal.example/"]


def test_bind_gives_the_same_bytes_again(tmp_path: Path) -> None:
    parts = [part(tmp_path, "a", "<h1>A</h1>"), part(tmp_path, "b", "<h2>B</h2>")]
    twice = [tmp_path / "1.pdf", tmp_path / "2.pdf"]

    for target in twice:
        binding.bind(parts, target)

    assert twice[0].read_bytes() == twice[1].read_bytes()


def unlucky() -> bytes:
    """Return text whose compressed form ends with a carriage return."""
    texts = (f"Text {number}".encode() for number in count())
    return next(text for text in texts if zlib.compress(text).endswith(b"\r"))


def test_save_parts_a_carriage_return_from_the_end_of_its_stream(tmp_path: Path) -> None:
    document, content = Pdf.new(), unlucky()
    document.add_blank_page()
    document.Root.Probe = Stream(document, zlib.compress(content), Filter=Name.FlateDecode)
    plain = BytesIO()
    document.save(plain, compress_streams=False)
    assert binding.ambiguous(plain)

    assert not binding.ambiguous(BytesIO(pdf._clear(plain.getvalue())))
    for target in (BytesIO(), tmp_path / "probe.pdf"):
        binding.save(document, target)

        assert not binding.ambiguous(target)
        with Pdf.open(target) as saved:
            assert saved.Root.Probe.read_bytes() == content
