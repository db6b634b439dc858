"""Brings an installation to where people can use it, at first and after every upgrade; what they changed stays."""

import fcntl
import io
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.checks import run_checks
from django.core.mail import get_connection
from django.core.management import CommandError, call_command
from django.db import connection

from landespreis import clock, health, shelf

LOCK = 0x1A4D_5EED
"""Number of the advisory lock in PostgreSQL under which an installation is set up."""
FIRST = (
    ("load_municipalities", "accounts", "Municipality"),
    ("load_round", "submissions", "Round"),
    ("load_seats", "jury", "Seat"),
)
"""What fills a table from a file. Only an empty one: again, it would undo what staff have changed since."""
ALWAYS = ("load_roles", "load_pages", "load_directory", "renew_factors")
"""What may come with a new version or a new SECRET_KEY, and leaves alone what staff have changed."""
SERVICES = {
    "broker": "Redis antwortet nicht: Mails und PDF warten dann auf den nächsten Blick von beat. Prüfen Sie REDIS_URL.",
    "storage": "Die Ablage der Dateien lässt sich nicht beschreiben. Prüfen Sie FILES_URL und die Rechte des Ordners.",
}


@contextmanager
def alone() -> Iterator[None]:
    """Let one set-up at a time through; the others wait and then find everything done.

    PostgreSQL keeps the lock as long as a connection of its own lives, so it goes with a process that dies. A pooler
    that hands connections on after each transaction would lose it: set up past one.
    """
    if connection.vendor == "postgresql":
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            yield
        finally:
            other.close()
    else:
        with (Path(settings.VAR_DIR) / "set_up.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def steps(admin: str, static: Path | None) -> Iterator[str]:
    """Do one step after the other and say of each what it did. Raises what a migration raises; any other may fail."""
    yield _migrate()
    for command, app, model in FIRST:
        if apps.get_model(app, model).objects.exists():
            yield f"{command}: Es ist schon etwas da und bleibt, wie es ist."
        else:
            yield _run(command)
    for command in ALWAYS:
        yield _run(command)
    if admin and not _administration():
        yield _run("appoint_administration", admin)
    if static:
        added, gone = shelf.lay(settings.STATIC_ROOT, static, now=clock.now())
        yield f"Statische Dateien in {static}: {added} neu, {gone} entfernt."


def gaps() -> Iterator[str]:
    """Say what is still missing before people can use the portal, each with its cure."""
    if not _administration():
        yield "Es gibt noch niemanden in der Administration. Nennen Sie die Adresse in ADMIN_EMAIL oder mit --admin."
    if reason := _mail_server():
        yield f"Der Mailserver nimmt nichts an: {reason}. Prüfen Sie SMTP_URL. Was geschuldet ist, wartet."
    yield from (SERVICES.get(name, name) for name in _failing())
    pages = apps.get_model("portal", "Page").objects.filter(is_placeholder=True)
    if names := ", ".join(sorted(str(page) for page in pages)):
        yield f"Noch mit Platzhaltern, in der Verwaltung unter „Seiten“ auszufüllen: {names}."


def advice() -> Iterator[str]:
    """Say what the checks of this deployment find; of Django's own, which are in English, only how many."""
    found = [message for message in run_checks(include_deployment_checks=True) if not message.is_silenced()]
    ours = [message for message in found if str(message.id).startswith("landespreis.")]
    yield from (f"{message.msg} {message.hint}" for message in ours)
    if others := len(found) - len(ours):
        yield f"manage.py check --deploy nennt dazu noch {others}."


def _migrate() -> str:
    said = io.StringIO()
    call_command("migrate", interactive=False, stdout=said, no_color=True)
    applied = said.getvalue().count("... OK")
    return f"Datenbank: {applied} Migrationen ausgeführt." if applied else "Datenbank: auf dem Stand dieser Fassung."


def _run(command: str, *words: str) -> str:
    said = io.StringIO()
    try:
        call_command(command, *words, stdout=said, no_color=True)
    except CommandError as error:
        return f"{command} ging nicht: {error}"
    return said.getvalue().strip()


def _administration() -> bool:
    there: bool = apps.get_model(settings.AUTH_USER_MODEL).objects.filter(is_superuser=True, is_active=True).exists()
    return there


def _mail_server() -> str:
    """Return why the mail server cannot be used; nothing is sent."""
    backends: dict[str, str] = settings.POST_OFFICE["BACKENDS"]  # type: ignore[assignment]
    try:
        with get_connection(backends["default"]):
            return ""
    except (OSError, smtplib.SMTPException) as error:
        return str(error)


def _failing() -> list[str]:
    """Return what /readyz would complain about."""
    return list(health.report().get("reasons", {}))
