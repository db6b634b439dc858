"""Newsletters as mails: an issue rendered once, the few words that differ, and the dialogue with the mail server.

The dialogue is led step by step, because what an error means depends on the step: before the text is sent the mail has
certainly not gone out, after the server said 250 it has, in between nobody knows.
"""

import re
import smtplib
from contextlib import suppress
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from landespreis.mail import AUTOMATIC, Said
from portal import issues
from portal.models import Newsletter, Subscriber

KEY = issues.NOBODY.hex
TO = "empfang@platzhalter.example"
LONGEST_LINE = 450
"""Letters; mail servers take 998 bytes, and below that no encoding hides the places to fill in."""


class Away(Exception):
    """The server did not take the mail, for a reason that concerns all mails: later."""


class Unclear(Exception):
    """The connection ended after the text was sent and before the server said that it has it."""


class Refusal(Exception):
    """The server will never take this mail. `is_about_address`: there is no such mailbox."""

    def __init__(self, said: str, *, is_about_address: bool = False) -> None:
        super().__init__(said)
        self.is_about_address = is_about_address


class PutOff(Exception):
    """The server does not take this mail now."""


class Stencil:
    """An issue as a mail to nobody, ready to have address and key of a subscriber put in."""

    def __init__(self, newsletter: Newsletter) -> None:
        said = issues.letter(newsletter)
        self.said = Said(said.subject, said.text, short_lines(said.html))
        self.number = newsletter.pk
        message = self._message(TO, KEY)
        head, body = _bytes(message).split(b"\r\n\r\n", 1)
        content = re.sub(rb"\r\n (?=<)", b" ", head) + b"\r\n\r\n" + body  # addresses stand on their header's own line
        wanted = sum(part.count(KEY) for part in (said.text, said.html, *map(str, message.extra_headers.values())))
        found = (content.count(KEY.encode()), content.count(TO.encode()))
        self.content = content if found == (wanted, 1) else None
        """None where an encoding hides a place to fill in: then each mail is built from its parts."""

    def message(self, subscriber: Subscriber) -> EmailMultiAlternatives:
        return self._message(subscriber.email, subscriber.key.hex)

    def bytes(self, subscriber: Subscriber) -> bytes:
        """Return the mail as it goes over the line."""
        if self.content is None:
            return _bytes(self.message(subscriber))
        address = sanitize_address(subscriber.email, "utf-8")  # refuses line breaks, which would add headers
        return self.content.replace(KEY.encode(), subscriber.key.hex.encode()).replace(TO.encode(), address.encode())

    def sender(self, subscriber: Subscriber) -> str:
        """Return where bounces go: with a mailbox for them, to an address that names issue and subscriber."""
        local, at, domain = settings.NEWSLETTER_BOUNCE_ADDRESS.rpartition("@")
        if at:
            return f"{local}+{self.number}.{subscriber.key.hex}@{domain}"
        return parseaddr(settings.NEWSLETTER_FROM)[1]

    def _message(self, to: str, key: str) -> EmailMultiAlternatives:
        host = urlsplit(settings.BASE_URL).hostname
        leave = issues.leave_url(issues.NOBODY).replace(KEY, key)
        headers = {
            **AUTOMATIC,
            "Precedence": "bulk",
            "Message-ID": f"<{self.number}.{key}@{host}>",
            "List-Id": f"Newsletter des Landespreises <newsletter.{host}>",
            "List-Archive": f"<{settings.BASE_URL}/newsletter/>",
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        message = EmailMultiAlternatives(
            self.said.subject, self.said.text.replace(KEY, key), settings.NEWSLETTER_FROM, [to], headers=headers
        )
        message.attach_alternative(self.said.html.replace(KEY, key), "text/html")
        return message


def hand_over(server: BaseEmailBackend, stencil: Stencil, subscriber: Subscriber) -> None:
    """Give one mail to the server. Raises Away, Unclear, Refusal or PutOff unless it was taken."""
    try:
        to = sanitize_address(subscriber.email, "utf-8")
    except ValueError as error:
        raise Refusal(f"Diese Adresse ist keine: {error}", is_about_address=True) from error
    if isinstance(server, EmailBackend):
        assert server.connection  # the caller has opened it
        _dialogue(server.connection, stencil.sender(subscriber), to, stencil.bytes(subscriber))
    else:
        _keep(server, stencil.message(subscriber))


def short_lines(html: str) -> str:
    """Break lines of HTML that are too long for mail servers at blanks, which mean the same as line breaks there."""
    return re.sub(rf"(?m)(.{{{LONGEST_LINE}}}\S*) ", r"\1\n", html)


def _bytes(message: EmailMultiAlternatives) -> bytes:
    made: Any = message.message()
    content: bytes = made.as_bytes(linesep="\r\n")
    return content


def _keep(server: BaseEmailBackend, message: EmailMultiAlternatives) -> None:
    """Give a mail to a backend that is no mail server: it takes all of it or nothing."""
    try:
        server.send_messages([message])
    except Exception as error:  # what backends raise is not laid down
        raise Away(f"{type(error).__name__}: {error}") from error


def _dialogue(smtp: smtplib.SMTP, sender: str, to: str, content: bytes) -> None:
    try:
        smtp.ehlo_or_helo_if_needed()
        options = ["body=8bitmime"] if smtp.has_extn("8bitmime") else []
        _expect(smtp, smtp.mail(sender, options), {250}, "sender")
        _expect(smtp, smtp.rcpt(to), {250, 251}, "address")
        _expect(smtp, smtp.docmd("data"), {354}, "text")
    except (smtplib.SMTPException, OSError) as error:
        raise Away(f"{type(error).__name__}: {error}") from error
    try:
        smtp.send(re.sub(rb"(?m)^\.", b"..", content).rstrip(b"\r\n") + b"\r\n.\r\n")
        answer = smtp.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise Unclear(f"{type(error).__name__}: {error}") from error
    _expect(smtp, answer, {250}, "text")


def _expect(smtp: smtplib.SMTP, answer: tuple[int, bytes], good: set[int], step: str) -> None:
    """Return if the server agrees; otherwise leave it ready for the next mail and say what its answer means."""
    code, words = answer
    if code in good:
        return
    said = f"{code} {words.decode('utf-8', 'replace')}"
    if code == 421 or step == "sender":  # it closes, or it does not want us
        raise Away(said)
    with suppress(smtplib.SMTPServerDisconnected):  # the next mail meets that
        smtp.rset()
    if 400 <= code < 500:
        raise PutOff(said)
    raise Refusal(said, is_about_address=step == "address" and not _is_policy(words))


def _is_policy(words: bytes) -> bool:
    """Say whether a refusal is about us rather than the mailbox: 5.7 is policy (RFC 3463), 5.2.2 a full one."""
    return re.match(rb"5\.(?:7\.\d|2\.2)", words) is not None
