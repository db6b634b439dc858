"""A mail that somebody sees before it goes: the same words and recipients, shown first and owed later."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from landespreis import mail
from landespreis.refusal import MailChanged

CHANGED = (
    "Seit Sie die E-Mail gesehen haben, hat sich ihr Text oder der Kreis der Empfangenden geändert. "
    "Bitte sehen Sie sie noch einmal an."
)
ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Outgoing:
    """What `mail.owe` will be called with."""

    template: str
    to: Sequence[str]
    context: Mapping[str, Any]
    moment: str = ""
    """Which value of the context is the moment it is sent at: the one thing that may differ from what was seen."""

    @cached_property
    def said(self) -> mail.Said:
        """Subject, text and HTML, exactly as they will be sent."""
        return mail.said(self.template, self.context)

    @property
    def mark(self) -> str:
        """A checksum of recipients and words: whoever saw this one sees that it is still the same."""
        said = mail.said(self.template, {**self.context, self.moment: ANY_TIME}) if self.moment else self.said
        words = "\0".join([*sorted(self.to), said.subject, said.text])
        return hashlib.sha256(words.encode()).hexdigest()

    def owe(self) -> None:
        """Owe it, inside the transaction of the verb."""
        mail.owe(self.template, self.to, self.context)


def require_seen(outgoing: Outgoing | None, seen: str) -> None:
    """Raise MailChanged unless the mail that will go is the one that was shown; an empty `seen` asks nothing."""
    if seen and (outgoing is None or outgoing.mark != seen):
        raise MailChanged(CHANGED)


def owe_all(letters: Iterable[Outgoing]) -> None:
    """Owe several, each as its `owe` would, in one statement; what staff have worded is read once for each template."""
    by_template: dict[str, list[Outgoing]] = defaultdict(list)
    for letter in letters:
        by_template[letter.template].append(letter)
    for template, alike in by_template.items():
        words = mail.said_each(template, [letter.context for letter in alike])
        mail.owe_all(
            (address, said) for letter, said in zip(alike, words, strict=True) for address in mail.once(letter.to)
        )
