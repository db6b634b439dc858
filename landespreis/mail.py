"""Outgoing mail: every message is a row, written in the transaction that owes it; `delivery` sends it."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from email.utils import make_msgid, parseaddr
from itertools import repeat
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Model
from django.template import Context, Engine
from post_office.models import PRIORITY, STATUS, Attachment, Email

from landespreis import files, queue
from landespreis.circulars import paragraphs, texts

log = logging.getLogger(__name__)

SENDER_TASK = "landespreis.tasks.send_owed_mail"
SUBJECT_LENGTH = 250
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
