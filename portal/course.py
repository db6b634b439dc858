"""Where a round stands and the way it takes from start to ceremony, in words; pure, no database."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from landespreis import wording
from submissions.models import Criterion, Round

LAST_DAYS = timedelta(days=1)
State = Literal["done", "now", "next"]


@dataclass(frozen=True)
class Standing:
    """What the round waits for: its phase in words, the instant that ends it, and what one can do now.

    `at` is None when no instant belongs to the phase; `until` and `rest` are empty then. `is_last` marks the
    last day.
    """

    phase: Round.Phase
    words: str
    at: datetime | None
    until: str
    rest: str
    is_open: bool
    is_last: bool

    @classmethod
    def of(cls, round_: Round, now: datetime) -> "Standing":
        phase = round_.phase(now)
        is_open = phase is Round.Phase.OPEN
        known = f"Preisträger werden bekannt am {wording.opening(round_.embargo_until)}"
        at, until = {
            Round.Phase.ANNOUNCED: (round_.opens_at, f"ab {wording.opening(round_.opens_at)}"),
            Round.Phase.OPEN: (round_.closes_at, f"bis {wording.deadline(round_.closes_at)}"),
            Round.Phase.REVIEW: (round_.embargo_until, known),
            Round.Phase.DECIDED: (round_.embargo_until, known),
        }.get(phase, (None, ""))
        return cls(
            phase=phase,
            words=WORDS[phase],
            at=at,
            until=until,
            rest=wording.remaining(at - now) if at else "",
            is_open=is_open,
            is_last=is_open and round_.closes_at - now <= LAST_DAYS,
        )


WORDS = {
    Round.Phase.ANNOUNCED: "Einreichung angekündigt",
    Round.Phase.OPEN: "Einreichung offen",
    Round.Phase.REVIEW: "Einreichung beendet, die Beiträge werden geprüft",
    Round.Phase.DECIDED: "Die Jury hat entschieden",
    Round.Phase.PUBLISHED: "Der Preis ist verliehen",
}


def instants(round_: Round) -> list[datetime]:
    """Return when the standing of a round changes by time alone, the time left apart."""
    ends = [round_.opens_at, round_.closes_at - LAST_DAYS, round_.closes_at, round_.embargo_until]
    return [*ends, *([round_.decided_at] if round_.decided_at else [])]


@dataclass(frozen=True)
class Step:
    """A station of the way: what, when (the clock time apart, it must not break), done, running or to come."""

    what: str
    when: str
    clock: str
    state: State


def course(round_: Round, now: datetime) -> list[Step]:
    """Return the five stations from start to ceremony; at most one of them is running."""
    phase = round_.phase(now)
    reached = {
        Round.Phase.ANNOUNCED: 0,
        Round.Phase.OPEN: 1,
        Round.Phase.REVIEW: 2,
        Round.Phase.DECIDED: 4,
        Round.Phase.PUBLISHED: 5,
    }[phase]
    last_day = round_.closes_at - timedelta(seconds=1)
    _, deadline_day, deadline_clock = wording.deadline(round_.closes_at).split(", ")
    stations = [
        ("Start", wording.day(round_.opens_at), ""),
        ("Einreichung", f"bis {deadline_day}", deadline_clock),
        ("Formale Prüfung", f"ab {wording.day(round_.closes_at)}", ""),
        ("Jury", f"{_month(last_day)} bis {_month(round_.ceremony_on)} {round_.ceremony_on.year}", ""),
        ("Preisverleihung", wording.day(round_.ceremony_on), ""),
    ]
    return [
        Step(what, when, clock, "done" if place < reached else "now" if place == reached and reached else "next")
        for place, (what, when, clock) in enumerate(stations)
    ]


def _month(value: date) -> str:
    return wording.day(value).split()[1]


def upcoming(steps: list[Step]) -> list[Step]:
    """Return what comes next and what comes last, without repeating one."""
    ahead = [step for step in steps if step.state == "next" and step.what != "Start"]
    return ahead[:1] + ahead[-1:] if len(ahead) > 1 else ahead


def weighted(criteria: list[Criterion]) -> list[tuple[Criterion, str]]:
    """Return each criterion with its share in words; equal shares are not printed, the page says so instead."""
    total = sum(criterion.weight for criterion in criteria)
    if len({criterion.weight for criterion in criteria}) < 2:
        return [(criterion, "") for criterion in criteria]
    return [(criterion, f"{criterion.weight / total:.0%}".replace("%", " %")) for criterion in criteria]
