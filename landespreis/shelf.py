"""Static files of this version, laid beside those of earlier ones, for a proxy that serves them all.

A page that somebody opened before an upgrade, or gets from a process that still runs the old version, names the old
files; they must be there until nobody asks for them any more.
"""

import json
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypedDict

KEPT = timedelta(days=30)
"""How long the files of a version stay after another took its place."""
RECORD = "versions.json"
"""File in the folder: which versions lie there, each with when it came and the names of its files."""


class Version(TypedDict):
    came: str
    names: list[str]


def lay(source: Path, folder: Path, *, now: datetime) -> tuple[int, int]:
    """Copy what `folder` does not have yet, take away what was superseded longer than `KEPT` ago; return both counts.

    A file appears whole or not at all. Laying the same version again changes nothing.
    """
    names = sorted(str(path.relative_to(source)) for path in source.rglob("*") if path.is_file())
    folder.mkdir(parents=True, exist_ok=True)
    added = [name for name in names if not (folder / name).exists()]
    for name in added:
        _put(source / name, folder / name)
    versions = _versions(folder)
    if not versions or versions[-1]["names"] != names:
        versions.append({"came": now.isoformat(), "names": names})
    came = [datetime.fromisoformat(version["came"]) for version in versions]
    lasting = [version for version, next_came in zip(versions, [*came[1:], now], strict=True) if now - next_came < KEPT]
    wanted = {name for version in lasting for name in version["names"]}
    gone = {name for version in versions for name in version["names"]} - wanted
    for name in gone:
        (folder / name).unlink(missing_ok=True)
    _write(folder, lasting)
    return len(added), len(gone)


def _versions(folder: Path) -> list[Version]:
    record = folder / RECORD
    found: list[Version] = json.loads(record.read_text(encoding="utf-8")) if record.exists() else []
    return found


def _write(folder: Path, versions: list[Version]) -> None:
    part = folder / f"{RECORD}.part"
    part.write_text(json.dumps(versions), encoding="utf-8")
    part.rename(folder / RECORD)


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    shutil.copyfile(source, part)
    part.rename(target)
