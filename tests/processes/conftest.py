"""A portal of its own for each test: on SQLite and a folder, or on the PostgreSQL and Redis of this run."""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.processes.portal import Portal, Postgres, Sqlite, Template

DATABASE_URL = os.environ.get("DATABASE_URL", "")
REDIS_URL = os.environ.get("REDIS_URL", "")
_numbers = count()


def _redis_url() -> str:
    """Return a Redis database that neither other tests nor the other test process use; tests empty it."""
    if not REDIS_URL:
        return ""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    head, _, number = REDIS_URL.rpartition("/")
    return f"{head}/{int(number) - 2 - worker}"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    folder = tmp_path_factory.mktemp("template")
    store = Postgres(DATABASE_URL) if DATABASE_URL.startswith("postgres") else Sqlite(folder)
    with Template(store, f"landespreis_processes_{os.getpid()}", folder).filled() as filled:
        yield filled


@pytest.fixture
def portal(template: Template, tmp_path: Path) -> Iterator[Portal]:
    installation = Portal(template, tmp_path, f"{template.name}_{next(_numbers)}", _redis_url())
    try:
        yield installation
    finally:
        installation.end()
