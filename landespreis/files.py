"""Private files: where they are kept, how they are named, and how they leave the portal."""

import logging
import os
import re
import tempfile
import time
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import IO, Any
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, ReadTimeoutError
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, default_storage
from django.db import InterfaceError, OperationalError
from django.db.models.fields.files import FieldFile
from django.http import FileResponse
from django.utils.deconstruct import deconstructible
from django.utils.module_loading import import_string
from s3transfer.exceptions import RetriesExceededError

from landespreis.refusal import Unavailable

log = logging.getLogger(__name__)

NAME_LENGTH = 120
SPOOL_BYTES = 1024 * 1024
CONNECT_SECONDS = 3
ATTEMPTS = 2
"""How often a bucket is asked the same."""
SILENT_SECONDS = "10"
"""How long a bucket may be silent, and how long it is left alone then; `timeout` in the address says otherwise."""
IN_ONE_PIECE = 32 * 1024 * 1024
"""Bytes that go to a bucket in one request: more than anybody uploads."""
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


@dataclass(frozen=True)
class Kept:
    """A file that lies in the storage, and since when by the storage's own clock."""

    name: str
    since: datetime


@deconstructible
class PrivateStorage(Storage):
    """The one storage of private files, in the folder or bucket that `settings.FILES_URL` names.

    Files have no address of their own: a view checks who asks and answers with `serve`. Every method raises
    `Unavailable` when folder or bucket fail, and FileNotFoundError when they answer that there is no such file.
    """

    @property
    def backend(self) -> Storage:
        return _backend(settings.FILES_URL)

    def _open(self, name: str, mode: str = "rb") -> "File[Any]":
        with _asked(NOT_READ):
            file = self.backend.open(name, mode)
            _ = file.file  # an S3 file is fetched on first use; fail here, not in the middle of an answer
            return file

    def _save(self, name: str, content: "File[Any]") -> str:
        with _asked(NOT_STORED):
            return self.backend.save(name, content)

    def delete(self, name: str) -> None:
        with _asked(NOT_DELETED):
            self.backend.delete(name)

    def exists(self, name: str) -> bool:
        with _asked(NOT_READ):
            return self.backend.exists(name)

    def size(self, name: str) -> int:
        with _asked(NOT_READ):
            return self.backend.size(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with _asked(NOT_READ):
            return self.backend.listdir(path)

    def get_modified_time(self, name: str) -> datetime:
        with _asked(NOT_READ):
            return self.backend.get_modified_time(name)

    def url(self, name: str | None) -> str:
        raise NotImplementedError("Private files have no address; answer with files.serve.")


class FolderStorage(FileSystemStorage):
    """A folder that only the portal's own user can read; a file is in it whole and on disk, or not at all."""

    def everything_in(self, folder: str) -> Iterator[Kept]:
        """Yield every file below a folder; nothing where there is no such folder."""
        try:
            entries = os.scandir(self.path(folder))
        except FileNotFoundError:
            return
        with entries:
            for entry in entries:
                name = f"{folder}/{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    yield from self.everything_in(name)
                    continue
                with suppress(FileNotFoundError):  # removed meanwhile
                    since = entry.stat(follow_symlinks=False).st_mtime
                    yield Kept(name, datetime.fromtimestamp(since, UTC))

    def _save(self, name: str, content: "File[Any]") -> str:
        path = Path(self.path(name))
        for folder in (*reversed(path.parent.parents), path.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return self._save(self.get_available_name(name), content)
        try:
            with os.fdopen(descriptor, "wb") as out:
                for chunk in content.chunks():
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return name


def store(path: str, chunks: Iterable[bytes]) -> str:
    """Keep `chunks` as one private file at or beside `path` and return the path it really has.

    Raises `Unavailable` when the storage fails; nothing is left of the file then.
    """
    with _answered(NOT_STORED), tempfile.SpooledTemporaryFile(SPOOL_BYTES) as spool:
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


def everything_in(folder: str) -> Iterator[Kept]:
    """Yield every file below a top folder, page by page; what comes or goes meanwhile may be among them or not.

    Raises `Unavailable` when the storage fails, at whatever page.
    """
    with _asked(NOT_READ):
        backend = _backend(settings.FILES_URL)
        if isinstance(backend, FolderStorage):
            yield from backend.everything_in(folder)
        else:
            for entry in backend.bucket.objects.filter(Prefix=f"{folder}/"):  # type: ignore[attr-defined]
                yield Kept(entry.key, entry.last_modified)


def read(file: FieldFile) -> bytes:
    """Return the whole of a private file. Raises `Unavailable` when the storage does not hand it out."""
    try:
        with _answered(NOT_READ), file.open("rb") as stream:
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


class Silence:
    """What a process remembers of a bucket that did not answer: for a while nobody waits for it, then one tries.

    Otherwise every request that wants a file holds a thread for as long as the timeouts allow, and soon nobody could
    hand in either.
    """

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._lock = Lock()
        self._is_silent = False
        self._ask_again = 0.0

    def may_ask(self) -> bool:
        with self._lock:
            now = time.monotonic()
            if self._is_silent and now < self._ask_again:
                return False
            self._ask_again = now + self._pause  # the others wait for what this one finds
            return True

    def note(self, *, silent: bool) -> None:
        """Remember how it was this time."""
        self._is_silent, self._ask_again = silent, time.monotonic() + self._pause


@lru_cache(maxsize=8)
def _silence(address: str) -> Silence:
    return Silence(_seconds(address))


@contextmanager
def _asked(message: str) -> Iterator[None]:
    """One question to the storage, as `_answered`; while that is known to be silent it fails at once."""
    silence = _silence(settings.FILES_URL)
    if not silence.may_ask():
        raise Unavailable(message)
    silent = False
    with _answered(message):
        try:
            yield
        except (ReadTimeoutError, ConnectTimeoutError):
            silent = True
            raise
        finally:
            silence.note(silent=silent)


@contextmanager
def _answered(message: str) -> Iterator[None]:
    """Turn a storage that fails into `Unavailable(message)`."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (OSError, BotoCoreError, ClientError, RetriesExceededError) as error:
        log.error("private files: %s: %s", type(error).__name__, error)
        raise Unavailable(message) from error


@lru_cache(maxsize=8)
def _backend(address: str) -> Storage:
    parts = urlsplit(address)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return FolderStorage(location=unquote(parts.path), base_url=None)
    if parts.scheme == "s3" and parts.hostname and parts.path.strip("/"):
        return _bucket(address)
    raise ImproperlyConfigured(
        "FILES_URL nennt keinen Dateispeicher. Setzen Sie file:///ordner oder s3://SCHLÜSSEL:GEHEIMNIS@host/bucket."
    )


def _bucket(address: str) -> Storage:
    """Return the storage for s3://KEY:SECRET@host[:port]/bucket?region=us-east-1&secure=0&timeout=10.

    `timeout` is how many seconds the bucket may be silent; each question is asked twice at most. An upload is one
    question whether there is such a file and one request that stores it, so nobody holds a thread for a minute.
    """
    parts = urlsplit(address)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    secure = query.get("secure", "1") != "0"
    # boto3 takes most of a second to import: only installations that use it pay for it.
    host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    options: dict[str, Any] = {
        "access_key": unquote(parts.username or ""),
        "secret_key": unquote(parts.password or ""),
        "bucket_name": parts.path.strip("/"),
        "region_name": query.get("region", "us-east-1"),
        "endpoint_url": f"{'https' if secure else 'http'}://{host}",
        "default_acl": None,  # what a bucket does by itself is private; stores without ACLs refuse any other word
        "max_memory_size": SPOOL_BYTES,
        "transfer_config": import_string("boto3.s3.transfer.TransferConfig")(
            multipart_threshold=IN_ONE_PIECE, num_download_attempts=ATTEMPTS, use_threads=False
        ),
        "client_config": Config(
            s3={"addressing_style": "path"},
            signature_version="s3v4",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=_seconds(address),
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    }
    storage: Storage = import_string("storages.backends.s3.S3Storage")(**options)
    return storage


def _seconds(address: str) -> float:
    """Return how many seconds an answer of this storage may take."""
    with suppress(ValueError):
        if (seconds := float(parse_qs(urlsplit(address).query).get("timeout", [SILENT_SECONDS])[-1])) > 0:
            return seconds
    raise ImproperlyConfigured("FILES_URL: timeout ist eine Zahl von Sekunden, zum Beispiel timeout=10.")
