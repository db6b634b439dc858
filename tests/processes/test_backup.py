"""The drill: a backup taken while people hand in entries brings everything back that there was at its moment."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest

from rehearsal.machines import Process, wait
from tests.processes.portal import Portal

pytestmark = [pytest.mark.processes, pytest.mark.both]

VERSIONS = "SELECT id, sha256, canonical FROM submissions_version ORDER BY id"
FILES = "SELECT file, sha256 FROM submissions_attachment"
RECEIPTS = "SELECT file FROM submissions_receipt WHERE file <> ''"
MAILED = "SELECT file FROM post_office_attachment"


def finished(process: Process) -> str:
    """Wait until a command has ended well and return what it said."""
    wait(lambda: not process.runs(), "the command ends")
    said = process.log.read_text()
    assert process.popen.returncode == 0, said
    return said


def versions(portal: Portal) -> dict[int, tuple[str, str]]:
    return {pk: (sha256, canonical) for pk, sha256, canonical in portal.rows(VERSIONS)}


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_restore_brings_back_what_a_backup_under_load_held(portal: Portal, tmp_path: Path) -> None:
    archive, stop, folder = tmp_path / "sicherung.tar", tmp_path / "stop", portal.var / "files"
    portal.env["CLAIM_SECONDS"] = "5"  # what a worker had begun at the moment of the backup is free again after that
    portal.start("worker")
    portal.start("beat")
    load = portal.manage("shell", "-c", f"from tests.processes.fill import load; load({str(stop)!r})")
    wait(lambda: len(versions(portal)) >= 5 and portal.rows(RECEIPTS), "entries and receipts come")

    before = versions(portal)
    said = finished(portal.manage("backup", str(archive)))
    held = versions(portal)
    wait(lambda: len(versions(portal)) > len(held), "people go on")
    stop.touch()
    finished(load)
    after, kept = versions(portal), contents(folder)
    destroy(portal, folder)
    finished(portal.manage("restore", str(archive)))

    restored = versions(portal)
    assert len(restored) < len(after)
    assert before.items() <= restored.items() <= held.items() <= after.items()
    assert all(sha256 == digest(canonical.encode()) for sha256, canonical in restored.values())
    named = {name for sql in (FILES, RECEIPTS, MAILED) for name, *_ in portal.rows(sql)}
    assert named == set(contents(folder))
    assert {name: kept[name] for name in named} == contents(folder)
    assert all(digest(contents(folder)[name]) == sha256 for name, sha256 in portal.rows(FILES))
    assert f"{len(named)} Dateien" in said
    portal.start("worker")
    portal.start("beat")
    wait(portal.settled, "what was owed at the moment of the backup is done")
    assert len(portal.rows(RECEIPTS)) == len(restored)


def destroy(portal: Portal, folder: Path) -> None:
    for process in portal.processes:
        process.kill()
    shutil.rmtree(folder)
    portal.store.drop(portal.name)
    portal.store.create(portal.name)


def contents(folder: Path) -> dict[str, Any]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
