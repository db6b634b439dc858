"""Processes with their families, and ports that stay free while their server is away."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal import machines, memory
from rehearsal.machines import Process, wait
from rehearsal.stage import Stage

PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
time.sleep(600)
"""


@pytest.fixture
def parent(tmp_path: Path) -> Iterator[Process]:
    """A process with a child."""
    process = Process([sys.executable, "-c", PARENT], env=dict(os.environ), log=tmp_path / "log")
    yield process
    process.kill()


def test_free_port_is_none_of_those_that_clients_get() -> None:
    low = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])

    assert machines.free_port() < low


@pytest.mark.processes
def test_family_has_the_children_and_ends_as_a_whole(parent: Process) -> None:
    family = wait(lambda: found if len(found := parent.family()) == 2 else [], "the child runs")

    parent.kill()

    assert family[0] == parent.popen.pid
    assert parent.family() == [parent.popen.pid]
    wait(lambda: not _runs(family[1]), "the child is gone")


def _runs(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


@pytest.mark.processes
def test_memory_is_that_of_the_whole_family(stage: Stage, parent: Process) -> None:
    stage.installation.running["web"].append(parent)
    wait(lambda: len(parent.family()) == 2, "the child runs")

    wait(lambda: memory.taken(stage.installation)["web"] >= 2, "two interpreters take some memory")

    assert memory.taken(stage.installation)["worker"] == 0
