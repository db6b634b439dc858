"""The dossier: what it holds, for whom, that it is valid, and that nothing hidden is in its bytes."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pikepdf import Pdf
from PIL import Image

from jury import dossier, sight
from jury.models import Juror
from submissions import printing
from submissions.models import Attachment, Category, Round, Submission
from tests.jury import decided, factories
from tests.submissions import factories as entries


@pytest.fixture
def category(round: Round) -> Category:
    return round.categories.get(key="krisen")


@pytest.fixture
def three(open_round: Round, panel: list[Juror], scoring: Callable[[], None]) -> list[Submission]:
    """Three admitted entries of one category, the first with a picture and an annex; the first juror cleared all."""
    first = entries.complete(open_round, title="Pegel gemeinsam lesen")
    photo(first)
    entries.attachment(first, name="alarmplan.pdf")
    entries.submit(first)
    Submission.objects.filter(pk=first.pk).update(formal_check="admitted")
    rows = [Submission.objects.get(pk=first.pk)]
    rows += [
        factories.admitted(open_round, title=title) for title in ("Notstrom im Ring", "Warnen in leichter Sprache")
    ]
    scoring()
    factories.clear(panel[0], *rows)
    return rows


def photo(entry: Submission, mode: str = "RGB", **fields: Any) -> Attachment:
    bytes_ = BytesIO()
    Image.new(mode, (2400, 1600), "teal").save(bytes_, "PNG")
    file = entries.attachment(
        entry,
        kind="bild",
        name="mast.png",
        mimetype="image/png",
        alt="Ein Pegelmast am Bach.",
        rights="Stadt",
        **fields,
    )
    file.file.name = default_storage.save(f"einreichungen/{file.pk}.png", ContentFile(bytes_.getvalue()))
    file.save()
    return file


def written(juror: Juror, category: Category, folder: Path, step: Any = lambda done: None) -> bytes:
    seen = sight.of_juror(juror)
    book, _ = dossier.write(seen, category, dossier.content(seen, category), folder, step)
    return book.read_bytes()


def test_write_is_valid_in_both_standards(
    three: list[Submission], panel: list[Juror], category: Category, tmp_path: Path
) -> None:
    content = written(panel[0], category, tmp_path)

    assert decided.failures(content) == []


def test_write_has_bookmarks_per_entry_and_section_and_a_contents_with_their_pages(
    three: list[Submission], panel: list[Juror], category: Category, tmp_path: Path
) -> None:
    content = written(panel[0], category, tmp_path)

    marks = decided.bookmarks(content)
    firsts = {title.split(" ")[0]: page for level, title, page in marks if title.startswith("IKZ")}
    assert [title for level, title, _ in marks if level == 1] == [
        category.name,
        "Inhalt",
        *(f"{entry.label} {entry.submitted_title}" for entry in three),
    ]
    assert "Gewinn der Kooperation" in [title for level, title, _ in marks if level == 2]
    assert linked(content) == [firsts[entry.label] for entry in three]
    assert list(firsts.values()) == sorted(firsts.values())


def linked(content: bytes) -> list[int]:
    """Return the pages to which the contents lead, in their order."""
    with Pdf.open(BytesIO(content)) as book:
        numbers = {sheet.obj.objgen: number for number, sheet in enumerate(book.pages, start=1)}
        links = [note for sheet in book.pages for note in sheet.obj.get("/Annots", []) if "/Dest" in note]
        return [numbers[link.Dest[0].objgen] for link in links]


def test_write_numbers_pages_through_the_book(
    three: list[Submission], panel: list[Juror], category: Category, tmp_path: Path
) -> None:
    content = written(panel[0], category, tmp_path)

    pages = decided.text(content).split("\n")
    assert [f"Seite {number}" in words for number, words in enumerate(pages, start=1)] == [True] * len(pages)


def test_write_reads_in_order_and_keeps_every_table_cell_with_its_own_header(
    three: list[Submission], panel: list[Juror], category: Category, tmp_path: Path
) -> None:
    content = written(panel[0], category, tmp_path)

    with Pdf.open(BytesIO(content)) as book:
        elements = list(_elements(book.Root.StructTreeRoot.K[0]))
        pages = {sheet.obj.objgen: number for number, sheet in enumerate(book.pages)}
        names = [bytes(one.ID) for one in elements if "/ID" in one]
        meant = {bytes(header) for one in elements if "/A" in one for header in one.A.get("/Headers", [])}
        order = [pages[one.Pg.objgen] for one in book.Root.StructTreeRoot.K[0].K if "/Pg" in one]
        keys = [int(key) for key in book.Root.StructTreeRoot.ParentTree.Nums[::2]]
    assert len(names) == len(set(names))
    assert meant <= set(names)
    assert order == sorted(order)
    assert keys == list(range(len(keys)))


def _elements(element: Any) -> Any:
    yield element
    for kid in element.get("/K", []):
        if hasattr(kid, "get") and "/S" in kid:
            yield from _elements(kid)


def test_write_describes_pictures_and_lists_annexes(
    three: list[Submission], panel: list[Juror], category: Category, tmp_path: Path
) -> None:
    content = written(panel[0], category, tmp_path)

    words = decided.text(content)
    with Pdf.open(BytesIO(content)) as book:
        figures = [str(one.Alt) for one in _elements(book.Root.StructTreeRoot.K[0]) if one.S == "/Figure"]
        images = {(int(i.Width), int(i.Height)) for sheet in book.pages for i in sheet.get_images().values()}
    assert figures == ["Ein Pegelmast am Bach."]
    assert images == {(1200, 800)}
    assert "alarmplan.pdf" in words


def test_write_never_tells_contact_data(
    three: list[Submission], panel: list[Juror], category: Category, tmp_path: Path
) -> None:
    content = written(panel[0], category, tmp_path)

    words = decided.text(content)
    assert three[0].submitted_title in words
    assert [
        said for said in (three[0].contact_name, three[0].contact_email, three[0].contact_phone) if said in words
    ] == []


def test_write_leaves_out_what_is_recused_or_not_declared(
    three: list[Submission], panel: list[Juror], category: Category, tmp_path: Path
) -> None:
    mine, theirs, undeclared = three
    factories.recuse(panel[0], theirs)
    factories.clear(panel[1], mine, theirs)
    panel[0].clearances.filter(submission=undeclared).delete()

    content = written(panel[0], category, tmp_path)

    words = decided.text(content)
    assert mine.label in words
    assert [row.label for row in (theirs, undeclared) if row.label in words or row.submitted_title in words] == []
    assert decided.failures(content) == []


def test_write_tells_each_entry_that_is_done(
    three: list[Submission], panel: list[Juror], category: Category, tmp_path: Path
) -> None:
    told: list[int] = []

    written(panel[0], category, tmp_path, told.append)

    assert told == [1, 2, 3]


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "LA", "CMYK"])
def test_picture_becomes_a_small_jpeg_whatever_it_was(three: list[Submission], mode: str) -> None:
    bytes_ = BytesIO()
    Image.new(mode, (1600, 900)).save(bytes_, "TIFF" if mode == "CMYK" else "PNG")
    file = photo(three[0])
    file.file.name = default_storage.save("einreichungen/other.png", ContentFile(bytes_.getvalue()))

    with Image.open(BytesIO(printing.picture(file) or b"")) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (1200, 675))


@pytest.mark.parametrize("content", [b"", b"no picture", None])
def test_picture_that_cannot_be_read_is_none(three: list[Submission], content: bytes | None) -> None:
    file = photo(three[0])
    default_storage.delete(file.file.name)
    if content is not None:
        file.file.name = default_storage.save(file.file.name, ContentFile(content))

    assert printing.picture(file) is None


def test_write_lists_a_picture_it_cannot_show_as_annex(
    three: list[Submission], panel: list[Juror], category: Category, tmp_path: Path
) -> None:
    image = Attachment.objects.get(kind="bild")
    default_storage.delete(image.file.name)

    content = written(panel[0], category, tmp_path)

    assert "mast.png" in decided.text(content)
    assert decided.failures(content) == []


def test_key_changes_with_what_is_held(three: list[Submission], panel: list[Juror], category: Category) -> None:
    before = dossier.content(sight.of_juror(panel[0]), category)
    factories.recuse(panel[0], three[1])
    after = dossier.content(sight.of_juror(panel[0]), category)

    assert list(before) == [row.pk for row in three]
    assert list(after) == [three[0].pk, three[2].pk]
    assert dossier.key(before) != dossier.key(after)
