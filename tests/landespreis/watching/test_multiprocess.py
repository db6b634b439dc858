"""The folder in which processes count together: fresh, kept, swept, and what the dead have counted stays counted."""

import os
import struct
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from landespreis.watching import folding, multiprocess
from landespreis.watching.together import Together

COUNT = """
import os
from prometheus_client import Counter, Histogram, CollectorRegistry
own = CollectorRegistry()
Counter("landespreis_probe", "x", ["view"], registry=own).labels("home").inc(3)
Histogram("landespreis_probe_seconds", "x", ["view"], buckets=(0.01, 0.1), registry=own).labels("home").observe(0.02)
print(os.getpid(), flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.fixture(autouse=True)
def _place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(multiprocess, "MEMORY", tmp_path)
    monkeypatch.setenv(multiprocess.VARIABLE, "")


def count_and_be_killed(folder: Path) -> int:
    """Let a process count and end as by `kill -9`; return its number."""
    environ = os.environ | {multiprocess.VARIABLE: str(folder)}
    done = subprocess.run([sys.executable, "-c", COUNT], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == -9, done.stderr
    return int(done.stdout)


def told(folder: Path) -> list[str]:
    registry = CollectorRegistry()
    registry.register(Together(folder))
    return sorted(line for line in generate_latest(registry).decode().splitlines() if not line.startswith("#"))


def test_folder_is_fresh_and_named_to_all_children() -> None:
    folder = multiprocess.prepare()

    assert os.environ[multiprocess.VARIABLE] == str(folder)
    assert list(folder.iterdir()) == []


def test_folder_stays_when_the_same_process_asks_again() -> None:
    assert multiprocess.prepare() == multiprocess.prepare()


def test_folder_of_the_process_before_is_not_taken_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    older = tmp_path / f"{multiprocess.NAME}-{os.getppid()}-abc"
    older.mkdir()
    monkeypatch.setenv(multiprocess.VARIABLE, str(older))

    assert multiprocess.prepare() != older
    assert older.is_dir()  # it still runs


def test_folders_of_servers_that_were_killed_are_swept(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    lost, other = tmp_path / f"{multiprocess.NAME}-{ended.pid}-abc", tmp_path / "somebody-else"
    lost.mkdir()
    other.mkdir()

    multiprocess.prepare()

    assert (lost.exists(), other.exists()) == (False, True)


def test_what_killed_processes_have_counted_stays_counted_in_one_file_of_each_kind() -> None:
    folder = multiprocess.prepare()
    pids = [count_and_be_killed(folder) for _ in range(3)]
    before = told(folder)

    for pid in pids:
        folding.fold(folder, pid)

    assert told(folder) == before
    assert 'landespreis_probe_total{view="home"} 9.0' in before
    assert 'landespreis_probe_seconds_count{view="home"} 3.0' in before
    assert sorted(file.name for file in folder.glob("*.db")) == ["counter_0.db", "histogram_0.db"]


def test_file_that_a_process_is_just_making_hides_no_figure() -> None:
    folder = multiprocess.prepare()
    count_and_be_killed(folder)
    before = told(folder)

    (folder / "counter_4000000.db").touch()

    assert told(folder) == before


@pytest.mark.parametrize("content", [b"", b"\x40\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00", b"\x01"])
def test_file_that_a_killed_process_left_broken_goes(content: bytes) -> None:
    folder = multiprocess.prepare()
    (folder / "counter_4000000.db").write_bytes(content)

    with suppress(struct.error, RuntimeError):
        folding.fold(folder, 4_000_000)

    assert [file.name for file in folder.glob("*_4000000.db")] == []
    assert told(folder) == []


def test_process_that_has_counted_nothing_leaves_nothing() -> None:
    folder = multiprocess.prepare()

    folding.fold(folder, 4_000_000)

    assert list(folder.glob("*.db")) == []
