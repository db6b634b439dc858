"""The demo's clock: shared by processes, moved forward, begun by LANDESPREIS_NOW, refused in production."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.utils import timezone

from landespreis import clock

NOON = datetime(2026, 1, 27, 12, 0, tzinfo=clock.BERLIN)
DAY = timedelta(days=1)
TICK = timedelta(seconds=30)
PRODUCTION = {"SECRET_KEY": "x" * 60, "SMTP_URL": "smtp://localhost:25"}
"""What a production needs to start at all."""
READ_CLOCK = "import django; django.setup(); from landespreis import clock; print(clock.now().isoformat())"


@pytest.fixture
def demo(settings: Any, tmp_path: Path) -> Any:
    """Settings of a demo whose clock was never set."""
    settings.DEMO, settings.CLOCK_FILE, settings.NOW_ORIGIN = True, tmp_path / "clock.json", None
    return settings


def run(*arguments: str, var: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own, with just these variables set for the portal."""
    ours = {"LANDESPREIS_VAR": str(var), "DJANGO_SETTINGS_MODULE": "landespreis.settings", "LOG_LEVEL": "ERROR"}
    return subprocess.run(
        [sys.executable, *arguments],
        env={"PATH": os.environ["PATH"], **ours, **environment},
        cwd=project.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_now_is_the_machines_outside_a_demo(settings: Any, at: Callable[[datetime], None]) -> None:
    settings.DEMO = False
    at(NOON)

    assert clock.now() == NOON
    assert clock.told(NOON - DAY) == NOON - DAY


def test_set_now_is_refused_outside_a_demo(settings: Any, tmp_path: Path) -> None:
    settings.DEMO, settings.CLOCK_FILE = False, tmp_path / "clock.json"

    with pytest.raises(RuntimeError):
        clock.set_now(NOON)

    assert list(tmp_path.glob("clock*")) == []


def test_now_is_the_machines_in_a_demo_until_it_is_set(demo: Any, at: Callable[[datetime], None]) -> None:
    at(NOON)

    assert clock.now() == NOON
    assert clock.last_set() is None


def test_now_ticks_on_from_where_it_was_set(demo: Any, at: Callable[[datetime], None]) -> None:
    machine = datetime(2027, 5, 1, tzinfo=UTC)
    at(machine)
    clock.set_now(NOON)
    at(machine + TICK)

    assert clock.now() == NOON + TICK
    assert clock.last_set() == NOON


def test_now_follows_settings_made_within_one_tick_of_the_file_system(demo: Any) -> None:
    for days in range(60):
        clock.set_now(NOON + days * DAY)

        assert timedelta() <= clock.now() - (NOON + days * DAY) < TICK


def test_told_knows_what_the_clock_showed_before_it_was_moved(demo: Any, at: Callable[[datetime], None]) -> None:
    machine = datetime(2027, 5, 1, tzinfo=UTC)
    at(machine)
    clock.set_now(NOON)
    at(machine + TICK)
    clock.set_now(NOON + 7 * DAY)

    assert clock.told(machine + TICK / 2) == NOON + TICK / 2
    assert clock.told(machine + 2 * TICK) == NOON + 7 * DAY + TICK
    assert clock.told(machine - TICK) == NOON - TICK


def test_set_now_forgets_the_oldest_settings(demo: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "KEPT", 3)
    for days in range(5):
        clock.set_now(NOON + days * DAY)

    assert demo.CLOCK_FILE.read_text().count("]") == 3 + 1
    assert clock.last_set() == NOON + 4 * DAY


def test_rehearsal_tells_others_at_its_end(demo: Any, at: Callable[[datetime], None]) -> None:
    at(NOON)
    clock.set_now(NOON)
    before = demo.CLOCK_FILE.read_text()

    with clock.rehearsal():
        clock.set_now(NOON + DAY)
        assert clock.now() == NOON + DAY
        assert demo.CLOCK_FILE.read_text() == before
        clock.set_now(NOON + 2 * DAY)

    assert clock.now() == clock.last_set() == NOON + 2 * DAY
    assert demo.CLOCK_FILE.read_text().count("]") == 3 + 1


def test_rehearsal_that_fails_leaves_the_clock(demo: Any, at: Callable[[datetime], None]) -> None:
    at(NOON)
    clock.set_now(NOON)

    with pytest.raises(RuntimeError), clock.rehearsal():
        _move_and_fail()

    assert clock.now() == NOON


def _move_and_fail() -> None:
    clock.set_now(NOON + DAY)
    raise RuntimeError


def test_origin_begins_the_clock_once(demo: Any, at: Callable[[datetime], None]) -> None:
    machine = datetime(2027, 5, 1, tzinfo=UTC)
    demo.NOW_ORIGIN = NOON
    at(machine)
    first = clock.now()
    demo.NOW_ORIGIN = NOON + DAY
    at(machine + TICK)

    assert first == NOON
    assert clock.now() == NOON + TICK


def test_origin_gives_way_to_the_process_that_was_quicker(demo: Any, at: Callable[[datetime], None]) -> None:
    at(NOON)
    clock.set_now(NOON + DAY)

    clock._begin(demo.CLOCK_FILE, NOON)

    assert clock.now() == NOON + DAY
    assert [file.name for file in demo.CLOCK_FILE.parent.glob("clock*")] == ["clock.json"]


def test_processes_share_the_clock(demo: Any, tmp_path: Path) -> None:
    """As web, worker and beat do: one begins it, the others follow, also after it was moved."""
    machine = timezone.now()
    environment = {"LANDESPREIS_MODE": "demo", "LANDESPREIS_NOW": NOON.isoformat()}
    started = datetime.fromisoformat(run("-c", READ_CLOCK, var=tmp_path, **environment).stdout.strip())
    here = clock.now()
    clock.set_now(NOON + 7 * DAY)
    moved = datetime.fromisoformat(run("-c", READ_CLOCK, var=tmp_path, **environment).stdout.strip())
    passed = timezone.now() - machine

    assert NOON <= started <= here <= NOON + passed
    assert NOON + 7 * DAY <= moved <= NOON + 7 * DAY + passed


def test_production_refuses_to_move_the_clock(tmp_path: Path) -> None:
    result = run("manage.py", "check", var=tmp_path, **PRODUCTION, LANDESPREIS_NOW=NOON.isoformat())

    assert result.returncode != 0
    assert "LANDESPREIS_NOW verstellt die Uhr und ist nur im Demobetrieb erlaubt." in result.stderr


@pytest.mark.parametrize("value", ["2026-01-27T12:00:00", "gestern"])
def test_demo_refuses_an_origin_without_zone(tmp_path: Path, value: str) -> None:
    result = run("manage.py", "check", var=tmp_path, LANDESPREIS_MODE="demo", LANDESPREIS_NOW=value)

    assert result.returncode != 0
    assert "kein Zeitpunkt mit Zone" in result.stderr


@pytest.mark.parametrize("hosts", ["localhost,portal.example", "*", ".localhost"])
def test_demo_refuses_other_than_local_hosts(tmp_path: Path, hosts: str) -> None:
    result = run("manage.py", "check", var=tmp_path, LANDESPREIS_MODE="demo", ALLOWED_HOSTS=hosts)

    assert result.returncode != 0
    assert "Der Demobetrieb startet nur für lokale Adressen" in result.stderr


def test_demo_starts_for_local_hosts(tmp_path: Path) -> None:
    result = run("manage.py", "check", var=tmp_path, LANDESPREIS_MODE="demo", ALLOWED_HOSTS="localhost,127.0.0.1")

    assert result.returncode == 0, result.stderr


def test_production_has_no_demo_addresses(tmp_path: Path) -> None:
    code = (
        "import django; django.setup()\n"
        "from django.urls import resolve, Resolver404\n"
        "try:\n    print(resolve('/demo/uhr/').view_name)\n"
        "except Resolver404:\n    print('none')"
    )
    production = run("-c", code, var=tmp_path, **PRODUCTION)
    demo_mode = run("-c", code, var=tmp_path, LANDESPREIS_MODE="demo")

    assert production.stdout.strip() == "none"
    assert demo_mode.stdout.strip() == "demo:clock"
