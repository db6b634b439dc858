"""Static files of several versions in one folder: what is copied, what stays, what goes."""

from datetime import datetime, timedelta
from pathlib import Path

from landespreis import shelf
from landespreis.clock import BERLIN

NOW = datetime(2026, 2, 4, 12, tzinfo=BERLIN)


def version(tmp_path: Path, name: str, **files: str) -> Path:
    folder = tmp_path / name / "static"
    (folder / "css").mkdir(parents=True)
    for file, content in files.items():
        (folder / "css" / f"{file}.css").write_text(content)
    return folder


def shown(folder: Path) -> dict[str, str]:
    return {path.stem: path.read_text() for path in folder.rglob("*.css")}


def test_lay_copies_beside_what_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "shelf"

    first = shelf.lay(version(tmp_path, "one", same="1", old="2"), folder, now=NOW)
    second = shelf.lay(version(tmp_path, "two", same="1", new="3"), folder, now=NOW + timedelta(days=400))

    assert (first, second) == ((2, 0), (1, 0))
    assert shown(folder) == {"same": "1", "old": "2", "new": "3"}


def test_lay_again_changes_nothing(tmp_path: Path) -> None:
    folder, source = tmp_path / "shelf", version(tmp_path, "one", same="1")
    shelf.lay(source, folder, now=NOW)
    before = (folder / shelf.RECORD).read_text()

    again = shelf.lay(source, folder, now=NOW + timedelta(days=1))

    assert again == (0, 0)
    assert (folder / shelf.RECORD).read_text() == before


def test_lay_takes_away_what_was_superseded_long_ago(tmp_path: Path) -> None:
    folder, two = tmp_path / "shelf", version(tmp_path, "two", same="1", new="3")
    shelf.lay(version(tmp_path, "one", same="1", old="2"), folder, now=NOW)
    shelf.lay(two, folder, now=NOW + timedelta(days=100))

    kept = shelf.lay(two, folder, now=NOW + timedelta(days=100) + shelf.KEPT - timedelta(seconds=1))
    dropped = shelf.lay(two, folder, now=NOW + timedelta(days=100) + shelf.KEPT)

    assert (kept, dropped) == ((0, 0), (0, 1))
    assert shown(folder) == {"same": "1", "new": "3"}


def test_lay_brings_back_a_version_that_was_gone(tmp_path: Path) -> None:
    folder, one = tmp_path / "shelf", version(tmp_path, "one", old="2")
    shelf.lay(one, folder, now=NOW)
    shelf.lay(version(tmp_path, "two", new="3"), folder, now=NOW)

    shelf.lay(one, folder, now=NOW + shelf.KEPT * 2)

    assert shown(folder) == {"old": "2", "new": "3"}
