"""The mail server of a rehearsal: keeps what came for whom, and can be away, refuse, hang, or fail after DATA."""

import asyncio
import email
import email.policy
import re
import threading
import time
from dataclasses import dataclass
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from rehearsal.machines import free_port

LINK = re.compile(r"https?://\S+")
CODE = re.compile(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", re.MULTILINE)


@dataclass(frozen=True)
class Letter:
    """One mail as it arrived for one address; `at` is the machine's monotonic clock in seconds."""

    to: str
    subject: str
    text: str
    attached: tuple[str, ...]
    headers: dict[str, str]
    at: float

    @property
    def kind(self) -> str:
        """Return the first word of the subject."""
        return self.subject.split()[0].rstrip(":")

    def link(self, path: str) -> str:
        """Return the path of the first link below `path`; raises LookupError when there is none."""
        for found in LINK.findall(self.text):
            if path in found:
                return f"{path}{found.partition(path)[2].rstrip(').,>')}"
        raise LookupError(f"{self.subject!r} has no link to {path}")

    def code(self) -> str:
        found = CODE.search(self.text)
        if not found:
            raise LookupError(f"{self.subject!r} has no code")
        return str(found[0])


class MailServer:
    """An SMTP server on a port that stays the same, also while it is closed."""

    def __init__(self, port: int = 0) -> None:
        self.port = port or free_port()
        self.letters: list[Letter] = []
        self.asked: list[str] = []
        self.holds = False
        """Whether whoever names a recipient is kept waiting."""
        self.refusal = ""
        """What recipients are refused with; empty = they are taken."""
        self.after_data = ""
        """What is answered after the content, which is kept all the same; empty = a success."""
        self.controller: Controller | None = None
        self._arrived = threading.Condition()
        self._for: dict[str, list[Letter]] = {}

    @property
    def received(self) -> list[tuple[str, str]]:
        """Return kind and address of all mails."""
        return [(letter.kind, letter.to) for letter in self.letters]

    def to(self, address: str) -> list[Letter]:
        return list(self._for.get(address, ()))

    def wait_for_code(self, address: str, *, after: int, seconds: float = 60) -> str:
        """Return the code of the newest mail to `address` that has one and came after its first `after` mails.

        Raises LookupError when none comes in time.
        """
        end = time.monotonic() + seconds
        with self._arrived:
            while True:
                for letter in reversed(self.to(address)[after:]):
                    if CODE.search(letter.text):
                        return letter.code()
                if not self._arrived.wait(max(end - time.monotonic(), 0)):
                    raise LookupError(f"no code came for {address}")

    def wait_for(self, address: str, path: str, *, after: int = 0, seconds: float = 60) -> Letter | None:
        """Return the newest mail to `address` that has a link below `path` (empty = any mail) and came after its
        first `after` ones; None when none comes in time.
        """
        end = time.monotonic() + seconds
        with self._arrived:
            while True:
                for letter in reversed(self.to(address)[after:]):
                    if path in letter.text:
                        return letter
                if not self._arrived.wait(max(end - time.monotonic(), 0)):
                    return None

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.asked.append(address)
        while self.holds:
            await asyncio.sleep(0.02)
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.keep(*(_letter(message, address) for address in envelope.rcpt_tos))
        return self.after_data or "250 OK"

    def keep(self, *letters: Letter) -> None:
        with self._arrived:
            for letter in letters:
                self.letters.append(letter)
                self._for.setdefault(letter.to, []).append(letter)
            self._arrived.notify_all()

    def open(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, decode_data=False)
        self.controller.start()

    def close(self) -> None:
        self.holds = False
        if self.controller:
            self.controller.stop()
            self.controller = None


def _letter(message: EmailMessage, address: str) -> Letter:
    body = message.get_body(("plain",))
    return Letter(
        to=address,
        subject=str(message["Subject"]).strip(),  # folded before its first word, it begins with a space
        text=str(body.get_content()).replace("\r\n", "\n") if body else "",
        attached=tuple(part.get_filename() or "" for part in message.iter_attachments()),
        headers={name.lower(): str(value) for name, value in message.items()},
        at=time.monotonic(),
    )
