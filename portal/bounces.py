"""Reading mails that came back (RFC 3464): whom a newsletter did not reach, for good or just for now. No database."""

import re
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser
from uuid import UUID

LONGEST = 2_000_000
"""Bytes of a mail that are read; a report stands at its beginning."""
_MARK = re.compile(r"(?<![0-9a-fA-F])(\d{1,9})\.([0-9a-f]{32})(?=@)")
"""«12.<key>@», in the Message-ID of a newsletter and in the address its bounces go to."""
_STATUS = re.compile(r"([245])\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True)
class Bounce:
    """That the mail of an issue to the subscriber with `key` came back. `hard`: it will not go there later either."""

    newsletter: int
    key: UUID
    hard: bool
    said: str


def read(content: bytes) -> Bounce | None:
    """Return what a mail reports, None if it is no report of a newsletter that failed; whatever it is made of."""
    try:
        mail = BytesParser(policy=policy.compat32).parsebytes(content[:LONGEST])
        return _bounce(mail)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):  # what broken mails make parsers raise
        return None


def _bounce(mail: Message) -> Bounce | None:
    report = next((part for part in mail.walk() if part.get_content_type() == "message/delivery-status"), None)
    if report is None:
        return None
    fields = _fields(report)
    action, status = fields.get("action", "").casefold(), _STATUS.search(fields.get("status", ""))
    mark = _MARK.search(_to(mail)) or _mark_of_original(mail)
    if action != "failed" or status is None or mark is None:
        return None
    said = fields.get("diagnostic-code") or status[0]
    return Bounce(
        int(mark[1]), UUID(mark[2]), status[1] == "5" and not _is_ours(status[0]), " ".join(said.split())[:300]
    )


def _is_ours(status: str) -> bool:
    """Say whether a status blames the sender or a full mailbox: no reason to give an address up."""
    return status.startswith("5.7.") or status == "5.2.2"


def _to(mail: Message) -> str:
    """Return the addresses it was delivered to."""
    names = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
    return " ".join(str(value) for name in names for value in mail.get_all(name, []))


def _fields(report: Message) -> dict[str, str]:
    """Return the fields of the report by lower-case name; those of the recipient come after those of the message."""
    blocks = report.get_payload()
    found = [block for block in blocks if isinstance(block, Message)] if isinstance(blocks, list) else []
    return {name.casefold(): str(value).strip() for block in found for name, value in block.items()}


def _mark_of_original(mail: Message) -> re.Match[str] | None:
    """Look for our Message-ID in what came back of the mail: the whole of it, or its headers as text."""
    for part in mail.walk():
        if part.get_content_type() == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
            head: str | None = BytesParser(policy=policy.compat32).parsebytes(text.encode())["Message-ID"]
        elif part is not mail:
            head = part["Message-ID"]
        else:
            continue
        if head and (found := _MARK.search(str(head))):
            return found
    return None
