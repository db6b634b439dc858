"""The portal as it runs for people: its database, broker and folder, and its processes as the Procfile names them."""

import http.cookiejar
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import redis

from rehearsal.machines import Line, Process, free_port, wait
from rehearsal.mailbox import MailServer
from tests.accounts.factories import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
TICK = 2
BEFORE, NOW = "2026-02-04T10:00:00+01:00", "2026-02-04T12:00:00+01:00"
"""Between the reminders of seven and of three days."""
DECLARED = ("conditions", "correctness", "bodies", "privacy")
OURS = ("LANDESPREIS_", "REDIS_URL", "DATABASE_URL", "CELERY_", "FILES_URL", "SMTP_URL", "DJANGO_", "BASE_URL")


def environment(var: Path, database_url: str, code: Path = ROOT, **more: str) -> dict[str, str]:
    """Return what a process of the portal is told: of this surroundings' own settings nothing."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {
        **surroundings,
        "DJANGO_SETTINGS_MODULE": "landespreis.settings",
        "PYTHONPATH": str(code),
        "PYTHONUNBUFFERED": "1",
        "LANDESPREIS_MODE": "demo",
        "LANDESPREIS_NOW": NOW,
        "LANDESPREIS_VAR": str(var),
        "DATABASE_URL": database_url,
        **more,
    }


class Sqlite:
    """Databases as files: copied from one that is filled once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self, name: str) -> str:
        return f"sqlite:///{self.folder / name}.sqlite3"

    def create(self, name: str) -> None:
        """The first migration makes the file."""

    def copy(self, source: str, name: str) -> None:
        with closing(self._connect(source)) as old, closing(self._connect(name)) as new:
            old.backup(new)

    def drop(self, name: str) -> None:
        for file in self.folder.glob(f"{name}.sqlite3*"):
            file.unlink()

    def rows(self, name: str, sql: str) -> list[tuple[Any, ...]]:
        with closing(self._connect(name)) as connection:
            return connection.execute(sql).fetchall()

    @contextmanager
    def unusable(self, name: str) -> Iterator[None]:
        """Let nobody write: for longer than the portal waits, whoever wants to meets an error."""
        with closing(self._connect(name)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.rollback()

    def _connect(self, name: str) -> sqlite3.Connection:
        return sqlite3.connect(self.folder / f"{name}.sqlite3", timeout=20)


class Postgres:
    """Databases on a server, beside the one that `url` names."""

    def __init__(self, url: str) -> None:
        self.parts = urllib.parse.urlsplit(url)

    def url(self, name: str) -> str:
        return self.parts._replace(path=f"/{name}").geturl()

    def create(self, name: str) -> None:
        self.drop(name)
        self._run(f'CREATE DATABASE "{name}"')

    def copy(self, source: str, name: str) -> None:
        self.drop(name)
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')

    def drop(self, name: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def rows(self, name: str, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url(name)) as connection:
            return connection.execute(sql).fetchall()

    @contextmanager
    def unusable(self, name: str) -> Iterator[None]:
        """End all connections and take no new ones, as when the server is restarted."""
        self._run(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        self._run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", name)
        yield
        self._run(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')

    def _run(self, sql: str, *values: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql, values or None)


@dataclass
class Template:
    """A filled database, to be copied for each test, and who is in it."""

    store: Sqlite | Postgres
    name: str
    folder: Path
    people: dict[str, Any] = field(default_factory=dict)
    code: Path = ROOT

    def fill(self) -> None:
        self.store.create(self.name)
        env = environment(self.folder, self.store.url(self.name), self.code, LANDESPREIS_NOW=BEFORE)
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "-c", "from tests.processes.fill import fill; fill()"],
            env=env,
            cwd=self.code,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        self.people = json.loads(done.stdout.splitlines()[-1])

    @contextmanager
    def filled(self) -> Iterator["Template"]:
        """Fill it, and drop the database in the end."""
        try:
            self.fill()
            yield self
        finally:
            self.store.drop(self.name)


class Portal:
    """One installation. `start` names a line of the Procfile; whatever was started ends with `end`."""

    def __init__(self, template: Template, folder: Path, name: str, redis_url: str) -> None:
        self.store, self.name, self.redis_url = template.store, name, redis_url
        self.entries: list[dict[str, Any]] = template.people["entries"]
        self.reminded: list[str] = template.people["reminded"]
        self.var, self.logs = folder / "var", folder / "logs"
        self.var.mkdir(parents=True)
        self.logs.mkdir()
        (self.var / "static").symlink_to(template.folder / "static")
        self.store.copy(template.name, name)
        self.mail = MailServer()
        self.mail.open()
        self.line: Line | None = None
        self.port = free_port()
        self.processes: list[Process] = []
        self.code = template.code
        self.env = environment(self.var, self.store.url(name), self.code)
        self.env |= {
            "SMTP_URL": f"smtp://127.0.0.1:{self.mail.port}",
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "WEB_BIND": f"127.0.0.1:{self.port}",
            "BEAT_TICK": str(TICK),
            "MAIL_RETRY_SECONDS": "1",
        }
        if redis_url:
            self._use_redis()

    # Processes --------------------------------------------------------------------------------------

    def start(self, kind: str) -> Process:
        # The version before may know its worker by another name.
        worker = "landespreis.worker" if (self.code / "landespreis" / "worker.py").exists() else "landespreis"
        command = {
            "web": ["gunicorn", "--config", "deploy/gunicorn.py", "landespreis.wsgi"],
            "worker": ["celery", "--quiet", "--app", worker, "worker", "--concurrency", "1"],
            "beat": ["celery", "--quiet", "--app", "landespreis", "beat", "--pidfile="],
        }[kind]
        told = ["LOG_LEVEL=DEBUG"] if kind == "beat" else []  # else it does not say what it sends
        return self._run(f"-{kind}", *told, str(PROGRAMS / command[0]), *command[1:])

    def manage(self, *words: str) -> Process:
        """Start `manage.py` with these words; nobody waits for its end."""
        return self._run("", sys.executable, "manage.py", *words)

    def take_code(self, code: Path, static: Path) -> None:
        """Start what is started from now on from another version, whose static files are in `static`."""
        self.code = code
        self.env["PYTHONPATH"] = str(code)
        (self.var / "static").unlink()
        (self.var / "static").symlink_to(static)

    def _run(self, name: str, *command: str) -> Process:
        log = self.logs / f"{len(self.processes)}{name}.log"
        process = Process(["env", f"--chdir={self.code}", *command], env=self.env, log=log)
        self.processes.append(process)
        return process

    def end(self) -> None:
        for process in self.processes:
            process.kill()
        self.mail.close()
        if self.line:
            self.line.cut()
        self.store.drop(self.name)

    # Broker -----------------------------------------------------------------------------------------

    def _use_redis(self) -> None:
        parts = urllib.parse.urlsplit(self.redis_url)
        self.line = Line(parts.port or 6379)
        self.line.connect()
        self.env["REDIS_URL"] = self.redis_url
        self.env["CELERY_BROKER_URL"] = f"redis://127.0.0.1:{self.line.port}{parts.path}"
        self.lose_broker()

    def lose_broker(self) -> None:
        """Let the broker forget everything."""
        if self.redis_url:
            with redis.from_url(self.redis_url) as client:
                client.flushdb()
        else:
            shutil.rmtree(self.var / "broker", ignore_errors=True)

    def break_broker(self) -> None:
        """Make the broker useless: a Redis that takes connections and never answers, a file where the folder was."""
        if self.line:
            self.line.go_dead()
        else:
            wait(self._block_folder, "the broker's folder to be taken")

    def mend_broker(self) -> None:
        if self.line:
            self.line.cut()
            self.line.connect()
        else:
            (self.var / "broker").unlink()

    def _block_folder(self) -> bool:
        self.lose_broker()
        with suppress(IsADirectoryError):  # the worker was quicker
            (self.var / "broker").write_text("no folder")
        return (self.var / "broker").is_file()

    # What people and operators see ---------------------------------------------------------------------

    def submit(self, entry: dict[str, Any]) -> float:
        """Log in as the owner and submit over HTTP; return how many seconds the person waited for the answer."""
        visitor = Visitor(f"http://127.0.0.1:{self.port}")
        visitor.post("/konto/login/", login=entry["people"][0], password=PASSWORD)
        page = visitor.post(f"{entry['path']}pruefen/", **dict.fromkeys(DECLARED, "on"))
        assert "Eingereicht: IKZ-2026-" in page
        return visitor.waited

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.store.rows(self.name, sql)

    def receipts(self) -> list[str]:
        """Return who got a receipt, sorted."""
        letters = [letter for letter in self.mail.letters if letter.kind == "Eingangsbestätigung"]
        assert all([name.endswith(".pdf") for name in letter.attached] == [True] for letter in letters)
        return sorted(letter.to for letter in letters)

    def reminders(self) -> list[str]:
        return sorted(address for kind, address in self.mail.received if kind == "Handlungsbedarf")

    def settled(self) -> bool:
        """Whether nothing is owed any more: each receipt is rendered, each mail sent."""
        owed = "SELECT count(*) FROM submissions_receipt WHERE rendered_at IS NULL"
        unsent = "SELECT count(*) FROM post_office_email WHERE status <> 0 OR status IS NULL"
        return self.rows(owed) == self.rows(unsent) == [(0,)]

    def sweeps(self) -> int:
        """Return how often both kinds of owed work were looked for."""
        return min(self.done("submissions.tasks.render_owed_receipts"), self.done("landespreis.tasks.send_owed_mail"))

    def done(self, task: str) -> int:
        """Return how often the workers did that task."""
        return sum(process.said(rf"Task {re.escape(task)}\[\S+\] succeeded") for process in self.processes)

    def said(self, text: str) -> int:
        """Return how often `text` stands in the logs."""
        return sum(process.said(re.escape(text)) for process in self.processes)


class Visitor:
    """A browser without JavaScript: keeps cookies, sends forms with what is hidden in them."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.waited = 0.0
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        wait(self._up, "the web process answers")

    def get(self, path: str) -> str:
        with self.opener.open(self.origin + path, timeout=60) as answer:
            page: str = answer.read().decode()
            return page

    def post(self, path: str, **values: str) -> str:
        page = self.get(path)
        form = next(part for part in page.split("<form")[1:] if next(iter(values)) in part)
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        data = urllib.parse.urlencode({**hidden, **values}).encode()
        request = urllib.request.Request(self.origin + path, data, {"Origin": self.origin})
        begin = time.monotonic()
        with self.opener.open(request, timeout=60) as answer:
            self.waited = time.monotonic() - begin
            content: str = answer.read().decode()
            return content

    def _up(self) -> bool:
        try:
            self.get("/healthz")
        except OSError:
            return False
        return True
