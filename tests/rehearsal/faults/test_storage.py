"""Storage that is gone, full, slow or silent: a folder, a process, a bucket."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import default_storage

from landespreis import files
from landespreis.refusal import Unavailable
from rehearsal.faults import storage
from rehearsal.installation import S3, Installation, plan
from rehearsal.machines import Process, wait
from rehearsal.stage import Stage

CHANCE = Random(1)


class Pick(Random):
    """Chooses what it is told to."""

    def __init__(self, number: int) -> None:
        super().__init__(1)
        self.number = number

    def choice(self, among: Any) -> Any:
        return among[self.number]


@pytest.fixture
def bucket(tmp_path: Path, settings: Any) -> Iterator[Installation]:
    """An installation of which only the bucket runs, and where the portal of this test keeps its files."""
    plan(tmp_path / "s3", web_processes=1, storage=S3)
    installation = Installation(tmp_path / "s3")
    assert installation.bucket
    installation.bucket.open()
    settings.FILES_URL = f"{installation.bucket.url}&timeout=0.3"
    yield installation
    installation.bucket.close()


@pytest.fixture
def writer(stage: Stage, tmp_path: Path) -> Process:
    """A process that writes ten kilobytes again and again, and notes how it fared."""
    code = (
        "import pathlib\n"
        "while True:\n"
        "    try: pathlib.Path('big').write_bytes(b'x' * 10_000); said = 'fits'\n"
        "    except OSError as error: said = 'full'\n"
        "    pathlib.Path('said.fresh').write_text(said); pathlib.Path('said.fresh').rename('said')\n"
    )
    process = Process(
        [sys.executable, "-c", f"import os; os.chdir({str(tmp_path)!r})\n{code}"],
        env=dict(os.environ),
        log=tmp_path / "log",
    )
    stage.installation.processes.append(process)
    stage.installation.running["web"].append(process)
    return process


def test_gone_takes_the_folder_away_and_brings_it_back(stage: Stage) -> None:
    files = stage.installation.files
    (files / "kept").write_text("here")

    with storage.gone(stage.installation, CHANCE):
        assert not files.is_dir()
        with pytest.raises(OSError, match="Not a directory"):
            (files / "kept").read_text()

    assert (files / "kept").read_text() == "here"


@pytest.mark.parametrize("way", [0, 1, 2])
def test_gone_takes_the_bucket_away_and_brings_it_back(bucket: Installation, way: int) -> None:
    name = files.store("kept", [b"here"])

    with storage.gone(bucket, Pick(way)), pytest.raises(Unavailable):
        default_storage.open(name)

    with default_storage.open(name) as file:
        assert file.read() == b"here"


@pytest.mark.parametrize("fault", [storage.full, storage.slow, storage.hang])
def test_bucket_takes_nothing_for_a_while(bucket: Installation, fault: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = 0.0
    monkeypatch.setattr("landespreis.storages.time", SimpleNamespace(monotonic=lambda: seconds))
    with fault(bucket, CHANCE), pytest.raises(Unavailable):
        files.store("kept", [b"here"])

    seconds = 1.0  # it is left alone no longer
    assert files.store("later", [b"here"]) == "later"


def test_environment_names_bucket_or_folder(bucket: Installation, stage: Stage) -> None:
    assert bucket.environment["FILES_URL"].startswith("s3://generalprobe:")
    assert stage.installation.environment["FILES_URL"] == f"file://{stage.installation.files}"


@pytest.mark.processes
def test_full_lets_a_running_process_write_nothing_big(stage: Stage, writer: Process, tmp_path: Path) -> None:
    said = tmp_path / "said"
    try:
        wait(lambda: said.exists() and said.read_text() == "fits", "it writes")
        with storage.full(stage.installation, CHANCE):
            wait(lambda: said.read_text() == "full", "its disk is full")
        wait(lambda: said.read_text() == "fits", "it writes again")
    finally:
        writer.kill()
