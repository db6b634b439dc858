"""Scratch databases on a PostgreSQL server: made for one run, dropped at its end."""

import getpass
import os
from urllib.parse import urlsplit

import psycopg

VARIABLE = "BENCH_DATABASE_URL"


class Server:
    """A server on which we may make databases; `url` names any database of it."""

    def __init__(self, url: str) -> None:
        self.parts = urlsplit(url)

    def url(self, name: str) -> str:
        return self.parts._replace(path=f"/{name}").geturl()

    def create(self, name: str, *, like: str = "template0") -> str:
        """Make the database `name` as a copy of `like`, and return its URL."""
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def describe(self) -> str:
        """Return version and durability: what a committed row costs depends on them."""
        with psycopg.connect(self.url("postgres"), connect_timeout=3) as connection:
            shown = [
                connection.execute(f"SHOW {name}").fetchone()
                for name in ("server_version", "fsync", "synchronous_commit")
            ]
        version, fsync, commit = (row[0] if row else "?" for row in shown)
        return f"PostgreSQL {version.split()[0]}, fsync {fsync}, synchronous_commit {commit}"

    def _run(self, sql: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=3) as connection:
            connection.execute(sql)


def find() -> Server:
    """Return the server that the environment names, or a local one. Raises SystemExit where there is none."""
    named = os.environ.get(VARIABLE)
    users = dict.fromkeys(["postgres", "root", getpass.getuser()])
    for url in [named] if named else [f"postgres://{user}@127.0.0.1:5432/postgres" for user in users]:
        server = Server(url)
        try:
            with psycopg.connect(server.url("postgres"), connect_timeout=3) as connection:
                row = connection.execute(
                    "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
                ).fetchone()
        except psycopg.Error:
            continue
        if row and row[0]:
            return server
    raise SystemExit(
        f"The measurements need a PostgreSQL on which they may make databases. Set {VARIABLE}, "
        "for example postgres://user:password@127.0.0.1:5432/postgres."
    )
