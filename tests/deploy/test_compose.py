"""What docker-compose.yml and the files of make-secrets tell the portal: the settings start on it and are sound."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from rehearsal.servers import DISCREET
from tests.processes.portal import PROGRAMS

BASE = Path(settings.BASE_DIR)
SITE = {"SITE_HOST": "landespreis.example", "DEFAULT_FROM_EMAIL": "Geschäftsstelle <award@landespreis.invalid>"}
SMTP = "smtp+tls://name:kennwort@mail.example:587"
ASKED = """
import json
from django.conf import settings as s
from django.core.files.storage import default_storage
d = s.DATABASES["default"]
print(json.dumps([d["HOST"], d["USER"], d["PASSWORD"], s.REDIS_URL, s.FILES_URL, s.EMAIL_HOST_PASSWORD]))
"""


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """The folder as make-secrets makes it."""
    (tmp_path / "deploy").mkdir()
    shutil.copy(BASE / "deploy" / "make-secrets", tmp_path / "deploy")
    subprocess.run([tmp_path / "deploy" / "make-secrets"], check=True, capture_output=True)
    return tmp_path / "secrets"


def configured(tmp_path: Path, **dotenv: str) -> dict[str, Any]:
    """Return the whole of Compose's configuration with such an .env."""
    env_file = tmp_path / ".env"
    env_file.write_text("".join(f"{name}={value}\n" for name, value in {**SITE, **dotenv}.items()))
    command = [PROGRAMS / "docker-compose", "--env-file", env_file, "--file", BASE / "docker-compose.yml"]
    done = subprocess.run(
        [*command, "config", "--format", "json"],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def run(service: dict[str, Any], secrets: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python as that service would, with its files where they are here."""
    told = {name: value.replace("/run/secrets", str(secrets)) for name, value in service["environment"].items()}
    env = {"PATH": os.environ["PATH"], "LANDESPREIS_VAR": str(secrets.parent / "var"), **told}
    env["DJANGO_SETTINGS_MODULE"] = "landespreis.settings"
    done = subprocess.run([sys.executable, *command], env=env, cwd=BASE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done


def test_make_secrets_makes_up_what_nobody_has_to_know(secrets: Path) -> None:
    made = {path.name: path.read_text() for path in secrets.iterdir()}

    assert {name for name, content in made.items() if content} == {"secret_key", "postgres_password", "metrics_token"}
    assert (len(made["secret_key"]), len(made["postgres_password"])) == (96, 64)
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets.iterdir()} == {0o444}


def test_make_secrets_again_keeps_what_is_there(secrets: Path) -> None:
    (secrets / "smtp_url").chmod(0o600)
    (secrets / "smtp_url").write_text(SMTP)
    before = {path.name: path.read_text() for path in secrets.iterdir()}

    again = subprocess.run([secrets.parent / "deploy" / "make-secrets"], check=True, capture_output=True, text=True)

    assert {path.name: path.read_text() for path in secrets.iterdir()} == before
    assert again.stdout == ""


def test_make_secrets_fills_another_folder(secrets: Path, tmp_path: Path) -> None:
    """Without containers the secrets stand beside the settings, and outlive the folder of a version."""
    other = tmp_path / "etc" / "secrets"

    done = subprocess.run([tmp_path / "deploy" / "make-secrets", other], check=True, capture_output=True, text=True)

    assert {path.name for path in other.iterdir()} == {path.name for path in secrets.iterdir()}
    assert stat.S_IMODE(other.stat().st_mode) == 0o700
    assert (other / "secret_key").read_text() != (secrets / "secret_key").read_text()
    assert f"{other}/smtp_url" in done.stdout


@pytest.mark.parametrize("name", ["web", "worker", "beat", "set_up"])
def test_every_service_gets_its_secrets_from_files(tmp_path: Path, name: str) -> None:
    service = configured(tmp_path)["services"][name]

    files = {value for key, value in service["environment"].items() if key.endswith("_FILE")}
    assert files == {secret["target"] for secret in service["secrets"]}
    assert not {"SECRET_KEY", "SMTP_URL", "FILES_URL", "POSTGRES_PASSWORD"} & set(service["environment"])


@pytest.mark.parametrize(
    ("files_url", "expected"),
    [("", "file://{var}/files"), ("s3://schluessel:geheim@ablage.example:9000/eimer?region=eu-central-1",) * 2],
    ids=["volume", "s3"],
)
def test_settings_start_on_what_compose_tells(tmp_path: Path, secrets: Path, files_url: str, expected: str) -> None:
    for name, content in {"smtp_url": SMTP, "files_url": files_url}.items():
        (secrets / name).chmod(0o600)
        (secrets / name).write_text(content)
    password = (secrets / "postgres_password").read_text()
    service = configured(tmp_path)["services"]["web"]

    said = json.loads(run(service, secrets, "-c", ASKED).stdout)

    files = expected.format(var=secrets.parent / "var")
    assert said == ["db", "landespreis", password, "redis://broker:6379/0", files, "kennwort"]


def test_redis_with_a_password_stands_in_a_file(tmp_path: Path, secrets: Path) -> None:
    for name, content in {"smtp_url": SMTP, "redis_url": "redis://:geheim@redis.example:6379/0"}.items():
        (secrets / name).chmod(0o600)
        (secrets / name).write_text(content)
    service = configured(tmp_path, REDIS_URL="")["services"]["web"]

    said = json.loads(run(service, secrets, "-c", ASKED).stdout)

    assert said[3] == "redis://:geheim@redis.example:6379/0"


def test_check_deploy_is_clean_on_what_compose_tells(tmp_path: Path, secrets: Path) -> None:
    (secrets / "smtp_url").chmod(0o600)
    (secrets / "smtp_url").write_text(SMTP)
    service = configured(tmp_path, CLAMD_URL="tcp://scanner:3310", BACKUP_KEYS="age1invented")["services"]["web"]

    said = run(service, secrets, "manage.py", "check", "--deploy", "--fail-level", "INFO")

    assert "no issues" in said.stdout + said.stderr


def test_static_files_of_earlier_versions_stay(tmp_path: Path) -> None:
    services = configured(tmp_path)["services"]

    written = [volume["target"] for volume in services["set_up"]["volumes"] if volume["source"] == "static"]
    read = [(v["target"], v.get("read_only")) for v in services["proxy"]["volumes"] if v["source"] == "static"]
    assert services["set_up"]["command"][-2:] == ["--static", *written]
    assert read == [(written[0], True)]


def test_broker_lets_go_of_what_expires_and_never_of_messages(tmp_path: Path) -> None:
    command = configured(tmp_path)["services"]["broker"]["command"]

    assert dict(zip(command[1::2], command[2::2], strict=True)) == {
        "--save": "", "--appendonly": "no", "--maxmemory": "256mb", "--maxmemory-policy": "volatile-lru",
    }  # fmt: skip


def test_database_writes_no_statements_and_values_down(tmp_path: Path) -> None:
    program, *options = configured(tmp_path)["services"]["db"]["command"]

    assert program == "postgres"
    assert options == [part for name, value in DISCREET.items() for part in ("-c", f"{name}={value}")]


def test_health_is_asked_of_those_who_can_answer_and_start_up_waits_for_no_other(tmp_path: Path) -> None:
    services = configured(tmp_path)["services"]

    asked = {name: service["healthcheck"] for name, service in services.items() if "healthcheck" in service}
    assert {name for name, check in asked.items() if not check.get("disable")} == {"proxy", "web", "db", "broker"}
    assert {name for name, check in asked.items() if check.get("disable")} == {"worker", "beat", "set_up"}


def test_proxy_is_there_before_all_others_and_while_they_are_renewed(tmp_path: Path) -> None:
    assert "depends_on" not in configured(tmp_path)["services"]["proxy"]


def test_handbook_renews_web_without_touching_what_stands_before_it() -> None:
    handbook = (BASE / "docs" / "betrieb.md").read_text(encoding="utf-8")
    steps = handbook.split("Ohne Wartezeit, mit Containern:")[1].split("```")[1].splitlines()

    ups = [step.split("#")[0].split() for step in steps if "docker compose up" in step]
    assert [{"--no-deps", "--wait"} - set(up) for up in ups] == [set(), set(), set()]
    assert [up[-1] for up in ups] == ["web", "beat", "proxy"]


def test_handbook_gives_the_folder_of_backups_to_whom_the_containers_run_as() -> None:
    handbook = (BASE / "docs" / "betrieb.md").read_text(encoding="utf-8")
    [user] = re.findall(r"useradd .*--uid (\d+)", (BASE / "Dockerfile").read_text(encoding="utf-8"))

    assert f"install --directory --owner={user} --mode=0700 /sicherung" in handbook


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_handbook_lets_nothing_else_run_before_backup_and_restore(command: str) -> None:
    handbook = (BASE / "docs" / "betrieb.md").read_text(encoding="utf-8")

    ways = re.findall(rf"docker compose run .* manage\.py {command}\b", handbook)
    assert ways
    assert [way for way in ways if "--no-deps" not in way] == []
