"""Runs the measurements, each part in its own process on its own copy of a prepared database, and prints one table."""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from bench import databases, figures
from bench.figures import Figure, at_least
from rehearsal import machines, servers

ROOT = Path(__file__).resolve().parent.parent
PARTS = (
    "queries", "cost", "receipt", "dossier", "rush", "scoring", "jury", "office", "directory", "search", "newsletter",
)  # fmt: skip
ON_REQUEST = ("soak",)
"""Takes an hour: measured when it is named only."""
WITHOUT_DATABASE, WITH_REDIS = {"scoring"}, {"soak"}
OURS = ("LANDESPREIS_", "REDIS_URL", "DATABASE_URL", "CELERY_", "FILES_URL", "SMTP_URL", "DJANGO_", "BASE_URL", "WEB_")
RECEIPT = re.compile(r"receipt against bare WeasyPrint: ([\d.]+)")
RESIDENT = re.compile(
    r"resident MB after each (\d+) receipts: (.+)\ngrowth in the second half: (\S+) MB \(wanted: at most ([\d.]+)\)"
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench/run", description="Measure the portal.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (all by default), or soak")
    parser.add_argument("--quick", action="store_true", help="small numbers, to see that everything works")
    parser.add_argument("--documents", type=int, default=200, help="receipts for the memory curve")
    options = parser.parse_args()
    if unknown := set(options.parts) - {*PARTS, *ON_REQUEST}:
        parser.error(f"no such part: {', '.join(unknown)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    begin = time.monotonic()
    with ExitStack() as stack:
        run = Run(stack, quick=options.quick, documents=options.documents)
        if set(options.parts or PARTS) - WITHOUT_DATABASE:
            run.prepare()
        results = {part: run.part(part) for part in (*PARTS, *ON_REQUEST) if part in (options.parts or PARTS)}
    print(f"\n{run.surroundings()}, {time.monotonic() - begin:.0f} s\n")
    print(figures.table(results))
    broken = [figure for part in results.values() for figure in part if figure.rule and not figure.good]
    return 1 if broken else 0


class Run:
    """One run: its server, its scratch folder, its databases. All of it is gone when `stack` closes."""

    def __init__(self, stack: ExitStack, *, quick: bool, documents: int) -> None:
        self.stack, self.quick, self.documents = stack, quick, documents
        self.server: databases.Server | None = None
        self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="landespreis-bench-")))
        self.prefix = f"landespreis_bench_{os.getpid()}"
        self.load = os.getloadavg()[0]

    def prepare(self) -> None:
        self.server = databases.find()
        say("prepare")
        self._python("bench.part", "prepare", url=self._database("template"))

    def part(self, name: str) -> list[Figure]:
        say(name)
        if name in WITHOUT_DATABASE:
            self._python("bench.part", name)
            return figures.load(self.folder / f"{name}.json")
        return self._receipt() if name == "receipt" else self._part(name)

    def surroundings(self) -> str:
        load = f"load {self.load:.1f} before and {os.getloadavg()[0]:.1f} after"
        server = self.server.describe() if self.server else "no database"
        return f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {server}, {load}"

    def _part(self, name: str) -> list[Figure]:
        self._python("bench.part", name, url=self._database(name, like="template"), bare=self._database(f"{name}_bare"))
        return figures.load(self.folder / f"{name}.json")

    def _receipt(self) -> list[Figure]:
        """Receipts have a script of their own, which needs no database."""
        pairs = "3" if self.quick else "15"
        documents = "20" if self.quick else str(self.documents)
        done = subprocess.run(
            [sys.executable, "bench/receipt.py", "--pairs", pairs, "--documents", documents],
            env=self._environment(),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        print(done.stdout, end="", flush=True)
        ratio, resident = RECEIPT.search(done.stdout), RESIDENT.search(done.stdout)
        if not ratio or not resident:
            raise SystemExit("bench/receipt.py did not say what it measured.")
        curve = resident[2].split()
        growth = Figure(
            f"MB that the worker's memory grew in the second half of {documents} receipts",
            f"{resident[3]} (at {curve[len(curve) // 2 - 1]})",
            f"≤ {resident[4]}",
            float(resident[3]) <= float(resident[4]),
        )
        return [at_least("speed of bare WeasyPrint ÷ ours, CPU", float(ratio[1]), 0.8), growth]

    def _database(self, name: str, *, like: str = "") -> str:
        assert self.server
        full = f"{self.prefix}_{name}"
        self.stack.callback(self.server.drop, full)
        return self.server.create(full, like=f"{self.prefix}_{like}" if like else "template0")

    def _redis(self) -> str:
        server = servers.Redis(self.folder, machines.free_port())
        self.stack.callback(server.kill)
        server.start()
        return server.url

    def _python(self, module: str, part: str, *, url: str = "", bare: str = "") -> None:
        command = [sys.executable, "-m", module, part, "--figures", str(self.folder / f"{part}.json")]
        if self.quick:
            command.append("--quick")
        more = {"DATABASE_URL": url, "BENCH_BARE_URL": bare} if url else {}
        if part in WITH_REDIS:
            more["REDIS_URL"] = self._redis()
        env = self._environment(BENCH_PART=part, **more)
        running = subprocess.Popen(command, env=env, cwd=ROOT)
        try:
            running.wait()
        except BaseException:  # stopped: let the part end its servers before we go
            running.terminate()
            running.wait(timeout=30)
            raise
        if running.returncode:
            raise SystemExit(f"{part} did not come to its end.")

    def _environment(self, **more: str) -> dict[str, str]:
        """Return what a process of the portal is told: of these surroundings' own settings nothing."""
        part = more.pop("BENCH_PART", "receipt")
        var = self.folder / part
        var.mkdir(exist_ok=True)
        static = self.folder / "prepare" / "static"
        if part != "prepare" and not (var / "static").exists():
            (var / "static").symlink_to(static)
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        return {
            **surroundings,
            "DJANGO_SETTINGS_MODULE": "landespreis.settings",
            "LANDESPREIS_MODE": "demo",
            "LANDESPREIS_VAR": str(var),
            "LOG_LEVEL": "ERROR",
            **more,
        }


def say(part: str) -> None:
    print(f"\n== {part}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
