"""The portal as it runs for people: its servers, its environment and its processes, all in one folder."""

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import RLock

from rehearsal.bucket import Bucket
from rehearsal.machines import Process, free_port, reaches, wait
from rehearsal.mailbox import MailServer
from rehearsal.scanner import Scanner
from rehearsal.servers import Postgresql, Redis

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = Path(sys.executable).parent
OURS = (
    "ALLOWED_HOSTS",
    "BASE_URL",
    "CELERY_",
    "CLAMD_",
    "CSRF_",
    "DATABASE_",
    "DJANGO_",
    "FILES_",
    "HTTPS",
    "LANDESPREIS_",
    "LEAKED_",
    "LOG_",
    "METRICS_",
    "NEWSLETTER_",
    "ORPHAN_",
    "POSTGRES_",
    "REDIS_",
    "SECRET_KEY",
    "SENTRY_",
    "SESSION_",
    "SMTP_",
    "WORKER_",
)
"""What the settings of the portal that may be installed here begin with: a rehearsal must know none of them."""
FOLDER, S3 = "folder", "s3"
"""Kinds of storage."""
TICK = 2
"""Seconds between two looks for owed work."""
PATIENT = 3
"""Seconds for which the bucket may be silent; a fault lasts a few."""
PLAN = "plan.json"
COMMANDS = {
    "web": ["gunicorn", "--config", "deploy/gunicorn.py", "landespreis.wsgi"],
    "worker": ["celery", "--quiet", "--app", "landespreis.worker", "worker", "--concurrency", "2"],
    "beat": ["celery", "--quiet", "--app", "landespreis", "beat", "--pidfile="],
}
"""As in the Procfile, with as many worker processes as Compose and systemd start."""


MARK = "LANDESPREIS_REHEARSAL"
"""Names the folder of the rehearsal to which an environment belongs."""


def plan(folder: Path, *, web_processes: int, storage: str = FOLDER) -> dict[str, str]:
    """Make a folder with an installation of its own, not started yet; return the environment of its processes."""
    folder.mkdir(parents=True, exist_ok=True)
    ports = {name: free_port() for name in ("database", "redis", "mail", "web", "scanner", "bucket")}
    planned = {"ports": ports, "web_processes": web_processes, "storage": storage}
    (folder / PLAN).write_text(json.dumps(planned))
    return Installation(folder).environment | {MARK: str(folder)}


def settled_surroundings() -> dict[str, str]:
    """Return the environment without this surroundings' own settings of the portal."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


class Installation:
    """Everything of one rehearsal. `start` names a kind of process; what was started ends with `close`."""

    def __init__(self, folder: Path) -> None:
        planned = json.loads((folder / PLAN).read_text())
        ports: dict[str, int] = planned["ports"]
        self.folder = folder
        self.var, self.logs = folder / "var", folder / "logs"
        self.storage, self.files = folder / "storage", self.var / "files"
        """Where the files lie, and the place that leads there; also those of the bucket."""
        for made in (self.var, self.logs, self.storage):
            made.mkdir(parents=True, exist_ok=True)
        if not self.files.is_symlink():
            self.files.symlink_to(self.storage)
        folder.chmod(0o755)  # the database's user passes through
        self.database, self.redis = Postgresql(folder, ports["database"]), Redis(folder, ports["redis"])
        self.mail, self.scanner = MailServer(ports["mail"]), Scanner(ports["scanner"])
        self.bucket = Bucket(ports["bucket"], self.storage) if planned["storage"] == S3 else None
        self.port = ports["web"]
        self.web_processes: int = planned["web_processes"]
        self.processes: list[Process] = []
        self.running: dict[str, list[Process]] = {kind: [] for kind in COMMANDS}
        self.lock = RLock()
        """Held by whoever starts, kills or moves something."""
        self.closed = False

    @property
    def environment(self) -> dict[str, str]:
        """Return what every process of the portal is told."""
        return settled_surroundings() | {
            "DJANGO_SETTINGS_MODULE": "landespreis.settings",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "LANDESPREIS_MODE": "demo",
            "LANDESPREIS_VAR": str(self.var),
            "DATABASE_URL": self.database.url,
            "REDIS_URL": self.redis.url,
            "FILES_URL": f"{self.bucket.url}&timeout={PATIENT}" if self.bucket else f"file://{self.files}",
            "CLAMD_URL": f"tcp://127.0.0.1:{self.scanner.port}",
            "SMTP_URL": f"smtp://127.0.0.1:{self.mail.port}",
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "WEB_BIND": f"127.0.0.1:{self.port}",
            "WEB_PROCESSES": str(self.web_processes),
            "BEAT_TICK": str(TICK),
            "CLAIM_SECONDS": "10",
            "MAIL_RETRY_SECONDS": "1",
            "FORM_SECONDS": "0",
            "TRUSTED_PROXY_COUNT": "1",
        }

    def open(self) -> None:
        """Start the servers; the portal's own processes come with `start`. Raises Missing when one is not installed."""
        self.database.create()
        self.redis.start()
        self.mail.open()
        self.scanner.open()
        if self.bucket:
            self.bucket.open()

    def start(self, kind: str, **more: str) -> Process:
        """Start one more `web`, `worker` or `beat`; `more` is added to its environment."""
        with self.lock:
            command = list(COMMANDS[kind])
            command[0] = str(PROGRAMS / command[0])
            process = Process(
                command, env=self.environment | more, log=self.logs / f"{len(self.processes):03}-{kind}.log"
            )
            self.processes.append(process)
            self.running[kind].append(process)
            return process

    def manage(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of the portal's as an operator would; `more` is added to its environment."""
        command = [sys.executable, str(ROOT / "manage.py"), *words]
        return subprocess.run(command, env=self.environment | more, capture_output=True, text=True, check=False)

    def revive(self) -> None:
        """Start again what has ended by itself, as Compose and systemd do."""
        with self.lock:
            for kind, processes in self.running.items():
                for ended in [process for process in processes if not process.runs()]:
                    self.end(ended)
                    if not self.closed:
                        self.start(kind)

    def kill(self, kind: str) -> None:
        """End all processes of a kind at once, as a power cut would."""
        with self.lock:
            while self.running[kind]:
                self.running[kind].pop().kill()

    def stop(self, kind: str) -> None:
        """End all processes of a kind as a restart does: what they do is finished first."""
        with self.lock:
            while self.running[kind]:
                self.running[kind].pop().stop()

    def end(self, process: Process) -> None:
        """End one of several processes of a kind at once."""
        with self.lock:
            process.kill()
            for running in self.running.values():
                if process in running:
                    running.remove(process)

    def close(self) -> None:
        with self.lock:
            self.closed = True
            for process in self.processes:
                process.kill()
        self.mail.close()
        self.scanner.close()
        if self.bucket:
            self.bucket.close()
        self.redis.kill()
        self.database.kill()

    def wait_for_web(self) -> None:
        wait(lambda: reaches(self.port), "the web process answers")
