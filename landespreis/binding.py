"""Binds tagged PDFs to one book that is as accessible as its parts: tags, bookmarks, links to pages."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from io import BytesIO
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

from pikepdf import Array, Dictionary, Name, ObjectStreamMode, OutlineItem, Pdf, Stream, String

PAGE = "seite:"
"""A link to «seite:12» in a part leads to page 12 of the book."""
MARK = b"\r\nendstream"


def bind(parts: Sequence[Path], book: Path) -> int:
    """Write the PDFs of `landespreis.pdf` one after the other into the file `book` and return its number of pages.

    Parts stay on disk, so memory holds their structure but not their content. Title, language, colours and metadata
    are those of the first. PDF tools that only append pages leave the tags behind; here the trees become one: its
    numbers (page and annotation to tag) are counted on, names of table cells get the part's number, and the children of
    each part's document become children of the book's.
    """
    with ExitStack() as stack:
        whole = stack.enter_context(Pdf.open(parts[0]))
        marks = _bookmarks(whole, 0)
        for place, part in enumerate(parts[1:], start=1):
            marks += _append(whole, stack.enter_context(Pdf.open(part)), place)
        _point(whole)
        with whole.open_outline() as outline:
            outline.root[:] = marks
        pages = len(whole.pages)
        save(whole, book)
    return pages


def save(document: Pdf, target: Path | BytesIO) -> None:
    """Write a PDF whose streams are compressed already, so that every one ends where its length says.

    Between data and `endstream` stands a line feed. Where the data end with a carriage return, both together read as
    one line end, and the stream as a byte too long: PDF/A forbids it, and one in 256 streams has it by chance. Such a
    stream is stored as it is; the same may happen to the lists of objects that are compressed last.
    """
    for one in document.objects:
        if isinstance(one, Stream) and one.read_raw_bytes().endswith(b"\r"):
            content = one.read_bytes()
            one.write(content + b" " if content.endswith(b"\r") else content)
    for mode in (ObjectStreamMode.generate, ObjectStreamMode.disable):
        document.save(target, compress_streams=False, object_stream_mode=mode, deterministic_id=True)
        if not ambiguous(target):
            return
        if isinstance(target, BytesIO):
            target.seek(0)
            target.truncate()


def ambiguous(target: Path | BytesIO) -> bool:
    """Whether a stream of a PDF ends with a carriage return before its line feed."""
    if isinstance(target, BytesIO):
        return MARK in target.getvalue()
    with target.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        return content.find(MARK) >= 0


def _append(whole: Pdf, part: Pdf, place: int) -> list[OutlineItem]:
    tree = whole.Root.StructTreeRoot
    document, numbers = tree.K[0], tree.ParentTree.Nums
    offset = int(numbers[-2]) + 1 if len(numbers) else 0
    for page in part.pages:
        page.obj.StructParents = int(page.obj.StructParents) + offset
        for annotation in page.obj.get("/Annots", []):
            annotation.StructParent = int(annotation.StructParent) + offset
    for element in _elements(part.Root.StructTreeRoot.K[0]):
        _rename(element, place)
    first = len(whole.pages)
    marks = _bookmarks(part, first)
    whole.pages.extend(part.pages)  # before the tree: what it says of pages then means the copies
    copy = whole.copy_foreign(part.Root.StructTreeRoot)
    for child in copy.K[0].K:
        child.P = document
        document.K.append(child)
    for key, value in zip(copy.ParentTree.Nums[::2], copy.ParentTree.Nums[1::2], strict=True):
        numbers.append(int(key) + offset)
        numbers.append(value)
    return marks


def _elements(element: Any) -> Iterator[Any]:
    """Yield an element of the structure and all below it."""
    waiting = [element]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Dictionary) and "/S" in one:
            yield one
            waiting.extend(one.get("/K", []))


def _rename(element: Any, place: int) -> None:
    """Make the names by which table cells know their headers differ from those of other parts."""
    if "/ID" in element:
        element.ID = String(f"{place}.{element.ID}")
    attributes = element.get("/A")
    if attributes is not None and "/Headers" in attributes:
        attributes.Headers = Array([String(f"{place}.{header}") for header in attributes.Headers])


def _bookmarks(part: Pdf, first: int) -> list[OutlineItem]:
    """Return the bookmarks of a part whose pages begin at `first` in the book."""
    pages = {page.obj.objgen: number for number, page in enumerate(part.pages)}

    def moved(item: OutlineItem) -> OutlineItem:
        target = item.destination
        assert isinstance(target, Array)
        left, top = float(target[2]), float(target[3])
        fresh = OutlineItem(item.title, first + pages[target[0].objgen], "XYZ", left=left, top=top)
        fresh.is_closed = True
        fresh.children.extend(moved(child) for child in item.children)
        return fresh

    with part.open_outline() as outline:
        return [moved(item) for item in outline.root]


def _point(whole: Pdf) -> None:
    """Let links to «seite:12» lead there."""
    for page in whole.pages:
        for annotation in page.obj.get("/Annots", []):
            address = str(annotation.A.get("/URI", "")) if "/A" in annotation else ""
            if address.startswith(PAGE):
                target = whole.pages[int(address.removeprefix(PAGE)) - 1]
                del annotation["/A"]
                annotation.Dest = Array([target.obj, Name.Fit])
