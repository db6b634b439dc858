"""What running processes take, looked at again and again: memory, open files, threads, connections to PostgreSQL."""

import os
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

import psycopg

from rehearsal import machines

MEMORY = {"rss": ("Rss",), "pss": ("Pss", "SwapPss"), "uss": ("Private_Clean", "Private_Dirty", "SwapPss")}
"""Lines of proc(5)'s smaps_rollup that are added: resident, with shared pages by their share, and nobody else's."""
CONNECTIONS = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


@dataclass(frozen=True)
class Usage:
    """One process at one moment; memory in MB."""

    rss: float
    pss: float
    uss: float
    files: int
    threads: int


@dataclass(frozen=True)
class Sample:
    """All processes by kind and process id, `seconds` after the first look."""

    seconds: float
    processes: Mapping[str, Mapping[int, Usage]]
    connections: int

    def total(self, kind: str, what: str = "pss") -> float:
        """Return a sum over the processes of a kind; pages they share count once by `pss`."""
        return float(sum(getattr(usage, what) for usage in self.processes[kind].values()))


class Watch(Thread):
    """Looks every `pause` seconds, while the block runs, at the families of some parents; `parents` are kind and id."""

    def __init__(self, parents: Mapping[str, int], pause: float) -> None:
        super().__init__(name="watch", daemon=True)
        self.parents, self.pause = parents, pause
        self.samples: list[Sample] = []
        self.over = Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self.join()

    def run(self) -> None:
        begin = time.monotonic()
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            while True:
                row = connection.execute(CONNECTIONS).fetchone()
                processes = {kind: _family(pid) for kind, pid in self.parents.items()}
                sample = Sample(time.monotonic() - begin, processes, int(row[0]) if row else 0)
                self.samples.append(sample)
                print(_line(sample), flush=True)
                if self.over.wait(self.pause):
                    return


def around(samples: Sequence[Sample], share: float) -> list[Sample]:
    """Return the samples of a twentieth of the time on either side of a share of it; at the end those before it."""
    last = samples[-1].seconds
    middle = share * last
    return [sample for sample in samples if abs(sample.seconds - middle) <= last / 20]


def per_hour(points: Iterable[tuple[float, float]]) -> float:
    """Return the slope of the straight line through points of seconds and values that lies nearest, for an hour."""
    pairs = list(points)
    time_mean = sum(at for at, _ in pairs) / len(pairs)
    mean = sum(value for _, value in pairs) / len(pairs)
    spread = sum((at - time_mean) ** 2 for at, _ in pairs)
    return 3600 * sum((at - time_mean) * (value - mean) for at, value in pairs) / spread if spread else 0.0


def _family(pid: int) -> dict[int, Usage]:
    """Return what a process and all its descendants take; who ends while it is looked at is left out."""
    taken = {}
    for one in machines.family(pid):
        with suppress(OSError):
            taken[one] = _usage(one)
    return taken


def _usage(pid: int) -> Usage:
    folder = Path(f"/proc/{pid}")
    rollup = dict(re.findall(r"^(\w+):\s+(\d+) kB", (folder / "smaps_rollup").read_text(), re.MULTILINE))
    memory = {name: sum(int(rollup[line]) for line in lines) / 1000 for name, lines in MEMORY.items()}
    threads = len(list((folder / "task").iterdir()))
    return Usage(**memory, files=len(list((folder / "fd").iterdir())), threads=threads)


def _line(sample: Sample) -> str:
    told = [f"{sample.seconds:6.0f} s"]
    for kind, processes in sample.processes.items():
        each = " ".join(f"{pid}:{usage.rss:.1f}/{usage.uss:.1f}" for pid, usage in sorted(processes.items()))
        told.append(f"{kind} {sample.total(kind):.1f} MB ({each})")
    return " | ".join([*told, f"{sample.connections} connections"])
