"""`check --deploy` finds nothing in a proper production environment, and names each thing that is wrong."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.checks import registry

from landespreis import deployment

PROPER = {
    "SECRET_KEY": "kq3Zw8nV5rT1yB7uD9sH2fJ4gL6xC0mPaEiOoUzXcVbNmQwErTyUiOpAs",
    "SMTP_URL": "smtp+tls://name:kennwort@mail.example:587",
    "DATABASE_URL": "postgres://landespreis:kennwort@db:5432/landespreis",
    "REDIS_URL": "redis://broker:6379/0",
    "ALLOWED_HOSTS": "landespreis.example,127.0.0.1",
    "CSRF_TRUSTED_ORIGINS": "https://landespreis.example",
    "BASE_URL": "https://landespreis.example",
    "TRUSTED_PROXY_COUNT": "1",
    "DEFAULT_FROM_EMAIL": "Geschäftsstelle <award@landespreis.invalid>",
    "CLAMD_URL": "tcp://scanner:3310",
    "BACKUP_KEYS": "age1invented",
    "WEB_PROCESSES": "2",
}
"""What docker-compose.yml tells the portal, with invented values; no service is asked."""
CLEAN = ["System check identified no issues (1 silenced)."]
"""templates.W003 is silenced on purpose: our `static` tag stands in for Django's."""


def test_check_deploy_is_clean(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "LANDESPREIS_VAR": str(tmp_path), **PROPER}
    command = [sys.executable, "-W", "error", "manage.py", "check", "--deploy", "--fail-level", "INFO", "--no-color"]

    done = subprocess.run(command, env=env, cwd=project.BASE_DIR, capture_output=True, text=True, check=False)

    assert (done.returncode, (done.stdout + done.stderr).splitlines()) == (0, CLEAN)


def test_silenced_checks_are_only_the_one_that_is_explained() -> None:
    assert project.SILENCED_SYSTEM_CHECKS == ["templates.W003"]


def test_check_deploy_asks_ours() -> None:
    assert deployment.deployment in registry.registry.get_checks(include_deployment_checks=True)


@pytest.fixture
def proper(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Settings with which none of our checks has anything to say."""
    settings.HTTPS = True
    settings.BASE_URL = PROPER["BASE_URL"]
    settings.ALLOWED_HOSTS = PROPER["ALLOWED_HOSTS"].split(",")
    settings.DEFAULT_FROM_EMAIL = PROPER["DEFAULT_FROM_EMAIL"]
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.REDIS_URL, settings.CLAMD_URL = PROPER["REDIS_URL"], PROPER["CLAMD_URL"]
    settings.BACKUP_KEYS = [PROPER["BACKUP_KEYS"]]
    monkeypatch.setenv("WEB_PROCESSES", "2")
    return settings


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"BASE_URL": "https://www.landespreis.example"}, ["W001"]),
        ({"BASE_URL": "http://landespreis.example"}, ["W002"]),
        ({"HTTPS": False}, ["W002"]),
        ({"ALLOWED_HOSTS": ["*"]}, ["W003"]),
        ({"DEFAULT_FROM_EMAIL": ""}, ["W004"]),
        ({"DEFAULT_FROM_EMAIL": "Award <award@portal.example>"}, ["W004"]),
        ({"ALLAUTH_TRUSTED_PROXY_COUNT": 0}, ["W005"]),
        ({"REDIS_URL": ""}, ["W006"]),
        ({"CLAMD_URL": ""}, ["I001"]),
        ({"BACKUP_KEYS": []}, ["I002"]),
    ],
)
def test_deployment_names_what_is_wrong(proper: Any, changes: dict[str, Any], found: list[str]) -> None:
    for name, value in changes.items():
        setattr(proper, name, value)

    assert [message.id for message in deployment.deployment(None)] == [f"landespreis.{name}" for name in found]


def test_deployment_bears_one_process_without_redis(proper: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WEB_PROCESSES")
    proper.REDIS_URL = ""

    assert deployment.deployment(None) == []
