"""A PostgreSQL and a Redis of the rehearsal's own, in its folder: they may be killed without harming anybody."""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import psycopg
import redis

from rehearsal.machines import Process, wait

DISCREET = {"log_min_error_statement": "panic", "log_error_verbosity": "terse"}
"""What keeps statements and values of rows, and with them mails and their links, out of the server's log."""
SETTINGS = {
    **DISCREET,
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "synchronous_commit": "on",
    "fsync": "on",
}


class Missing(Exception):
    """A program that the rehearsal needs is not installed."""


class Postgresql:
    """One cluster with the database `landespreis`; a killed one comes back by its log, as after a power cut."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder / "postgresql"
        self.port = port
        self.process: Process | None = None
        self.user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root

    @property
    def url(self) -> str:
        return f"postgres://landespreis@127.0.0.1:{self.port}/landespreis"

    def create(self) -> None:
        """Raises Missing."""
        program = _programs() / "initdb"
        self.folder.mkdir()
        if self.user:
            shutil.chown(self.folder, self.user)
        command = [str(program), f"--pgdata={self.folder}", "--auth=trust", "--username=landespreis"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8"]
        subprocess.run(command, check=True, capture_output=True, user=self.user, cwd="/")
        self.start()
        with psycopg.connect(self.url.removesuffix("landespreis") + "postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE landespreis")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        (self.folder / "postmaster.pid").unlink(missing_ok=True)  # whoever wrote it was killed
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [str(_programs() / "postgres"), "-D", str(self.folder), "-p", str(self.port), *options]
        self.process = Process(command, env=dict(os.environ), log=self.folder.parent / "postgresql.log", user=self.user)
        wait(self.answers, "PostgreSQL answers")

    def kill(self) -> None:
        """Kill the server and everybody who serves a connection, as a power cut would."""
        if self.process:
            family = self._family()
            self.process.kill()
            _signal(family, signal.SIGKILL)
            wait(lambda: not any(map(_lives, family)), "PostgreSQL is gone")

    def freeze(self) -> None:
        """Let nobody get an answer, while connections stay open."""
        _signal(self._family(), signal.SIGSTOP)

    def thaw(self) -> None:
        _signal(self._family(), signal.SIGCONT)

    def _family(self) -> list[int]:
        """Return the process ids of the server and of its children, which are in no group of its own."""
        if not self.process:
            return []
        parent = self.process.popen.pid
        children = Path(f"/proc/{parent}/task/{parent}/children")
        with suppress(FileNotFoundError):
            return [parent, *map(int, children.read_text().split())]
        return []

    def cut(self) -> int:
        """End all connections of the portal, also in the middle of a transaction; return how many there were."""
        with psycopg.connect(self.url.removesuffix("landespreis") + "postgres", autocommit=True) as connection:
            rows = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'landespreis'"
            )
            return len(rows.fetchall())

    def answers(self) -> bool:
        with (
            suppress(psycopg.Error),
            psycopg.connect(self.url.removesuffix("landespreis") + "postgres", connect_timeout=2),
        ):
            return True
        return False


class Redis:
    """One server that keeps nothing: what it forgets must not matter."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.process: Process | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Raises Missing."""
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        if not program:
            raise Missing("redis-server")
        command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = Process(
            [*command, "--dir", str(self.folder)], env=dict(os.environ), log=self.folder / "redis.log"
        )
        wait(self.answers, "Redis answers")

    def kill(self) -> None:
        if self.process:
            self.process.kill()

    def freeze(self) -> None:
        if self.process:
            self.process.freeze()

    def thaw(self) -> None:
        if self.process:
            self.process.thaw()

    def flush(self) -> None:
        with redis.from_url(self.url) as client:
            client.flushall()

    def answers(self) -> bool:
        with suppress(redis.RedisError), redis.from_url(self.url, socket_connect_timeout=2) as client:
            return bool(client.ping())
        return False


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def _programs() -> Path:
    """Return the folder with the programs of the newest PostgreSQL server on this machine."""
    folders = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()]
    if folders:
        return max(folders, key=lambda folder: int(folder.parent.name))
    found = shutil.which("initdb")
    if not found:
        raise Missing("initdb (Paket postgresql)")
    return Path(found).resolve().parent
