"""Keeps what dead processes have counted in one file of each kind, so that processes that come and go fill no disk."""

from pathlib import Path
from typing import Any

from prometheus_client.mmap_dict import MmapedDict

from landespreis.watching.multiprocess import locked

KINDS = ("counter", "histogram")
DEAD = 0
"""No process has this number."""


def fold(folder: Path, pid: int) -> None:
    """Add what the process has counted to what all dead have, however it ended, and take its files away."""
    with locked(folder, alone=True):
        for kind in KINDS:
            file = folder / f"{kind}_{pid}.db"
            try:
                if file.exists() and file.stat().st_size:  # else killed while it made the file
                    _add(file, folder / f"{kind}_{DEAD}.db")
            finally:
                file.unlink(missing_ok=True)


def _add(file: Path, to: Path) -> None:
    mapped: Any = MmapedDict  # has no types
    together = mapped(str(to))
    try:
        for key, value, timestamp, _ in mapped.read_all_values_from_file(str(file)):
            known, _ = together.read_value(key)
            together.write_value(key, known + value, timestamp)
    finally:
        together.close()
