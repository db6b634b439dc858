"""A whole award with everything failing that can fail, and an interrupted one that leaves nothing behind."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.faults import kinds
from rehearsal.installation import ROOT, settled_surroundings
from rehearsal.machines import wait

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]
LONGEST = 900
"""Seconds; on a quiet machine it takes about three minutes."""
LAST, LONGEST_ERROR = 20, 2000
"""How many errors a failure shows, and how many characters of each at most: its traceback ends with what it was."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the database's user may pass through, which pytest's own are not."""
    made = Path(tempfile.mkdtemp(prefix="rehearsal-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def rehearse(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    ours = {"LANDESPREIS_MODE": "demo", "LANDESPREIS_VAR": str(folder / "var")}
    return subprocess.Popen(
        [sys.executable, "manage.py", "rehearse", "--folder", str(folder / "played"), *arguments],
        env=settled_surroundings() | ours,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def played(folder: Path, *arguments: str) -> tuple[int, str, dict[str, Any]]:
    """Play it and return the exit code, what was printed and what the report says."""
    process = rehearse(folder, "--report", str(folder / "report.md"), *arguments)
    said = process.communicate(timeout=LONGEST)[0]
    report = folder / "report.json"
    if process.returncode:
        said += "\n".join(["", "What the web processes said of errors:", *_errors(folder)])
    return process.returncode, said, json.loads(report.read_text()) if report.exists() else {}


def _errors(folder: Path) -> list[str]:
    """Return the last errors in the logs of web, each with its traceback; the logs go with the folder."""
    said: list[str] = []
    for log in sorted((folder / "played" / "logs").glob("*web.log")):
        said += re.split(r"^(?=\d{4}-\d\d-\d\dT)", log.read_text(errors="replace"), flags=re.MULTILINE)
    return [entry.rstrip()[-LONGEST_ERROR:] for entry in said if " ERROR " in entry.partition("\n")[0]][-LAST:]


def left(folder: Path) -> list[str]:
    """Return the commands of all processes that name this folder, in their words or their surroundings."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command, environment = (process / "cmdline").read_bytes(), (process / "environ").read_bytes()
        except OSError:  # ended, or somebody else's
            continue
        if str(folder / "played").encode() in command + environment and int(process.name) != os.getpid():
            found.append(command.replace(b"\0", b" ").decode())
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_award_holds_while_everything_fails(folder: Path, seed: int) -> None:
    code, said, report = played(folder, "--municipalities", "30", "--seed", str(seed), "--faults")

    assert [row for row in report.get("invariants", []) if not row["holds"]] == [], said
    assert (code, report.get("failure")) == (0, ""), said
    assert sum(row["struck"] for row in report["faults"]) >= len(kinds.ALL) // 3
    assert all(row["survived"] == row["struck"] for row in report["faults"])
    assert report["told"]["submitted"] >= 10
    assert left(folder) == []


def test_interrupted_rehearsal_leaves_no_process(folder: Path) -> None:
    process = rehearse(folder, "--municipalities", "6", "--faults")
    begun = folder / "played" / "logs" / "002-beat.log"
    wait(lambda: begun.exists() or process.poll() is not None, "the portal runs", 180)
    assert len(left(folder)) > 3

    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=120)[0]

    assert (process.returncode, "Abgebrochen." in said) == (130, True), said
    assert left(folder) == []


def test_unknown_fault_is_named(folder: Path) -> None:
    code, said, _ = played(folder, "--faults", "kill-moon")

    assert (code, "Unbekannte Störung kill-moon; mit dieser Ablage gibt es kill-web," in said) == (1, True), said
