"""The rehearsal's own servers."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from rehearsal.machines import free_port
from rehearsal.servers import Postgresql

pytestmark = pytest.mark.postgresql


@pytest.fixture
def server() -> Iterator[Postgresql]:
    with tempfile.TemporaryDirectory(prefix="servers-") as name:  # pytest's own folders are closed to its user
        Path(name).chmod(0o755)
        server = Postgresql(Path(name), free_port())
        server.create()
        yield server
        server.kill()


@pytest.mark.processes
def test_log_of_the_database_has_neither_statements_nor_values(server: Postgresql) -> None:
    with psycopg.connect(server.url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("CREATE TABLE mails (address text PRIMARY KEY)")
        insert = "INSERT INTO mails VALUES (%s)"
        connection.execute(insert, ["ada@kommune.example"])
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(insert, ["ada@kommune.example"])
        with pytest.raises(psycopg.errors.AdminShutdown):
            connection.execute("SELECT pg_terminate_backend(pg_backend_pid()), %s", ["ada@kommune.example"])

    log = (server.folder.parent / "postgresql.log").read_text()
    assert "duplicate key" in log
    assert "terminating connection" in log
    assert "kommune" not in log
