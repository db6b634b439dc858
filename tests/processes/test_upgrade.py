"""An upgrade while people work: the version before goes on against the new schema, then both run side by side."""

import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.machines import free_port, wait
from tests.processes import predecessor
from tests.processes.portal import ROOT, Portal, Postgres, Sqlite, Template

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory, template: Template) -> Iterator[Template]:
    """A database that the version before has made and filled."""
    folder = tmp_path_factory.mktemp("before")
    code = predecessor.unpack(folder / "code")
    store = template.store if isinstance(template.store, Postgres) else Sqlite(folder)
    with Template(store, f"landespreis_before_{os.getpid()}", folder, code=code).filled() as filled:
        yield filled


@pytest.fixture
def old(before: Template, portal: Portal, tmp_path: Path) -> Iterator[Portal]:
    """An installation of the version before."""
    installation = Portal(before, tmp_path / "old", f"{before.name}_copy", portal.redis_url)
    try:
        yield installation
    finally:
        installation.end()


def ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=30) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_version_before_works_on_while_this_one_migrates_and_starts_beside_it(old: Portal, template: Template) -> None:
    first, second = old.entries
    for kind in ("web", "worker", "beat"):
        old.start(kind)
    wait(lambda: ready(old.port), "the version before is ready")

    old.take_code(ROOT, template.folder / "static")
    set_up = old.manage("set_up")
    wait(lambda: not set_up.runs(), "the new version has set up")
    assert set_up.popen.returncode == 0, set_up.log.read_text()
    old.submit(first)  # by the version before, on the new schema

    old_port, old.port = old.port, free_port()
    old.env |= {"WEB_BIND": f"127.0.0.1:{old.port}", "BASE_URL": f"http://127.0.0.1:{old.port}"}
    web = old.start("web")
    wait(lambda: ready(old.port), "the new version is ready")
    old.submit(second)

    assert ready(old_port)
    people = sorted(address for entry in old.entries for address in entry["people"])
    wait(lambda: old.receipts() == people and old.settled(), "the worker of the version before brings both receipts")
    assert set_up.said(r"\d+ Migrationen ausgeführt") == 1
    assert web.runs()
    assert old.said("Traceback") == 0
