"""Delivering owed mail: one worker claims a message, and it is tried again until it is out or has failed for good."""

import logging
import smtplib
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from post_office.models import STATUS, Email

from landespreis import drift

log = logging.getLogger(__name__)

CLAIM = timedelta(seconds=settings.CLAIM_SECONDS)
"""How long a worker may take over one message; a worker that died in between is retried after that."""
FIRST_WAIT = timedelta(seconds=settings.MAIL_RETRY_SECONDS)
LONGEST_WAIT = timedelta(minutes=60)
CLAIMED_AT_ONCE = 500
"""Keys in one statement: SQLite takes so many values and not many more."""
ATTEMPTS = 78
"""Waits of 1, 2, 4 … 60 minutes add up to 72 hours; after that a message has failed for good."""
NO_SERVER = (
    ConnectionError,
    TimeoutError,
    socket.gaierror,
    ssl.SSLError,
    smtplib.SMTPServerDisconnected,
    smtplib.SMTPConnectError,
    smtplib.SMTPAuthenticationError,
    ImproperlyConfigured,
)
"""Errors after which the next message would fare no better."""


class KeptMailBackend(BaseEmailBackend):
    """Delivery where there is no mail server: in a demo the rows themselves are the letterbox."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if not settings.DEMO:
            raise ImproperlyConfigured("SMTP_URL fehlt: Nachrichten bleiben liegen, bis ein Mailserver genannt ist.")
        return len(email_messages)


def due() -> QuerySet[Email]:
    """Return the owed mails that no worker holds and whose time has come, the oldest of the most urgent first.

    Mail does not run on the award's clock: a demo that jumps a week must not wait a week for its mail. It runs on the
    one that all hosts share: whose own is wrong would take for free what another is just sending.
    """
    now = drift.now()
    owed = Q(status__isnull=True) | Q(status__in=(STATUS.queued, STATUS.requeued))
    ready = Q(scheduled_time__isnull=True) | Q(scheduled_time__lte=now)
    rows: QuerySet[Email] = Email.objects.filter(owed, ready)
    return rows.order_by("-priority", "scheduled_time", "pk")


def send_owed(limit: int = 50) -> int:
    """Send up to `limit` due mails and return how many went out.

    Safe with any number of workers at once, on every database: a row is sent by the one whose UPDATE claimed it. A
    message the server refuses waits longer each time. When no server answers the run stops at once, and the others
    stay due.
    """
    sent = 0
    backends: dict[str, str] = settings.POST_OFFICE["BACKENDS"]  # type: ignore[assignment]
    server = get_connection(backends["default"])
    try:
        for pk in list(due().values_list("pk", flat=True)[:limit]):
            claim = drift.now() + CLAIM
            if not due().filter(pk=pk).order_by().update(status=STATUS.queued, scheduled_time=claim):
                continue  # another worker has it
            row = Email.objects.filter(pk=pk).first()
            if row is None:
                continue  # it went with what it was about
            try:
                server.open()
                server.send_messages([_message(row)])
            except Exception as error:  # smtplib raises many kinds, and the storage may hand out no attachment
                _failed(row, claim, error)
                if isinstance(error, NO_SERVER):
                    break
            else:
                sent += _settle(row, claim, status=STATUS.sent, scheduled_time=None)
    finally:
        with suppress(Exception):  # a server that does not say goodbye has the mail all the same
            server.close()
    return sent


def _failed(row: Email, claim: datetime, error: Exception) -> None:
    """Let a mail wait before it is tried again, or give it up after all its attempts."""
    log.warning("mail %s not sent: %s: %s", row.pk, type(error).__name__, error)
    attempts = (row.number_of_retries or 0) + 1
    wait = min(FIRST_WAIT * 2 ** min(attempts - 1, 6), LONGEST_WAIT)
    again = attempts < ATTEMPTS
    scheduled_time = drift.now() + wait if again else None
    _settle(row, claim, status=STATUS.requeued if again else STATUS.failed, scheduled_time=scheduled_time, error=error)


def _settle(
    row: Email, claim: datetime, *, status: int, scheduled_time: datetime | None, error: Exception | None = None
) -> int:
    """Write down how an attempt ended, unless the claim ran out and another worker holds the row now.

    A database that is locked or away is asked again until then: a mail that is out must not go out a second time.
    """
    values: dict[str, Any] = {"status": status, "scheduled_time": scheduled_time, "last_updated": timezone.now()}
    if error is not None:
        values["number_of_retries"] = Coalesce(F("number_of_retries"), 0) + 1
    while True:
        try:
            return _note(row, claim, values, error)
        except (OperationalError, InterfaceError) as away:
            if drift.now() > claim:
                raise
            log.warning("mail %s: its attempt is not noted yet: %s", row.pk, str(away).strip())
            connection.close()
            time.sleep(1)


def _note(row: Email, claim: datetime, values: Mapping[str, Any], error: Exception | None) -> int:
    with transaction.atomic():
        settled: int = Email.objects.filter(pk=row.pk, scheduled_time=claim).update(**values)
        if not settled and not Email.objects.filter(pk=row.pk).exists():
            return 0  # it went with what it was about
        row.logs.create(
            status=STATUS.sent if error is None else STATUS.failed,
            exception_type=type(error).__name__ if error else "",
            message=str(error)[:2000] if error else "",
        )
    return settled


def _message(row: Email) -> EmailMessage:
    """Return the row as a message; its Message-ID stays the same in every attempt."""
    message = EmailMultiAlternatives(
        subject=row.subject,
        body=row.message,
        from_email=row.from_email,
        to=row.to,
        cc=row.cc,
        bcc=row.bcc,
        headers={**(row.headers or {}), "Message-ID": row.message_id},
    )
    if row.html_message:
        message.attach_alternative(row.html_message, "text/html")
    for attachment in row.attachments.order_by("pk"):
        with attachment.file.open("rb") as file:
            message.attach(attachment.name, file.read(), attachment.mimetype or "application/octet-stream")
    return message


def take_back(rows: QuerySet[Email]) -> int:
    """Delete those of `rows` that are owed and in no worker's hands; return how many that were.

    They are claimed first, like for sending: what a worker sends at this moment stays. Also those go that wait for
    another attempt.
    """
    claim = drift.now() + CLAIM
    keys = list(_unheld().filter(pk__in=rows.order_by().values("pk")).values_list("pk", flat=True))
    taken = 0
    for first in range(0, len(keys), CLAIMED_AT_ONCE):
        some = keys[first : first + CLAIMED_AT_ONCE]
        _unheld().filter(pk__in=some).update(status=STATUS.queued, scheduled_time=claim)
        taken += Email.objects.filter(pk__in=some, scheduled_time=claim).delete()[1].get(Email._meta.label, 0)
    return taken


def _unheld() -> QuerySet[Email]:
    """Return the owed mails that no worker holds: what is due, and what waits after a failure, which is requeued.

    Who claims a mail queues it again, so that a requeued one is never in anybody's hands.
    """
    rows: QuerySet[Email] = due() | Email.objects.filter(status=STATUS.requeued)
    return rows.order_by()
