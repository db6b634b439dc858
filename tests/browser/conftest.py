"""What every walk stands on: Chromium, the portal served in demo mode with its clock, and windows to look at it."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.signals import got_request_exception
from django.db import connection
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from jury.actions import papers
from landespreis import clock, delivery
from landespreis.clock import BERLIN
from landespreis.demo import stage
from portal import keeping
from submissions import tasks
from submissions.models import Round
from tests.browser import html
from tests.browser.visitor import Theme, Visitor

AFTERNOON = datetime(2026, 1, 27, 14, 32, tzinfo=BERLIN)
"""The moment at which walks begin, thirteen days before the deadline."""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
]
OLD = """
delete HTMLFormElement.prototype.requestSubmit;
delete SubmitEvent.prototype.submitter;
delete window.navigation;
"""
"""Takes away what browsers before 2022 lack: telephones that end with iOS 15 are among them."""
Visit = Callable[..., Visitor]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One Chromium for all walks. Playwright keeps an event loop running in this thread, which Django must not mind."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS, timeout=120_000)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[bytes, str]]:
    """All pages that walks were served; at the end they go through the Nu HTML checker."""
    found: dict[bytes, str] = {}
    yield found
    complaints = html.complaints(found, tmp_path_factory.mktemp("html"))
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def portal(live_server: LiveServer, served: dict[bytes, str], settings: Any, tmp_path: Path) -> Iterator[str]:
    """The address of the portal in demo mode, its clock running from AFTERNOON. No request may crash."""
    settings.DEMO, settings.CLOCK_FILE, settings.NOW_ORIGIN = True, tmp_path / "clock.json", AFTERNOON
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    settings.BASE_URL = live_server.url
    settings.EMAIL_BACKEND = "landespreis.mail.OwedMailBackend"  # Django's tests put another in its place
    settings.ROOT_URLCONF = "tests.browser.urls"
    crashes: list[str] = []

    def crashed(sender: Any, request: Any, **kwargs: Any) -> None:
        crashes.append(f"{request.method} {request.path}")

    got_request_exception.connect(crashed)
    server = live_server.thread.httpd
    recorder = html.Recorder(server.get_app(), served)
    server.set_app(recorder)
    yield live_server.url
    server.set_app(recorder.application)
    got_request_exception.disconnect(crashed)
    assert not crashes


@pytest.fixture
def visit(chromium: Browser, portal: str) -> Iterator[Visit]:
    """Open a window: `visit(width=360, dark=True, touch=True, scripts=False)`. It must have nothing to complain of.

    With `both` axe looks at every page in the other theme as well, with `old` the browser is one from before 2022.
    """
    visitors: list[Visitor] = []

    def open_window(
        *,
        width: int = 1280,
        height: int = 900,
        dark: bool = False,
        both: bool = False,
        touch: bool = False,
        old: bool = False,
        scripts: bool = True,
    ) -> Visitor:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            has_touch=touch,
            is_mobile=touch,
            java_script_enabled=scripts,
            locale="de-DE",
            timezone_id="Europe/Berlin",
        )
        if old:
            context.add_init_script(OLD)
        themes: tuple[Theme, ...] = ("dark", "light") if dark else ("light", "dark")
        visitor = Visitor(context, portal, scripts=scripts, themes=themes if both else themes[:1])
        visitors.append(visitor)
        return visitor

    yield open_window
    for visitor in visitors:
        visitor.context.close()
    for visitor in visitors:
        visitor.check()


@pytest.fixture
def register(portal: str, round: Round) -> Round:
    """The round, and the register of municipalities as it is shipped."""
    call_command("load_municipalities", verbosity=0)
    return round


@dataclass
class Filled:
    """What the first walk in the demo has found there: filling it anew takes longer than most walks."""

    folder: Path
    database: sqlite3.Connection | None = None


@pytest.fixture(scope="package")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    kept = Filled(tmp_path_factory.mktemp("demo"))
    yield kept
    if kept.database:
        kept.database.close()


@pytest.fixture
def demo(portal: str, round: Round, filled: Filled, tmp_path: Path) -> Round:
    """The demo's people and entries in the phase in which one can submit."""
    here = connection.connection
    if filled.database:
        filled.database.backup(here)
        shutil.copytree(filled.folder, tmp_path, dirs_exist_ok=True)
        clock.set_now(stage.PHASES["open"])
        ContentType.objects.clear_cache()
        keeping.forget()
    else:
        call_command("load_municipalities", verbosity=0)
        stage.fill("open")
        shutil.copytree(tmp_path, filled.folder, dirs_exist_ok=True)
        filled.database = sqlite3.connect(":memory:")
        here.backup(filled.database)
    return Round.objects.get()


@pytest.fixture
def work() -> Callable[[], None]:
    """Do what worker and beat would do now: render owed receipts and papers, send owed mail."""

    def once() -> None:
        tasks.render_owed_receipts()
        papers.fulfil_all()
        delivery.send_owed(100)

    return once
