"""How much memory the processes of a kind take, shared pages counted once."""

import re
from contextlib import suppress
from pathlib import Path

from rehearsal.installation import Installation

KINDS = ("web", "worker")
PROPORTIONAL = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


def taken(on: Installation) -> dict[str, int]:
    """Return the MiB of web and worker with all their children."""
    return {
        kind: sum(_kibibytes(pid) for process in on.running[kind] for pid in process.family()) // 1024 for kind in KINDS
    }


def _kibibytes(pid: int) -> int:
    with suppress(OSError):
        if found := PROPORTIONAL.search(Path(f"/proc/{pid}/smaps_rollup").read_text()):
            return int(found[1])
    return 0
