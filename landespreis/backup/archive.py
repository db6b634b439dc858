"""The archive of a backup: files first, then the database, at last a manifest with the size and hash of each part.

A file never changes once it is stored, it is only added or removed. So those that rows name are copied before the
snapshot of the database is taken, and what has come since then afterwards. One that was removed in between is looked
for in a new snapshot, which does not name it any more.
"""

import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from landespreis import belonging
from landespreis.backup import databases

FORMAT = 1
CHUNK = 1024 * 1024
DATABASE, FILES, MANIFEST = "database", "files/", "manifest.json"
SNAPSHOTS = 3
"""So many are taken at most while files vanish under the copy."""


class Damaged(Exception):
    """The archive is not what its manifest says, or no backup of ours."""


@dataclass
class Manifest:
    """What an archive holds. `missing` are files that rows name and the storage does not have."""

    made_at: str = ""
    vendor: str = ""
    format: int = FORMAT
    migrations: list[str] = field(default_factory=list)
    parts: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Name → size in bytes and SHA-256."""
    missing: list[str] = field(default_factory=list)

    @property
    def files(self) -> list[str]:
        return [name.removeprefix(FILES) for name in self.parts if name.startswith(FILES)]


def write(out: IO[bytes]) -> Manifest:
    """Write a backup of now to `out`, which needs no seeking. Raises DatabaseFailed, Unavailable (storage)."""
    manifest = Manifest(timezone.now().isoformat(), connection.vendor)
    with tempfile.TemporaryDirectory() as folder, tarfile.open(fileobj=out, mode="w|") as tar:
        dump = Path(folder) / DATABASE
        _copy(tar, manifest, set(belonging.names()))
        applied: Collection[tuple[str, str]] = ()
        for _ in range(SNAPSHOTS):
            dump.unlink(missing_ok=True)
            with databases.snapshot(dump):
                named = set(belonging.names())
                applied = MigrationRecorder(connection).applied_migrations()
            manifest.missing = _copy(tar, manifest, named)
            if not manifest.missing:
                break
        manifest.migrations = sorted(f"{app}.{name}" for app, name in applied)
        with dump.open("rb") as file:
            _add(tar, manifest, DATABASE, file, dump.stat().st_size)
        content = json.dumps(asdict(manifest), indent=1, ensure_ascii=False).encode()
        tar.addfile(_entry(MANIFEST, len(content)), io.BytesIO(content))
    return manifest


def unpack(source: IO[bytes], folder: Path) -> Manifest:
    """Unpack an archive into `folder` and compare every part with the manifest. Raises Damaged."""
    found: dict[str, tuple[int, str]] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(fileobj=source, mode="r|") as tar:
            for entry in tar:
                file = tar.extractfile(entry)
                if file is None or not _is_part(entry.name):
                    raise Damaged(f"{entry.name} gehört in keine Sicherung.")
                if entry.name == MANIFEST:
                    manifest = _manifest(file.read())
                else:
                    found[entry.name] = _unpack_part(file, folder / entry.name)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Damaged(f"Die Sicherung lässt sich nicht lesen: {error}") from error
    if manifest is None:
        raise Damaged("Der Sicherung fehlt ihr Verzeichnis: Sie wurde nicht zu Ende geschrieben.")
    wrong = [name for name in manifest.parts.keys() | found.keys() if manifest.parts.get(name) != found.get(name)]
    if wrong:
        raise Damaged(f"{len(wrong)} Teile stimmen nicht mit dem Verzeichnis überein, zum Beispiel {min(wrong)}.")
    return manifest


def put_back(manifest: Manifest, folder: Path) -> None:
    """Store the files of an unpacked archive under their own names. Raises Unavailable, Damaged."""
    for name in manifest.files:
        if default_storage.exists(name):
            default_storage.delete(name)
        with (folder / FILES / name).open("rb") as file:
            kept = default_storage.save(name, file)
        if kept != name:
            raise Damaged(f"{name} ließ sich nur als {kept} ablegen.")


def differences(manifest: Manifest) -> list[str]:
    """Return the files of the manifest that the storage does not have as they were, read from it once more."""
    wrong = []
    for name in manifest.files:
        try:
            with closing(default_storage.open(name)) as file:
                same = _digest(_chunks(file)) == tuple(manifest.parts[FILES + name])
        except FileNotFoundError:
            same = False
        if not same:
            wrong.append(name)
    return wrong


def _copy(tar: tarfile.TarFile, manifest: Manifest, names: set[str]) -> list[str]:
    """Add the files that are not in the archive yet; return those that the storage does not have."""
    missing = []
    for name in sorted(names.difference(manifest.files)):
        try:
            with closing(default_storage.open(name)) as file:
                _add(tar, manifest, FILES + name, file, file.size)
        except FileNotFoundError:
            missing.append(name)
    return missing


def _add(tar: tarfile.TarFile, manifest: Manifest, name: str, file: Any, size: int) -> None:
    reader = _Hashing(file)
    tar.addfile(_entry(name, size), reader)  # type: ignore[arg-type]
    manifest.parts[name] = (reader.size, reader.sha256.hexdigest())


class _Hashing:
    """A file that hashes what is read from it."""

    def __init__(self, file: Any) -> None:
        self.file, self.size, self.sha256 = file, 0, hashlib.sha256()

    def read(self, size: int) -> bytes:
        chunk: bytes = self.file.read(size)
        self.size += len(chunk)
        self.sha256.update(chunk)
        return chunk


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(timezone.now().timestamp())
    return entry


def _is_part(name: str) -> bool:
    path = PurePosixPath(name)
    inside = not path.is_absolute() and ".." not in path.parts
    return inside and (name in {DATABASE, MANIFEST} or name.startswith(FILES))


def _manifest(content: bytes) -> Manifest:
    try:
        manifest = Manifest(**json.loads(content))
        manifest.parts = {name: (int(size), str(sha256)) for name, (size, sha256) in manifest.parts.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise Damaged("Das Verzeichnis der Sicherung ist unlesbar.") from error
    if manifest.format != FORMAT:
        raise Damaged(f"Diese Sicherung hat das Format {manifest.format}; gelesen wird {FORMAT}.")
    return manifest


def _unpack_part(file: IO[bytes], target: Path) -> tuple[int, str]:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as out:
        return _digest(_written(chunk, out) for chunk in _chunks(file))


def _written(chunk: bytes, out: IO[bytes]) -> bytes:
    out.write(chunk)
    return chunk


def _chunks(file: Any) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _digest(chunks: Iterator[bytes]) -> tuple[int, str]:
    size, sha256 = 0, hashlib.sha256()
    for chunk in chunks:
        size += len(chunk)
        sha256.update(chunk)
    return size, sha256.hexdigest()
