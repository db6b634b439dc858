"""The database in a backup: a snapshot of one moment, taken and brought back with the database's own tools."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from psycopg import pq
from psycopg.conninfo import make_conninfo


class DatabaseFailed(Exception):
    """The database's own tool refused; its message says why."""


@contextmanager
def snapshot(target: Path) -> Iterator[None]:
    """Write the database to `target`; inside the block, queries see exactly what was written.

    PostgreSQL goes on serving others; SQLite lets nobody write for as long as the copy takes. Raises DatabaseFailed.
    """
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (name,) = cursor.fetchone()
            _run(["pg_dump", "--format=custom", f"--snapshot={name}", f"--file={target}"])
            yield
    else:
        with transaction.atomic():  # takes the lock of writers
            with closing(sqlite3.connect(_file())) as source, closing(sqlite3.connect(target)) as copy:
                source.backup(copy)
            yield


def restore(source: Path) -> None:
    """Put what `snapshot` wrote in the place of everything that is in the database. Raises DatabaseFailed."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        connection.close()
        command = ["pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
        _run([*command, str(source)])
    else:
        connection.close()
        with closing(sqlite3.connect(source)) as copy, closing(sqlite3.connect(_file())) as target:
            copy.backup(target)


def holds_data() -> bool:
    """Say whether somebody has an account here: then this is no empty database."""
    tables = connection.introspection.table_names()
    if "accounts_user" not in tables:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM accounts_user)")
        return bool(cursor.fetchone()[0])


def _file() -> str:
    return str(connection.settings_dict["NAME"])


def _run(command: list[str]) -> None:
    """Run a tool of PostgreSQL on our database; the password goes through its environment, not its command line."""
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    given: dict[str, Any] = {
        name: value for name, value in connection.get_connection_params().items() if name in known and value
    }
    environment = os.environ | {"PGPASSWORD": str(given.pop("password", ""))}
    try:
        done = subprocess.run(
            [*command, f"--dbname={make_conninfo(**given)}"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise DatabaseFailed(f"{command[0]} fehlt. Installieren Sie das Paket postgresql-client.") from error
    if done.returncode:
        raise DatabaseFailed(done.stderr.strip() or f"{command[0]} endete mit {done.returncode}")
