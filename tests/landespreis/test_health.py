"""Tests of what operators ask."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, RequestFactory
from django.utils import timezone
from post_office.models import PRIORITY, STATUS, Email

from landespreis import health, setting_up


def owe(age: timedelta, status: int = STATUS.queued) -> None:
    mail = Email.objects.create(
        from_email="a@portal.example", to=["b@stadt.example"], status=status, priority=PRIORITY.medium
    )
    Email.objects.filter(pk=mail.pk).update(created=timezone.now() - age)


def break_storage(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    settings.FILES_URL = f"file://{tmp_path / 'file'}"


def test_healthz_answers_without_asking_anything(client: Client) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")


def test_readyz_is_ready_when_everything_answers(client: Client, db: None) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {
        "database": "ok",
        "schema": "ok",
        "broker": "ok",
        "storage": "ok",
        "oldest_owed_mail_seconds": None,
        "oldest_owed_circular_seconds": None,
        "oldest_owed_parcel_seconds": None,
        "oldest_owed_receipt_seconds": None,
        "oldest_owed_scan_seconds": None,
        "oldest_owed_paper_seconds": None,
        "oldest_owed_newsletter_seconds": None,
        "oldest_owed_retention_seconds": None,
        "oldest_owed_reminder_seconds": None,
    }


def test_readyz_tells_the_age_of_the_oldest_owed_mail(client: Client, db: None) -> None:
    owe(timedelta(hours=1))
    owe(timedelta(hours=2), STATUS.requeued)
    owe(timedelta(hours=9), STATUS.sent)

    response = client.get("/readyz")

    assert response.status_code == 200
    assert 7200 <= response.json()["oldest_owed_mail_seconds"] < 7260


def test_readyz_fails_when_storage_cannot_be_written(client: Client, db: None, settings: Any, tmp_path: Path) -> None:
    break_storage(settings, tmp_path)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["storage"] == "failed"


def test_readyz_fails_when_the_brokers_folder_is_gone(client: Client, db: None, settings: Any) -> None:
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"folder": "/nowhere/at/all"}

    response = client.get("/readyz")

    assert (response.status_code, response.json()["broker"]) == (503, "failed")


def test_readyz_says_nothing_about_owed_work_without_a_database() -> None:
    """No `db` fixture: every query is refused."""
    response = health.readyz(RequestFactory().get("/readyz"))

    assert response.status_code == 503
    assert json.loads(response.content)["database"] == "failed"
    assert "oldest_owed_mail_seconds" not in json.loads(response.content)


def test_readyz_fails_on_an_empty_database_and_says_what_to_do(tmp_path: Path) -> None:
    """A process of its own, because this one's database is migrated."""
    ask = (
        "from django.test import Client; answer = Client(headers={'host': 'localhost'}).get('/readyz'); "
        "print(answer.status_code, answer.content.decode())"
    )
    environ = {"LANDESPREIS_MODE": "demo", "LANDESPREIS_VAR": str(tmp_path), "PATH": os.environ["PATH"]}

    answer = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", ask],
        cwd=settings.BASE_DIR, env=environ, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip

    status, _, body = answer.partition(" ")
    report = json.loads(body)
    assert status == "503"
    assert (report["database"], report["schema"]) == ("ok", "failed")
    assert report["reasons"] == {"schema": "the database is not migrated: run manage.py migrate"}


def test_readyz_fails_while_one_migration_is_missing(client: Client, db: None) -> None:
    MigrationRecorder(connection).record_unapplied("submissions", "0002_frozen_rows")

    response = client.get("/readyz")

    assert (response.status_code, response.json()["schema"]) == (503, "failed")
    assert "oldest_owed_mail_seconds" not in response.json()


def test_readyz_tells_no_details_of_a_failure(client: Client, db: None, settings: Any) -> None:
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"folder": "/nowhere/at/all"}

    response = client.get("/readyz")

    assert response.json()["reasons"] == {"broker": "the broker does not answer"}


def test_readyz_leaves_no_file_behind(client: Client, db: None, tmp_path: Path) -> None:
    client.get("/readyz")

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


# Who asks often --------------------------------------------------------------------------------------


def grow_older(seconds: float) -> None:
    assert health._kept
    health._kept = health._kept._replace(at=health._kept.at - seconds)


def test_readyz_looks_again_after_five_seconds(client: Client, db: None, settings: Any, tmp_path: Path) -> None:
    answers = [client.get("/readyz").status_code]
    break_storage(settings, tmp_path)

    answers.append(client.get("/readyz").status_code)
    grow_older(2)
    answers.append(client.get("/readyz").status_code)
    grow_older(3)
    answers.append(client.get("/readyz").status_code)

    assert answers == [200, 200, 200, 503]


def test_readyz_keeps_a_failure_no_longer(client: Client, db: None, settings: Any, tmp_path: Path) -> None:
    works = settings.FILES_URL
    break_storage(settings, tmp_path)
    first = client.get("/readyz")
    settings.FILES_URL = works

    again = client.get("/readyz")
    grow_older(5)

    assert (first.status_code, again.json()) == (503, first.json())
    assert client.get("/readyz").status_code == 200


def test_readyz_answers_what_is_known_while_another_thread_looks(
    client: Client, db: None, settings: Any, tmp_path: Path
) -> None:
    client.get("/readyz")
    break_storage(settings, tmp_path)
    grow_older(20)

    with health._looking:
        meanwhile = client.get("/readyz")
    after = client.get("/readyz")

    assert (meanwhile.status_code, after.status_code) == (200, 503)


@pytest.mark.parametrize("known", [False, True], ids=["nothing known", "known for long"])
def test_readyz_waits_for_who_looks_rather_than_answer_what_is_long_ago(client: Client, db: None, known: bool) -> None:
    if known:
        client.get("/readyz")
        grow_older(30)
    found = {"database": "failed", "reasons": {"database": "the database does not answer"}}

    with ThreadPoolExecutor(1) as pool, health._looking:
        asked = pool.submit(health.readyz, RequestFactory().get("/readyz"))
        with pytest.raises(TimeoutError):
            asked.result(0.2)
        health._kept = health.Kept(found, time.monotonic())

    assert json.loads(asked.result().content) == found


def test_set_up_looks_for_itself(client: Client, db: None, settings: Any, tmp_path: Path) -> None:
    client.get("/readyz")
    break_storage(settings, tmp_path)

    assert setting_up._failing() == ["storage"]


def test_healthz_and_readyz_only_answer_reading(client: Client, db: None) -> None:
    assert [client.post(path).status_code for path in ("/healthz", "/readyz")] == [405, 405]
