"""A ZIP file being written, with a manifest of what is in it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from types import TracebackType
from typing import IO, Any, NamedTuple, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from landespreis import clock

PACKED = {".pdf", ".jpg", ".jpeg", ".png", ".webp", ".zip", ".xlsx"}
"""Kinds of files that do not become smaller."""


class Part(NamedTuple):
    """A file in a package: its name, size in bytes and SHA-256."""

    name: str
    size: int
    sha256: str


class Package:
    """Writes a ZIP to `target`, file by file; nothing is held in memory but the list of parts.

    As a context manager it ends with `manifest.json`: `facts` and every part with size and SHA-256.
    """

    def __init__(self, target: IO[bytes], **facts: Any) -> None:
        self.zip = ZipFile(target, "w", ZIP_DEFLATED)
        self.facts = facts
        self.parts: list[Part] = []
        self.date = clock.now().astimezone(clock.BERLIN).timetuple()[:6]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._write_manifest()
        self.zip.close()

    def add(self, name: str, content: bytes | str | Iterable[bytes]) -> Part:
        """Write a file called `name` and return what the manifest says of it.

        Raises ValueError for a name that is taken, or that leads out of the folder where somebody unpacks it.
        """
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or any(part.name == name for part in self.parts):
            raise ValueError(f"{name} cannot be added")
        if isinstance(content, str):
            content = content.encode()
        chunks = [content] if isinstance(content, bytes) else content
        digest, size = hashlib.sha256(), 0
        method = ZIP_STORED if path.suffix.lower() in PACKED else ZIP_DEFLATED
        info = ZipInfo(name, self.date)
        info.compress_type = method
        with self.zip.open(info, "w", force_zip64=True) as file:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
        part = Part(name, size, digest.hexdigest())
        self.parts.append(part)
        return part

    def add_json(self, name: str, content: Mapping[str, Any] | list[Any]) -> Part:
        return self.add(name, json.dumps(content, ensure_ascii=False, indent=1, default=str) + "\n")

    def _write_manifest(self) -> None:
        files = [part._asdict() for part in self.parts]
        self.add_json("manifest.json", {**self.facts, "files": files})
