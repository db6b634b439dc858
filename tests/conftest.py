"""What every test stands on: guards, a private folder, an empty cache, the clock, and the round of the award."""

import os
import re
import socket
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from importlib import import_module
from itertools import groupby
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import time_machine
from django.conf import settings as project
from django.core.cache import cache, caches
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.models import Model
from django.dispatch import receiver
from django.template import engines
from django.template.base import Node
from django.test import Client
from django.test.signals import setting_changed

from accounts.models import User
from landespreis import drift, health
from landespreis.cache import EnduringRedisCache
from landespreis.clock import BERLIN
from landespreis.templatetags import shell
from landespreis.watching import standing
from portal import keeping
from submissions.management.commands.load_round import SHIPPED, load
from submissions.models import Category, Criterion, Question, Round

OPENS = datetime(2025, 12, 1, tzinfo=BERLIN)
CLOSES = datetime(2026, 2, 10, tzinfo=BERLIN)
MIDWAY = datetime(2026, 1, 20, 10, 30, tzinfo=BERLIN)
SECOND = timedelta(seconds=1)


SERVED = {"db", "transactional_db"}
PAGES = {"Client", "Guard", "worlds", "Proxy"}
"""What modules have whose tests ask for pages, or for what stands before them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--served",
        action="store_true",
        help="only tests that reach a database or a process of their own: for a second run on other servers",
    )
    parser.addoption(
        "--much-later",
        action="store_true",
        help="without tests that ask for pages, but in a browser, or start the portal: a run on other servers follows",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about the other database, and of two runs what one of them does as well.

    With `--served` that is what would do exactly the same again. With `--much-later` it is pages, and a portal that is
    started as operators do: what they ask of the database are verbs and lists that have tests of their own on both.
    """
    on_sqlite = project.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    served, later = config.getoption("--served"), config.getoption("--much-later")

    def is_wanted(item: pytest.Item) -> bool:
        if item.get_closest_marker("postgresql" if on_sqlite else "sqlite"):
            return False
        return (not served or _is_served(item)) and not (later and _is_served(item) and _can_wait(item))

    config.hook.pytest_deselected(items=[item for item in items if not is_wanted(item)])
    items[:] = [item for item in items if is_wanted(item)]


def _is_served(item: pytest.Item) -> bool:
    fixtures = SERVED & set(getattr(item, "fixturenames", ()))
    return bool(fixtures) or any(item.get_closest_marker(name) for name in ("django_db", "processes"))


def _can_wait(item: pytest.Item) -> bool:
    """Say whether a test asks for pages, as its fixtures and imports tell, or starts the portal, on any database."""
    if any(item.get_closest_marker(name) for name in ("browser", "embedded", "sqlite", "both")):
        return False
    if item.get_closest_marker("processes"):
        return True
    return "client" in getattr(item, "fixturenames", ()) or bool(PAGES & set(dir(getattr(item, "module", None))))


def pytest_configure(config: pytest.Config) -> None:
    """Give each of the parallel processes a Redis database of its own: they empty it."""
    location = project.CACHES["default"].get("LOCATION", "")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    if location.startswith("redis"):
        head, _, number = location.rpartition("/")
        project.CACHES["default"]["LOCATION"] = f"{head}/{int(number) - int(worker)}"
        with suppress(AttributeError):  # whoever asked before got a connection to the other
            del caches["default"]


class UnknownVariable(str):
    """Stands for a variable that a template of ours names and its view does not give: the test fails."""

    __slots__ = ()

    def __contains__(self, item: object) -> bool:
        return item == "%s"

    def __bool__(self) -> bool:
        return True

    def __mod__(self, variable: object) -> str:
        name = _template(sys._getframe(1))
        if Path(name).is_relative_to(project.BASE_DIR / "templates"):
            pytest.fail(f"{name} uses {variable!s}, which its context does not have", pytrace=False)
        return ""


def _template(frame: FrameType | None) -> str:
    """Return in which file the variable stands: a block of ours may be part of a page of Django's."""
    while frame:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and getattr(node, "origin", None):
            return str(node.origin.name)
        frame = frame.f_back
    return ""


@pytest.fixture(autouse=True, scope="session")
def _unknown_variables_fail() -> None:
    engines["django"].engine.string_if_invalid = UnknownVariable()  # type: ignore[attr-defined]


@pytest.fixture(autouse=True, scope="session")
def _addresses_are_those_of_an_installation() -> None:
    """Load them before a test takes the installation for a demo, else all tests after it had a demo's."""
    import_module(project.ROOT_URLCONF)


@receiver(setting_changed)
def _draw_the_shell_anew(*, setting: str, **more: object) -> None:
    """Header and footer are drawn once for all addresses there are; only a test has others than the one before."""
    if setting == "ROOT_URLCONF":
        for drawn in (shell._header, shell._footer, shell._links):
            drawn.cache_clear()


@pytest.fixture(autouse=True, scope="session")
def _flush_lifts_the_triggers() -> Iterator[None]:
    """After a test with transactions of its own Django empties all tables: the journals' triggers step aside for it.

    They are taken down and put up again inside its transaction, so no test ever meets a database without them. On
    PostgreSQL a superuser leaves all triggers aside and deletes: TRUNCATE makes some thousand files anew for few rows.
    """
    empty = BaseDatabaseOperations.execute_sql_flush

    def lifted(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        if self.connection.vendor == "postgresql" and _is_superuser(self.connection):
            tables = [table for sql in sql_list for table in re.findall(r'"\w+"', sql)]
            aside = "SET LOCAL session_replication_role = replica"
            empty(self, [aside, *(f"DELETE FROM {table}" for table in tables)])
            return
        down, up = _kept_triggers(self.connection)
        empty(self, [*down, *sql_list, *up])

    BaseDatabaseOperations.execute_sql_flush = lifted  # type: ignore[method-assign]
    yield
    BaseDatabaseOperations.execute_sql_flush = empty  # type: ignore[method-assign]


def _is_superuser(connection: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def _kept_triggers(connection: Any) -> tuple[list[str], list[str]]:
    """Return the statements that take the triggers of `landespreis/keeping.py` down, and that put them up again."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%\\_kept\\_%'")
            switch = [f"ALTER TABLE {table} {{}} TRIGGER USER" for (table,) in cursor.fetchall()]
            return [sql.format("DISABLE") for sql in switch], [sql.format("ENABLE") for sql in switch]
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_kept\\_%' ESCAPE '\\'"
        )
        found = cursor.fetchall()
    return [f"DROP TRIGGER {name}" for name, _ in found], [sql for _, sql in found]


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this machine can be reached."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "localhost", "::1"}:
            pytest.fail(f"connection to {address[0]} attempted")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)


@pytest.fixture(autouse=True)
def _own_ground(settings: Any, tmp_path: Path) -> Iterator[None]:
    """Private files in a folder of the test's own, quick passwords, nothing cached from another test.

    How the portal stands is known, as if somebody had just looked: else the first page of the admin would ask more.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.FILES_URL = f"file://{tmp_path / 'files'}"
    EnduringRedisCache.ask_again = 0.0  # what a test before remembers of a Redis that nobody ran
    keeping.forget()
    health.forget()
    cache.set(standing.KEY, (), None)
    yield
    keeping.forget()
    health.forget()


@pytest.fixture
def lasting_sessions(settings: Any) -> None:
    """For tests that let hours or days pass: nobody has to log in again meanwhile."""
    year = int(timedelta(days=365).total_seconds())
    settings.SESSION_COOKIE_AGE = settings.SESSION_IDLE_SECONDS = settings.SESSION_IDLE_GUARDED_SECONDS = year


@pytest.fixture
def no_redis(settings: Any) -> Iterator[None]:
    """The cache as in production, on a Redis that nobody runs."""
    settings.CACHES = {"default": {**project.REDIS_CACHE, "LOCATION": "redis://127.0.0.1:1/0"}}
    EnduringRedisCache.ask_again = 0.0
    cache.clear()
    yield
    cache.clear()
    EnduringRedisCache.ask_again = 0.0


@pytest.fixture
def at() -> Iterator[Callable[[datetime], None]]:
    """Set the clock: `at(CLOSES - SECOND)`. It stands still until it is set again."""
    running: list[time_machine.travel] = []

    def stop() -> None:
        while running:
            running.pop().stop()

    def travel(moment: datetime) -> None:
        stop()
        journey = time_machine.travel(moment, tick=False)
        journey.start()
        running.append(journey)

    yield travel
    stop()


@pytest.fixture
def off_by(settings: Any, db: None) -> Iterator[Callable[[timedelta], time_machine.travel]]:
    """Let this host's clock be wrong beside a database whose clock is right, so on PostgreSQL: `with off_by(HOUR):`."""
    settings.DATABASE_CLOCK = True
    drift.forget()
    yield lambda distance: time_machine.travel(drift.now() + distance)
    drift.forget()


@pytest.fixture
def first_fails(monkeypatch: pytest.MonkeyPatch) -> Callable[[object, str], None]:
    """Let the first call of a module's function fail: `first_fails(mail, "owe")`."""

    def patch(module: object, name: str) -> None:
        real, calls = getattr(module, name), []

        def function(*args: Any, **named: Any) -> Any:
            calls.append(args)
            if len(calls) == 1:
                raise ValueError("this row is broken")
            return real(*args, **named)

        monkeypatch.setattr(module, name, function)

    return patch


@pytest.fixture
def round(db: None) -> Round:
    """The round of the award, as `load_round` loads it."""
    if not LOADED:
        loaded = load(tomllib.loads(SHIPPED.read_text(encoding="utf-8")))
        questions = loaded.questions.select_related("criterion")  # a later test does not find the criterion any more
        LOADED.extend([loaded, *loaded.categories.all(), *loaded.criteria.all(), *questions])
        return Round.objects.get(pk=loaded.pk)
    return _loaded_again()


LOADED: list[Round | Category | Criterion | Question] = []
"""The rows that `load` made for the first test of this process; the next ones get copies, which is much quicker."""


def _loaded_again() -> Round:
    """Copy the rows, one statement for each table: one for each row takes longer than many a test."""
    again: dict[Model, Model] = {}
    for kind, rows in groupby(LOADED, type):
        copies: dict[Model, Model] = {row: kind(**_values(row, again)) for row in rows}
        kind._default_manager.bulk_create(copies.values())
        again |= copies
    return Round.objects.get(pk=again[LOADED[0]].pk)


def _values(row: Model, again: dict[Model, Model]) -> dict[str, object]:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name != "id"}
    others = {
        field.attname: again[getattr(row, field.name)].pk
        for field in row._meta.concrete_fields
        if field.is_relation and values[field.attname]
    }
    return values | others


@pytest.fixture
def open_round(round: Round, at: Callable[[datetime], None]) -> Round:
    """The round, with the clock in the middle of its window."""
    at(MIDWAY)
    return round


@pytest.fixture
def login(client: Client) -> Callable[[User], Client]:
    """Return a client logged in as a person: `login(user).get(…)`."""

    def as_person(user: User) -> Client:
        client.force_login(user)
        return client

    return as_person
