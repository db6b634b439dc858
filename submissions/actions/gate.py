"""What every verb on an entry begins and ends with: lock it, check who and when, write the journal."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F

from accounts.models import User
from landespreis import clock, composed_rows
from landespreis.refusal import NotAllowed
from submissions import reading, workflow
from submissions.models import Event, Proposal, Section, Submission, Version

Permission = Callable[[User, Submission], bool]


def lock(entry: Submission) -> Submission:
    """Return a fresh copy of `entry`, locked until the transaction ends, with what the verbs read selected."""
    return reading.locked(entry.pk)


def enter(entry: Submission, *, by: User, may: Permission, act: workflow.Act) -> tuple[Submission, datetime]:
    """Lock `entry` and make sure that `by` may `act` now; return the locked entry and the moment.

    The clock is read after the lock is held, so waiting for a lock never carries a late write past the deadline.
    Raises NotAllowed, TooLate or Refused.
    """
    entry = lock(entry)
    now = require(entry, by=by, may=may)
    workflow.target(entry.status, act)
    return entry, now


def require(entry: Submission, *, by: User, may: Permission) -> datetime:
    """Make sure that `by` may act on `entry` and that its window is open; return the moment.

    Pages ask before they read a form or show one, the verbs ask again. Raises NotAllowed, TooLate.
    """
    now = clock.now()
    if not may(by, entry):
        raise NotAllowed(
            "Für diesen Schritt fehlt Ihnen das Recht an dieser Einreichung. Fragen Sie, wer sie verantwortet."
        )
    workflow.require_open(entry, now)
    return now


def record(
    entry: Submission,
    verb: Event.Verb,
    *,
    at: datetime,
    by: User | None,
    version: Version | None = None,
    **detail: Any,
) -> Event:
    """Write a line of the journal."""
    event = Event(submission=entry, at=at, by=by, verb=verb, version=version, detail=detail)
    composed_rows.insert([event])
    return event


def record_each(
    verb: Event.Verb, told: Sequence[tuple[Submission, Mapping[str, Any]]], *, at: datetime, by: User
) -> None:
    """Write a line of the journal of each entry, with what it tells, in one statement."""
    composed_rows.insert(
        [
            Event(submission=entry, at=at, by=by, verb=verb, version=entry.current, detail=dict(detail))
            for entry, detail in told
        ]
    )


def addresses(entry: Submission, *first: User) -> list[str]:
    """Return the addresses of `first`, the owner and the editors who accepted, each once; closed accounts get none."""
    people = [
        *first,
        entry.owner,
        *(editor.user for editor in entry.colleagues if editor.user),
    ]
    return list(dict.fromkeys(person.email for person in people if person.is_active))


def touch(entry: Submission, key: str, *, at: datetime, by: User) -> None:
    """Note that a section made of rows (partners, files) changed."""
    section, fresh = Section.objects.get_or_create(
        submission=entry,
        key=key,
        defaults={"saved_at": at, "saved_by": by, "revision": 1},
    )
    if not fresh:
        Section.objects.filter(pk=section.pk).update(revision=F("revision") + 1, saved_at=at, saved_by=by)


def drop_proposal(entry: Submission, *, at: datetime, by: User, why: str) -> None:
    """End the proposal that waits for a second person, if there is one: what it was made about has changed."""
    drop_proposals([entry], at=at, by=by, why=why)


def drop_proposals(entries: Sequence[Submission], *, at: datetime, by: User, why: str) -> None:
    """End those of several locked entries, like `drop_proposal`."""
    waiting = Proposal.objects.waiting().filter(submission__in=[entry.pk for entry in entries])
    proposed = set(waiting.values_list("submission", flat=True))
    if proposed:
        waiting.update(outcome=Proposal.Outcome.DROPPED, ended_by=by, ended_at=at, ended_reason=why)
        told = [(entry, {"reason": why}) for entry in entries if entry.pk in proposed]
        record_each(Event.Verb.CHECK_UNPROPOSED, told, at=at, by=by)
