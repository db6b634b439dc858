"""What the portal keeps of an entry: its copy in the directory, which is public. The rest has periods of its own."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from landespreis.records.parts import Document, Kind, Lot

KINDS: Sequence[Kind] = ()
KEPT: Mapping[str, str] = {
    "portal.Project.submission": "das Projekt im Verzeichnis ist eine eigene, veröffentlichte Fassung",
}


def lots(kind: str, subject: str, before: datetime) -> Sequence[Lot]:
    return []


def documents(kind: str, subject: str) -> Iterator[Document]:
    yield from ()


def shared(kind: str, scope: str) -> Iterator[Document]:
    yield from ()


def figures(kind: str, subjects: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    return {}
