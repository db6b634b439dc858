"""Outgoing mail: every message is first a row, written in the transaction that owes it, and then sent exactly once."""

import logging
import smtplib
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message
from email.utils import make_msgid, parseaddr
from itertools import repeat
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Model, Q, QuerySet
from django.db.models.functions import Coalesce
from django.template import Context, Engine
from django.utils import timezone
from post_office.models import PRIORITY, STATUS, Attachment, Email

from landespreis import files, queue
from landespreis.circulars import paragraphs, texts

log = logging.getLogger(__name__)

SENDER_TASK = "landespreis.tasks.send_owed_mail"
CLAIM = timedelta(seconds=settings.CLAIM_SECONDS)
"""How long a worker may take over one message; a worker that died in between is retried after that."""
FIRST_WAIT = timedelta(seconds=settings.MAIL_RETRY_SECONDS)
LONGEST_WAIT = timedelta(minutes=60)
CLAIMED_AT_ONCE = 500
"""Keys in one statement: SQLite takes so many values and not many more."""
ATTEMPTS = 78
"""Waits of 1, 2, 4 … 60 minutes add up to 72 hours; after that a message has failed for good."""
SUBJECT_LENGTH = 250
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
AUTOMATIC = {"Auto-Submitted": "auto-generated"}
"""RFC 3834: asks mailboxes not to answer with absence notes."""


@dataclass(frozen=True)
class Attached:
    """A file that goes with a mail."""

    name: str
    content: bytes
    mimetype: str


def owe(
    template: str,
    to: str | Iterable[str],
    context: Mapping[str, Any],
    *,
    attachments: Iterable[Attached | Attachment] = (),
    reply_to: str = "",
    about: Model | None = None,
) -> list[Email]:
    """Owe the mail templates/mail/<template>.{subject.txt,txt,html} to each address, and return its rows.

    Call it inside the verb's transaction: the mail is owed if and only if that commits. One row per address, an
    address named twice counts once. The templates get `context`, `base_url` and `subject`; the text ones are not
    HTML-escaped. Answers go to `reply_to` where given. A file that goes with many mails is kept once, by `keep`.
    Mail `about` a row goes with it once `forgetting.delete` lets that go.
    Raises `files.Unavailable` when an attachment cannot be kept.
    """
    subject, text, html = said(template, context)
    sender = settings.DEFAULT_FROM_EMAIL
    headers = AUTOMATIC | ({"Reply-To": reply_to} if reply_to else {})
    addresses = once([to] if isinstance(to, str) else to)
    with transaction.atomic():
        kept = [keep(attached) if isinstance(attached, Attached) else attached for attached in attachments]
        rows = [
            _row(
                headers,
                kept,
                context=_tie(about),
                from_email=sender,
                to=[address],
                subject=subject,
                message=text,
                html_message=html,
            )
            for address in addresses
        ]
    _nudge()
    return rows


def _tie(row: Model | None) -> dict[str, str] | None:
    """Return what `context` keeps of the row that a mail is about."""
    return {"about": mark(type(row), row.pk)} if row else None


def mark(kind: type[Model], key: object) -> str:
    """Return what names a row in the `context` of mail about it."""
    return f"{kind._meta.label_lower}:{key}"


def once(addresses: Iterable[str]) -> list[str]:
    """Return each address once, however it is written, as it was written last."""
    return list({address.casefold(): address for address in addresses}.values())


def owe_all(letters: Iterable[tuple[str, "Said"]], *, about: Iterable[Model | None] = repeat(None)) -> list[Email]:
    """Owe a mail without files to each address, with its own words; return the rows in that order.

    Like `owe` inside the verb's transaction; one statement for all of them. `about` names a row for each.
    """
    sender = settings.DEFAULT_FROM_EMAIL
    rows: list[Email] = Email.objects.bulk_create(
        _owed(
            AUTOMATIC,
            context=_tie(row),
            from_email=sender,
            to=[address],
            subject=said.subject,
            message=said.text,
            html_message=said.html,
        )
        for (address, said), row in zip(letters, about, strict=False)
    )
    _nudge()
    return rows


def attach(files_of: Iterable[tuple[Email, Attachment]]) -> None:
    """Let kept files go with owed mails, in one statement."""
    link = Email.attachments.through
    link.objects.bulk_create(link(email=row, attachment=attachment) for row, attachment in files_of)


def take_back(rows: QuerySet[Email]) -> int:
    """Delete those of `rows` that are owed and in no worker's hands; return how many that were.

    They are claimed first, like for sending: what a worker sends at this moment stays.
    """
    claim = timezone.now() + CLAIM
    keys = list(due().filter(pk__in=rows.order_by().values("pk")).values_list("pk", flat=True))
    taken = 0
    for first in range(0, len(keys), CLAIMED_AT_ONCE):
        some = keys[first : first + CLAIMED_AT_ONCE]
        due().filter(pk__in=some).order_by().update(scheduled_time=claim)
        taken += Email.objects.filter(pk__in=some, scheduled_time=claim).delete()[1].get(Email._meta.label, 0)
    return taken


class Said(NamedTuple):
    """What a mail says."""

    subject: str
    text: str
    html: str


def said(template: str, context: Mapping[str, Any]) -> Said:
    """Return the words of the mail templates/mail/<template>, as `owe` would send them.

    Where staff may word a passage of it (data/wordings.toml), the templates get it as `passage` and `passage_html`.
    """
    return _said(template, context, texts.passage(template, context))


def said_each(template: str, contexts: Sequence[Mapping[str, Any]]) -> list[Said]:
    """Return the words of several mails of one template; what staff have worded is read once."""
    passages = texts.passage_of_each(template, contexts)
    return [_said(template, context, passage) for context, passage in zip(contexts, passages, strict=True)]


def _said(template: str, context: Mapping[str, Any], passage: str | None) -> Said:
    values = {"base_url": settings.BASE_URL, **context}
    if passage is not None:
        values |= {"passage": passage, "passage_html": paragraphs.html(passage)}
    subject = _one_line(_render(f"mail/{template}.subject.txt", values, escape=False))[:SUBJECT_LENGTH]
    values["subject"] = subject
    text = _render(f"mail/{template}.txt", values, escape=False).strip() + "\n"
    return Said(subject, text, _render(f"mail/{template}.html", values, escape=True))


class OwedMailBackend(BaseEmailBackend):
    """Django's EMAIL_BACKEND: turns each message, also those of other packages, into an owed row.

    Subject and body are stored as they are, never as templates, whatever a person's name contains.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        owed = [message for message in email_messages if message.recipients()]
        try:
            with transaction.atomic():
                for message in owed:
                    _owe_message(message)
        except Exception:
            if not self.fail_silently:
                raise
            log.exception("mail could not be owed")
            return 0
        if owed:
            _nudge()
        return len(owed)


class KeptMailBackend(BaseEmailBackend):
    """Delivery where there is no mail server: in a demo the rows themselves are the letterbox."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if not settings.DEMO:
            raise ImproperlyConfigured("SMTP_URL fehlt: Nachrichten bleiben liegen, bis ein Mailserver genannt ist.")
        return len(email_messages)


def due() -> QuerySet[Email]:
    """Return the owed mails that no worker holds and whose time has come, the oldest of the most urgent first.

    Mail runs on the machine's clock, not on the award's: a demo that jumps a week must not wait a week for its mail.
    """
    now = timezone.now()
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
            claim = timezone.now() + CLAIM
            if not due().filter(pk=pk).order_by().update(scheduled_time=claim):
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
    scheduled_time = timezone.now() + wait if again else None
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
            if timezone.now() > claim:
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


def _owe_message(message: EmailMessage) -> Email:
    alternatives = getattr(message, "alternatives", [])
    html = next((str(content) for content, mimetype in alternatives if mimetype == "text/html"), "")
    text = str(message.body)
    if message.content_subtype == "html":
        text, html = "", text
    headers = {**AUTOMATIC, **message.extra_headers}
    if message.reply_to:
        headers.setdefault("Reply-To", ", ".join(message.reply_to))
    return _row(
        headers,
        [keep(attached) for attached in _attached(message)],
        from_email=message.from_email,
        to=_bare(message.to),
        cc=_bare(message.cc),
        bcc=_bare(message.bcc),
        subject=message.subject,
        message=text,
        html_message=html,
    )


def _bare(addresses: Iterable[str]) -> list[str]:
    """Return addresses without names: the row's column parts them at commas, which names may contain."""
    return [parseaddr(address)[1] for address in addresses]


def _attached(message: EmailMessage) -> Iterator[Attached]:
    for part in message.attachments:
        if isinstance(part, Message):
            payload = part.get_payload(decode=True)
            name, content, mimetype = part.get_filename(), payload or b"", part.get_content_type()
        else:
            name, content, mimetype = part[0], part[1], part[2]
        data = content if isinstance(content, bytes) else str(content).encode()
        yield Attached(name or "Datei", data, mimetype or "application/octet-stream")


def _row(headers: Mapping[str, str], attachments: Iterable[Attachment], **fields: Any) -> Email:
    """Write one owed mail."""
    row = _owed(headers, **fields)
    row.save()
    row.attachments.set(attachments)
    return row


def _owed(headers: Mapping[str, str], **fields: Any) -> Email:
    """Return an unsaved row. Line breaks in subject and headers become spaces, so nobody can add a header."""
    fields["subject"] = _one_line(fields["subject"])
    fields["from_email"] = _one_line(fields["from_email"])
    return Email(
        **fields,
        headers={name: _one_line(value) for name, value in headers.items() if name.lower() != "message-id"},
        message_id=make_msgid(domain=urlsplit(settings.BASE_URL).hostname),
        status=STATUS.queued,
        priority=PRIORITY.medium,
    )


def keep(attached: Attached) -> Attachment:
    """Store a file that goes with mails, and return its row."""
    return keep_all([attached])[0]


def keep_all(attached: Iterable[Attached]) -> list[Attachment]:
    """Store files that go with mails, one after the other, and return their rows, written in one statement."""
    rows: list[Attachment] = Attachment.objects.bulk_create(_stored(one) for one in attached)
    return rows


def _stored(attached: Attached) -> Attachment:
    row = Attachment(name=files.clean_name(attached.name), mimetype=attached.mimetype)
    row.file.save(row.name, ContentFile(attached.content), save=False)
    return row


def _render(name: str, values: Mapping[str, Any], *, escape: bool) -> str:
    text = Engine.get_default().get_template(name).render(Context(dict(values), autoescape=escape))
    return text.replace("\0", " ")  # PostgreSQL keeps no NUL


def _one_line(value: object) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())


def _nudge() -> None:
    queue.nudge(SENDER_TASK)
