"""The mail server is closed, refuses, hangs, or takes a mail and then says that it did not."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from rehearsal.faults import Fault
from rehearsal.installation import Installation

LATER = "451 4.3.0 Try again later"


@contextmanager
def close(on: Installation, chance: Random) -> Iterator[None]:
    on.mail.close()
    try:
        yield
    finally:
        on.mail.open()


@contextmanager
def refuse(on: Installation, chance: Random) -> Iterator[None]:
    on.mail.refusal = LATER
    try:
        yield
    finally:
        on.mail.refusal = ""


@contextmanager
def hang(on: Installation, chance: Random) -> Iterator[None]:
    on.mail.holds = True
    try:
        yield
    finally:
        on.mail.holds = False


@contextmanager
def fail_after_data(on: Installation, chance: Random) -> Iterator[None]:
    """Whoever sends cannot know that the mail has come, and sends it again with the same Message-ID."""
    on.mail.after_data = LATER
    try:
        yield
    finally:
        on.mail.after_data = ""


FAULTS = (
    Fault("close-mail", "mail", "Mailserver nicht erreichbar", close, (2, 8)),
    Fault("refuse-mail", "mail", "Mailserver weist vorläufig ab", refuse, (2, 8)),
    Fault("hang-mail", "mail", "Mailserver antwortet nicht", hang, (3, 8)),
    Fault(
        "fail-after-data",
        "mail",
        "Mailserver nimmt die Nachricht und meldet dann einen Fehler",
        fail_after_data,
        (2, 5),
    ),
)
