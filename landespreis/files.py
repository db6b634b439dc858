"""Private files: how they are stored, named and read, and how they leave the portal; where they lie: `storages`."""

import logging
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, default_storage
from django.db import InterfaceError, OperationalError
from django.db.models.fields.files import FieldFile
from django.http import FileResponse
from django.utils.deconstruct import deconstructible

from landespreis import storages
from landespreis.refusal import Unavailable

log = logging.getLogger(__name__)

NAME_LENGTH = 120
NOT_STORED = (
    "Die Datei konnte nicht gespeichert werden: Der Dateispeicher antwortet gerade nicht oder ist voll. "
    "Alles, was Sie sonst eingetragen haben, ist sicher. Laden Sie die Datei in einigen Minuten noch einmal hoch."
)
NOT_READ = (
    "Die Datei ist gerade nicht abrufbar: Der Dateispeicher antwortet nicht. "
    "Alles andere ist davon nicht betroffen. Versuchen Sie es in einigen Minuten noch einmal."
)
NOT_DELETED = (
    "Die Datei konnte nicht gelöscht werden: Der Dateispeicher antwortet gerade nicht. "
    "Alles andere ist davon nicht betroffen. Versuchen Sie es in einigen Minuten noch einmal."
)


@deconstructible
class PrivateStorage(Storage):
    """The one storage of private files, in the folder or bucket that `settings.FILES_URL` names.

    Files have no address of their own: a view checks who asks and answers with `serve`. Every method raises
    `Unavailable` when folder or bucket fail, and FileNotFoundError when they answer that there is no such file.
    """

    @property
    def backend(self) -> Storage:
        return storages.backend(settings.FILES_URL)

    def _open(self, name: str, mode: str = "rb") -> "File[Any]":
        with storages.asked(NOT_READ):
            file = self.backend.open(name, mode)
            _ = file.file  # an S3 file is fetched on first use; fail here, not in the middle of an answer
            return file

    def _save(self, name: str, content: "File[Any]") -> str:
        with storages.asked(NOT_STORED):
            return self.backend.save(name, content)

    def delete(self, name: str) -> None:
        with storages.asked(NOT_DELETED):
            self.backend.delete(name)

    def exists(self, name: str) -> bool:
        with storages.asked(NOT_READ):
            return self.backend.exists(name)

    def size(self, name: str) -> int:
        with storages.asked(NOT_READ):
            return self.backend.size(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with storages.asked(NOT_READ):
            return self.backend.listdir(path)

    def get_modified_time(self, name: str) -> datetime:
        with storages.asked(NOT_READ):
            return self.backend.get_modified_time(name)

    def url(self, name: str | None) -> str:
        raise NotImplementedError("Private files have no address; answer with files.serve.")


def store(path: str, chunks: Iterable[bytes]) -> str:
    """Keep `chunks` as one private file at or beside `path` and return the path it really has.

    Raises `Unavailable` when the storage fails; nothing is left of the file then.
    """
    with storages.answered(NOT_STORED), tempfile.SpooledTemporaryFile(storages.SPOOL_BYTES) as spool:
        for chunk in chunks:
            spool.write(chunk)
        return default_storage.save(path, File(spool, name=path))


@contextmanager
def kept_with_row(paths: Sequence[str]) -> Iterator[None]:
    """Delete files that were just stored when the block fails that writes their row; `paths` may still grow in it.

    Not where the database broke off or the process is ended: the row may be there all the same, and would lack its
    file. Nobody misses a file without a row, and `landespreis/sweeping.py` removes it.
    """
    try:
        yield
    except (OperationalError, InterfaceError):
        log.warning("left in storage, as their row may be there: %s", ", ".join(paths))
        raise
    except Exception:
        discard(*paths)
        raise


def discard(*paths: str) -> None:
    """Delete files that no row names any more; what the storage does not let go stays behind."""
    for path in paths:
        try:
            default_storage.delete(path)
        except Unavailable:
            log.warning("left behind in storage: %s", path)


def everything_in(folder: str) -> Iterator[storages.Kept]:
    """Yield every file below a top folder, page by page; what comes or goes meanwhile may be among them or not.

    Raises `Unavailable` when the storage fails, at whatever page.
    """
    with storages.asked(NOT_READ):
        backend = storages.backend(settings.FILES_URL)
        if isinstance(backend, storages.FolderStorage):
            yield from backend.everything_in(folder)
        else:
            for entry in backend.bucket.objects.filter(Prefix=f"{folder}/"):  # type: ignore[attr-defined]
                yield storages.Kept(entry.key, entry.last_modified)


def read(file: FieldFile) -> bytes:
    """Return the whole of a private file. Raises `Unavailable` when the storage does not hand it out."""
    try:
        with storages.answered(NOT_READ), file.open("rb") as stream:
            content: bytes = stream.read()
    except FileNotFoundError as error:
        log.error("private file is missing: %s", file.name)
        raise Unavailable(NOT_READ) from error
    return content


def serve(file: FieldFile | IO[bytes], *, name: str, content_type: str) -> FileResponse:
    """Stream a private file as a download that no browser shows, guesses about, runs or keeps.

    The caller has checked that this person may have it. Raises `Unavailable` when the storage does not hand it out.
    """
    if isinstance(file, FieldFile):
        try:
            file.open("rb")
        except FileNotFoundError as error:
            log.error("private file is missing: %s", file.name)
            raise Unavailable(NOT_READ) from error
    response = FileResponse(file, as_attachment=True, filename=clean_name(name), content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"  # the middleware keeps a policy already there
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def clean_name(raw: str) -> str:
    """Return the name under which an uploaded file is shown and downloaded again.

    Without folders, control characters and marks that reverse the reading direction, in NFC, at most 120 characters
    with the extension kept; umlauts and emoji stay. "Datei" when nothing is left.
    """
    last = re.split(r"[/\\]", raw.rstrip("/\\"))[-1]
    kept = "".join(map(_kept, last))
    name = " ".join(unicodedata.normalize("NFC", kept).split()).strip(". ")
    if len(name) > NAME_LENGTH:
        extension = match.group() if (match := re.search(r"\.\w{1,10}$", name)) else ""
        name = name[: NAME_LENGTH - len(extension)].rstrip(". \u200d") + extension
    return name.strip("\u200d") or "Datei"


def _kept(character: str) -> str:
    """Return what a file name keeps of one character."""
    category = unicodedata.category(character)
    if category in {"Zs", "Zl", "Zp"}:
        return " "
    if character == "\u200d":  # joins emoji
        return character
    unsafe = category in {"Cc", "Cf", "Cs", "Co"} or ord(character) & 0xFFFE == 0xFFFE
    return "" if unsafe else character
