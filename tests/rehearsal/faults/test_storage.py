"""Storage that is gone or full, on a folder and on a process."""

import os
import sys
from pathlib import Path
from random import Random

import pytest

from rehearsal.faults import storage
from rehearsal.machines import Process, wait
from rehearsal.stage import Stage

CHANCE = Random(1)


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
