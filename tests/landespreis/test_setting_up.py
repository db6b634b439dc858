"""Setting up: what is there afterwards, what people changed, what is said to be missing, and two at once."""

import io
import threading
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from post_office.models import Email

from accounts.models import Municipality, User
from jury.models import Seat
from landespreis import setting_up, shelf
from portal.models import Page, ProjectCategory
from rehearsal.machines import free_port, wait
from submissions.models import Round
from tests.accounts.factories import UserFactory

ADDRESS = "arne.peukert@administration.example"


def set_up(**options: Any) -> str:
    said = io.StringIO()
    call_command("set_up", stdout=said, no_color=True, **options)
    return said.getvalue()


def test_set_up_fills_an_empty_portal(db: None) -> None:
    said = set_up(admin=ADDRESS)

    counts = [model._default_manager.count() for model in (Round, Page, ProjectCategory)]
    assert counts == [1, 7, 6]
    assert (Municipality.objects.count() > 400, Seat.objects.count()) == (True, 5)
    assert User.objects.get().email == ADDRESS
    assert "Datenbank: auf dem Stand dieser Fassung." in said


def test_set_up_again_keeps_what_people_changed(db: None) -> None:
    set_up(admin=ADDRESS)
    Round.objects.update(name="Umbenannt")
    Seat.objects.filter(position=1).update(institution="Umbenannt")
    Municipality.objects.filter(ags="05974040").update(label="Umbenannt")
    Email.objects.all().delete()

    set_up(admin="andere@administration.example")

    renamed = [
        Round.objects.filter(name="Umbenannt").count(),
        Seat.objects.filter(institution="Umbenannt").count(),
        Municipality.objects.filter(label="Umbenannt").count(),
    ]
    assert renamed == [1, 1, 1]
    assert (User.objects.count(), Email.objects.count()) == (1, 0)


def test_set_up_names_a_step_that_went_wrong_and_goes_on(db: None) -> None:
    UserFactory(email=ADDRESS)

    said = set_up(admin=ADDRESS)

    assert "appoint_administration ging nicht: Zu arne.peukert@administration.example gibt es schon ein Konto" in said
    assert "- Es gibt noch niemanden in der Administration." in said


def test_set_up_lays_static_files_out(db: None, settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / "base.css").write_text("body{}")
    folder = tmp_path / "shelf"
    folder.mkdir()

    said = set_up(static=folder)

    assert f"Statische Dateien in {folder}: 1 neu, 0 entfernt." in said
    assert sorted(path.name for path in folder.iterdir()) == ["base.css", shelf.RECORD]


@pytest.fixture
def complete(db: None, settings: Any) -> Any:
    """An installation to which nothing is missing, as far as the rows go."""
    UserFactory(is_superuser=True)
    return settings


def missing() -> list[str]:
    return list(setting_up.gaps())


def test_gaps_of_a_complete_portal_are_none(complete: Any) -> None:
    assert missing() == []


def test_gaps_name_a_missing_administration(db: None) -> None:
    UserFactory(is_superuser=True, is_active=False)

    assert [gap.split(".")[0] for gap in missing()] == ["Es gibt noch niemanden in der Administration"]


def test_gaps_name_a_mail_server_that_is_away(complete: Any) -> None:
    complete.POST_OFFICE = {"BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"}}
    complete.EMAIL_HOST, complete.EMAIL_PORT = "127.0.0.1", free_port()

    assert [gap.split(":")[0] for gap in missing()] == ["Der Mailserver nimmt nichts an"]


def test_gaps_name_a_storage_that_cannot_be_written(complete: Any, tmp_path: Path) -> None:
    (tmp_path / "no folder").write_text("")
    complete.FILES_URL = f"file://{tmp_path}/no folder/files"

    assert missing() == [setting_up.SERVICES["storage"]]


def test_gaps_name_a_broker_that_is_away(complete: Any) -> None:
    complete.CELERY_BROKER_TRANSPORT_OPTIONS = {"folder": "/nowhere"}

    assert missing() == [setting_up.SERVICES["broker"]]


def test_gaps_name_pages_with_placeholders(complete: Any) -> None:
    call_command("load_pages", verbosity=0)
    Page.objects.exclude(slug="impressum").update(is_placeholder=False)

    assert missing() == ["Noch mit Platzhaltern, in der Verwaltung unter „Seiten“ auszufüllen: Impressum."]


def test_advice_is_what_the_checks_find(settings: Any) -> None:
    settings.BACKUP_KEYS, settings.CLAMD_URL = [], "tcp://scanner:3310"

    advice = list(setting_up.advice())

    assert [word for word in ("BACKUP_KEYS fehlt", "CLAMD_URL fehlt") if any(word in said for said in advice)] == [
        "BACKUP_KEYS fehlt"
    ]
    assert advice[-1].startswith("manage.py check --deploy nennt dazu noch ")


def test_alone_lets_one_through_at_a_time(transactional_db: None) -> None:
    inside, leave, entered = threading.Event(), threading.Event(), []

    def second() -> None:
        try:
            with setting_up.alone():
                entered.append(leave.is_set())
        finally:
            connection.close()

    def first() -> None:
        try:
            with setting_up.alone():
                inside.set()
                leave.wait(60)
        finally:
            connection.close()

    one, two = threading.Thread(target=first), threading.Thread(target=second)
    one.start()
    inside.wait(60)
    two.start()
    wait(waiting, "the second waits for the lock")
    leave.set()
    one.join()
    two.join()

    assert entered == [True]


def waiting() -> bool:
    """Whether somebody waits for the lock."""
    if connection.vendor != "postgresql":
        inode = (Path(settings.VAR_DIR) / "set_up.lock").stat().st_ino
        return any("->" in line and f":{inode} " in line for line in Path("/proc/locks").read_text().splitlines())
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(cursor.fetchone()[0])
