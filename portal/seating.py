"""When somebody can register for a date, how many places are left, and when those who come are reminded: pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from landespreis import wording
from landespreis.clock import BERLIN
from portal.models import Event


class Door(StrEnum):
    """Whether one can register for a date now, and if not, why."""

    OPEN = "offen"
    WAITING = "warteliste"
    DRAFT = "entwurf"
    CANCELLED = "abgesagt"
    PAST = "vorbei"
    BEGUN = "begonnen"
    NONE = "ohne"
    INVITATION = "einladung"
    CLOSED = "geschlossen"


WHY = {
    Door.DRAFT: "Anmelden kann man sich, sobald der Termin veröffentlicht ist.",
    Door.CANCELLED: "Der Termin ist abgesagt.",
    Door.PAST: "Der Termin ist vorbei.",
    Door.BEGUN: "Der Termin hat begonnen. Anmelden können Sie sich nicht mehr.",
    Door.NONE: "Sie brauchen sich nicht anzumelden.",
    Door.INVITATION: "Teilnehmen können nur Eingeladene. Die Einladung kommt per E-Mail.",
}
"""Door → why nobody can register; for a closed one it names the deadline."""


def door(event: Event, taken: int, now: datetime) -> Door:
    """Return how the door of `event` stands at `now`, with `taken` places taken."""
    if event.cancelled_at:
        return Door.CANCELLED
    if event.ends_at <= now:
        return Door.PAST
    if not event.is_public(now):
        return Door.DRAFT
    if event.starts_at <= now:
        return Door.BEGUN
    if event.registration == Event.Registration.NONE:
        return Door.NONE
    if event.registration == Event.Registration.INVITATION:
        return Door.INVITATION
    if event.registration_ends_at <= now:
        return Door.CLOSED
    return Door.WAITING if event.capacity is not None and taken >= event.capacity else Door.OPEN


def reminder_at(starts_at: datetime) -> datetime:
    """Return when those who come are reminded: on the day before, at the same clock time in Berlin.

    Where the clocks change in between that is 23 or 25 hours before.
    """
    local = starts_at.astimezone(BERLIN).replace(tzinfo=None) - timedelta(days=1)
    return local.replace(tzinfo=BERLIN)


@dataclass(frozen=True)
class Seating:
    """What a page tells of the places of a date."""

    event: Event
    taken: int
    door: Door

    @classmethod
    def of(cls, event: Event, taken: int, now: datetime) -> "Seating":
        return cls(event, taken, door(event, taken, now))

    @property
    def is_open(self) -> bool:
        return self.door in {Door.OPEN, Door.WAITING}

    @property
    def is_waiting(self) -> bool:
        return self.door == Door.WAITING

    @property
    def free(self) -> int | None:
        """How many places are left; None where their number is not limited."""
        return None if self.event.capacity is None else max(self.event.capacity - self.taken, 0)

    @property
    def said(self) -> str:
        """How many places are left, in words; nothing where nobody can register or places are not limited."""
        if self.door == Door.WAITING:
            return "Ausgebucht, Warteliste"
        if self.door != Door.OPEN or self.free is None:
            return ""
        return "Noch 1 Platz frei" if self.free == 1 else f"Noch {wording.number(self.free)} Plätze frei"

    @property
    def short(self) -> str:
        """The state of the door in a word or two, for a list."""
        words = {
            Door.CANCELLED: "Abgesagt",
            Door.BEGUN: "Läuft gerade",
            Door.INVITATION: "Nur auf Einladung",
            Door.CLOSED: "Anmeldung geschlossen",
            Door.NONE: "Ohne Anmeldung",
            Door.DRAFT: "Entwurf",
            Door.OPEN: "Anmeldung offen",
        }
        return self.said or words.get(self.door, "")

    @property
    def why(self) -> str:
        """Why nobody can register."""
        if self.door == Door.CLOSED:
            return f"Die Anmeldung war bis {wording.deadline(self.event.registration_ends_at)} möglich."
        return WHY.get(self.door, "")
