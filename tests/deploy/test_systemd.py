"""The units of systemd start what the Procfile says, with the secrets that Compose has, and may do little else."""

import os
import re
import shlex
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest
from django.conf import settings

from landespreis.environment import SECRETS

BASE = Path(settings.BASE_DIR)
UNITS = BASE / "deploy" / "systemd"
PROGRAMS = "/opt/landespreis/current/.venv/bin/"
SERVICES = ("web", "worker", "beat", "set-up", "backup")
Unit = dict[str, list[str]]


def read(name: str) -> Unit:
    """Return key → values of a unit; a key may come several times."""
    found: Unit = defaultdict(list)
    for line in (UNITS / name).read_text(encoding="utf-8").splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found[key].append(value)
    return found


COMMON = read("landespreis-.service.d/common.conf")
"""Holds for every service whose name begins with landespreis-."""


def test_units_are_those_that_are_known() -> None:
    names = {path.name for path in UNITS.iterdir()}

    services = {f"landespreis-{name}.service" for name in SERVICES}
    others = {"landespreis.target", "landespreis-web.socket", "landespreis-backup.timer", "landespreis-.service.d"}
    assert names == services | others


@pytest.mark.parametrize("kind", ["web", "worker", "beat"])
def test_services_start_what_the_procfile_says(kind: str) -> None:
    procfile = dict(line.split(": ", 1) for line in (BASE / "Procfile").read_text().splitlines())
    wanted = procfile[kind].removeprefix("exec ").replace('"${WORKER_CONCURRENCY:-1}"', "${WORKER_CONCURRENCY}")

    assert read(f"landespreis-{kind}.service")["ExecStart"] == [PROGRAMS + wanted]


def test_secrets_are_those_of_compose_and_reach_the_settings() -> None:
    named = [value.split(":") for value in COMMON["LoadCredential"]]
    told = dict(re.findall(r"(\w+)_FILE=%d/(\w+)", "\n".join(COMMON["Environment"])))
    compose = (BASE / "docker-compose.yml").read_text(encoding="utf-8")

    assert [path for _, path in named] == [f"/etc/landespreis/secrets/{name}" for name, _ in named]
    assert told == {name.upper(): name for name, _ in named}
    assert set(told) <= set(SECRETS)
    assert sorted(re.findall(r"file: \./secrets/(\w+)", compose)) == sorted(told.values())
    assert set(re.findall(r"put (\w+) ", (BASE / "deploy" / "make-secrets").read_text())) == set(told.values())


def test_services_may_do_little() -> None:
    switched_on = {key for key, values in COMMON.items() if values == ["true"]}

    assert {
        "LockPersonality", "NoNewPrivileges", "PrivateDevices", "PrivateTmp", "PrivateUsers", "ProtectClock",
        "ProtectControlGroups", "ProtectHome", "ProtectHostname", "ProtectKernelLogs", "ProtectKernelModules",
        "ProtectKernelTunables", "RemoveIPC", "RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID",
    } == switched_on  # fmt: skip
    assert (COMMON["ProtectSystem"], COMMON["CapabilityBoundingSet"], COMMON["User"]) == (
        ["strict"],
        [""],
        ["landespreis"],
    )
    assert "@system-service" in COMMON["SystemCallFilter"]


@pytest.mark.parametrize("name", SERVICES)
def test_services_do_not_take_back_what_is_forbidden(name: str) -> None:
    """And could not: systemd reads what they have in common last, so only lists of a unit count beside it."""
    own = read(f"landespreis-{name}.service")

    assert set(own) & (set(COMMON) - {"Environment", "StateDirectory", "PartOf"}) == set()


def test_set_up_tries_again_when_the_database_is_late() -> None:
    """`After=postgresql.service` helps on one host only; elsewhere it stayed undone until somebody came."""
    unit = read("landespreis-set-up.service")

    [pause] = unit["RestartSec"]
    assert unit["Restart"] == ["on-failure"]
    assert int(pause) > 2  # else systemd gives up: its limit is five starts within ten seconds


@pytest.mark.parametrize(("keys", "end"), [("age1invented", ".tar.age"), ("", ".tar")])
def test_a_backup_is_called_what_it_is(tmp_path: Path, keys: str, end: str) -> None:
    [command] = read("landespreis-backup.service")["ExecStart"]
    shell, option, script = shlex.split(command.replace("%%", "%").replace("$$", "$"))
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    python.chmod(0o755)

    said = subprocess.run(
        [shell, option, script],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "STATE": "/backups", "BACKUP_KEYS": keys},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()

    assert said[:2] == ["manage.py", "backup"]
    assert re.fullmatch(rf"/backups/\d{{4}}-\d\d-\d\d-\d{{4}}{re.escape(end)}", said[2])


def test_commands_run_as_one_of_the_services(tmp_path: Path) -> None:
    """By hand there are no settings and no secrets: the name of the unit brings them, and all that is forbidden."""
    double = tmp_path / "systemd-run"
    double.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\nexit 3\n')
    double.chmod(0o755)

    done = subprocess.run(
        [BASE / "deploy" / "manage", "appoint_administration", "a@b.example", "--reason", "Telefon verloren"],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    said = done.stdout.splitlines()
    command = said.index(PROGRAMS + "python")
    assert said[command + 1 :] == ["manage.py", "appoint_administration", "a@b.example", "--reason", "Telefon verloren"]
    assert {"--wait", "--pipe"} <= set(said[:command])
    assert any(re.fullmatch(r"--unit=landespreis-manage-\d+", option) for option in said[:command])
    assert done.returncode == 3


@pytest.mark.parametrize("path", sorted(UNITS.glob("landespreis*.*")), ids=lambda path: path.name)
def test_units_name_only_units_that_are_there(path: Path) -> None:
    if path.is_dir():
        path = path / "common.conf"
    named = set(re.findall(r"landespreis[-\w]*\.(?:service|socket|target|timer)", path.read_text(encoding="utf-8")))

    assert {name for name in named if not (UNITS / name).exists()} == set()


def test_stopping_leaves_more_time_than_the_work_takes() -> None:
    gunicorn = (BASE / "deploy" / "gunicorn.py").read_text(encoding="utf-8")
    [grace] = re.findall(r"graceful_timeout = (\d+)", gunicorn)

    [web] = read("landespreis-web.service")["TimeoutStopSec"]
    compose = (BASE / "docker-compose.yml").read_text(encoding="utf-8")
    in_container = re.search(r"command: \[web\]\n    stop_grace_period: (\d+)s", compose)

    assert in_container
    assert int(grace) < min(int(web), int(in_container[1]))
