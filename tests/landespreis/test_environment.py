"""Secrets from files: read whole, missing files named with their cure, and never two places for one secret."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from landespreis.environment import SECRETS, with_secrets

ASKED = "import json; from django.conf import settings as s; print(json.dumps({}))"


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize(("content", "value"), [("geheim\n", "geheim"), ("ge heim\r\n", "ge heim"), ("ü$", "ü$")])
def test_with_secrets_reads_the_file(tmp_path: Path, name: str, content: str, value: str) -> None:
    file = tmp_path / "secret"
    file.write_text(content, encoding="utf-8")

    found = with_secrets({"PORT": "1", f"{name}_FILE": str(file)})

    assert found == {"PORT": "1", f"{name}_FILE": str(file), name: value}


def test_with_secrets_leaves_the_environment_alone(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("geheim")
    environ = {"SECRET_KEY_FILE": str(file)}

    with_secrets(environ)

    assert environ == {"SECRET_KEY_FILE": str(file)}


@pytest.mark.parametrize("said", [{}, {"SMTP_URL": ""}, {"SMTP_URL": "smtp://mail.example"}])
def test_with_secrets_takes_an_empty_file_as_nothing_said(tmp_path: Path, said: dict[str, str]) -> None:
    file = tmp_path / "secret"
    file.write_text("\n")

    found = with_secrets({"SMTP_URL_FILE": str(file), **said})

    assert found.get("SMTP_URL") == said.get("SMTP_URL")


def test_with_secrets_knows_no_other_names(tmp_path: Path) -> None:
    environ = {"PORT_FILE": str(tmp_path / "nowhere")}

    found = with_secrets(environ)

    assert found == environ


def test_with_secrets_refuses_two_places(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("eins")

    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY steht in der Umgebung und in der Datei.*Entfernen Sie"):
        with_secrets({"SECRET_KEY": "zwei", "SECRET_KEY_FILE": str(file)})


def test_with_secrets_names_a_missing_file(tmp_path: Path) -> None:
    file = tmp_path / "nowhere"

    with pytest.raises(ImproperlyConfigured, match=f"SMTP_URL_FILE nennt {file}, und .*Legen Sie sie an"):
        with_secrets({"SMTP_URL_FILE": str(file)})


@pytest.mark.parametrize("content", [b"\xff\xfe", None], ids=["no text", "a folder"])
def test_with_secrets_names_an_unreadable_file(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "secret"
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)

    with pytest.raises(ImproperlyConfigured, match=f"{file}, und diese Datei lässt sich nicht lesen"):
        with_secrets({"SMTP_URL_FILE": str(file)})


def in_production(tmp_path: Path, expression: str, **said: str) -> subprocess.CompletedProcess[str]:
    """Ask a process in production mode, which is told nothing but `said`, for an expression over its settings `s`."""
    env = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "landespreis.settings",
        "LANDESPREIS_VAR": str(tmp_path / "var"),
        **said,
    }
    command = [sys.executable, "-c", ASKED.format(expression)]
    return subprocess.run(command, env=env, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)


def secret(tmp_path: Path, name: str, content: str) -> str:
    file = tmp_path / name.lower()
    file.write_text(f"{content}\n")
    return str(file)


def test_settings_take_every_secret_from_its_file(tmp_path: Path) -> None:
    contents = {
        "SECRET_KEY": "s" * 60,
        "SECRET_KEY_FALLBACKS": "alt,älter",
        "POSTGRES_PASSWORD": "a/b@c:d",
        "REDIS_URL": "redis://:r@broker:6379/0",
        "FILES_URL": "s3://k:g@host/bucket",
        "SMTP_URL": "smtp+tls://n:m@mail.example:587",
    }
    files = {f"{name}_FILE": secret(tmp_path, name, content) for name, content in contents.items()}
    expression = (
        "[s.SECRET_KEY, s.SECRET_KEY_FALLBACKS, s.DATABASES['default']['PASSWORD'], s.CACHES['default']['LOCATION'],"
        " s.CELERY_BROKER_URL, s.FILES_URL, s.EMAIL_HOST_PASSWORD]"
    )

    said = in_production(tmp_path, expression, DATABASE_URL="postgres://landespreis@db/landespreis", **files)

    assert said.returncode == 0, said.stderr
    redis = "redis://:r@broker:6379/0"
    expected = ["s" * 60, ["alt", "älter"], "a/b@c:d", redis, redis, "s3://k:g@host/bucket", "m"]
    assert json.loads(said.stdout) == expected


def test_settings_prefer_the_password_of_the_address(tmp_path: Path) -> None:
    said = in_production(
        tmp_path,
        "s.DATABASES['default']['PASSWORD']",
        SECRET_KEY_FILE=secret(tmp_path, "SECRET_KEY", "s" * 60),
        SMTP_URL="smtp://mail.example:25",
        DATABASE_URL="postgres://landespreis:adresse@db/landespreis",
        POSTGRES_PASSWORD="datei",
    )

    assert (said.returncode, said.stdout) == (0, '"adresse"\n')


def test_settings_without_a_secret_name_the_file_that_would_hold_it(tmp_path: Path) -> None:
    said = in_production(tmp_path, "s.SECRET_KEY")

    assert said.returncode == 1
    assert "SECRET_KEY fehlt" in said.stderr
    assert "SECRET_KEY_FILE" in said.stderr


@pytest.mark.parametrize("url", ["mail.example", "smtps+x://mail.example", "smtp+tls://name:ge/heim@mail.example:587"])
def test_settings_say_how_to_name_the_mail_server_and_quote_nothing_of_it(tmp_path: Path, url: str) -> None:
    said = in_production(tmp_path, "s.EMAIL_HOST", SECRET_KEY="s" * 60, SMTP_URL=url)

    assert said.returncode == 1
    assert "SMTP_URL lässt sich nicht lesen. Es beginnt mit smtp://, smtp+tls:// oder smtp+ssl://" in said.stderr
    assert "%2F" in said.stderr
    assert "'ge'" not in said.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("manage.py", "check"),
        ("-m", "gunicorn", "--config", "deploy/gunicorn.py", "landespreis.wsgi"),
        ("-m", "celery", "--quiet", "--app", "landespreis.worker", "worker"),
        ("-m", "celery", "--quiet", "--app", "landespreis", "beat", "--pidfile="),
    ],
    ids=["manage.py", "web", "worker", "beat"],
)
def test_who_starts_it_reads_what_is_missing_and_nothing_else(tmp_path: Path, command: tuple[str, ...]) -> None:
    env = {"PATH": os.environ["PATH"], "LANDESPREIS_VAR": str(tmp_path / "var"), "SECRET_KEY": "x" * 50}

    done = subprocess.run(
        [sys.executable, *command], env=env, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )

    [said] = done.stderr.splitlines()
    assert said.startswith("Das Portal startet nicht: SMTP_URL fehlt. Nennen Sie den Mailserver")
    assert done.returncode == 1


def test_an_error_of_others_still_says_where(tmp_path: Path) -> None:
    done = in_production(
        tmp_path,
        "s.STORAGES['nowhere']",
        SECRET_KEY="x" * 50,
        SMTP_URL="smtp://mail.example",
    )

    assert done.stderr.startswith("Traceback")
    assert done.stderr.endswith("KeyError: 'nowhere'\n")
