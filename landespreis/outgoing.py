"""A mail that somebody sees before it goes: the same words and recipients, shown first and owed later."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
