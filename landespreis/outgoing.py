"""A mail that somebody sees before it goes: the same words and recipients, shown first and owed later."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from landespreis import mail


@dataclass(frozen=True)
class Outgoing:
    """What `mail.owe` will be called with."""

    template: str
    to: Sequence[str]
    context: Mapping[str, Any]

    @cached_property
    def said(self) -> mail.Said:
        """Subject, text and HTML, exactly as they will be sent."""
        return mail.said(self.template, self.context)

    @property
    def mark(self) -> str:
        """A checksum of recipients and words: whoever saw this one sees that it is still the same."""
        words = "\0".join([*sorted(self.to), self.said.subject, self.said.text])
        return hashlib.sha256(words.encode()).hexdigest()

    def owe(self) -> None:
        """Owe it, inside the transaction of the verb."""
        mail.owe(self.template, self.to, self.context)
