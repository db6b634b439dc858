"""Where private files lie: the folder or bucket that FILES_URL names, and how long a silent one is left alone."""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, ReadTimeoutError
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage
from django.utils.module_loading import import_string
from s3transfer.exceptions import RetriesExceededError

from landespreis.refusal import Unavailable

log = logging.getLogger(__name__)

SPOOL_BYTES = 1024 * 1024
CONNECT_SECONDS = 3
ATTEMPTS = 2
"""How often a bucket is asked the same."""
SILENT_SECONDS = "10"
"""How long a bucket may be silent, and how long it is left alone then; `timeout` in the address says otherwise."""
IN_ONE_PIECE = 32 * 1024 * 1024
"""Bytes that go to a bucket in one request: more than anybody uploads."""


@dataclass(frozen=True)
class Kept:
    """A file that lies in the storage, and since when by the storage's own clock."""

    name: str
    since: datetime


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
def asked(message: str) -> Iterator[None]:
    """One question to the storage, as `answered`; while that is known to be silent it fails at once."""
    silence = _silence(settings.FILES_URL)
    if not silence.may_ask():
        raise Unavailable(message)
    silent = False
    with answered(message):
        try:
            yield
        except (ReadTimeoutError, ConnectTimeoutError):
            silent = True
            raise
        finally:
            silence.note(silent=silent)


@contextmanager
def answered(message: str) -> Iterator[None]:
    """Turn a storage that fails into `Unavailable(message)`."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (OSError, BotoCoreError, ClientError, RetriesExceededError) as error:
        log.error("private files: %s: %s", type(error).__name__, error)
        raise Unavailable(message) from error


@lru_cache(maxsize=8)
def backend(address: str) -> Storage:
    """Return the storage that FILES_URL names; raises ImproperlyConfigured where it names none."""
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
