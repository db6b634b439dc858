"""Whose turn it is in the formal check: the queue, who waits for whom, and which entry comes next."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.models import User
from landespreis import wording
from submissions import conditions, workflow
from submissions.models import Event, Finding, Proposal, Round, Submission, Version

Check, Verdict = Submission.Check, Finding.Verdict
TEXTS = ("abstract", "title", "department", "contact_name", "contact_email", "contact_phone", "funding", "website")
"""What the draft side says: the queue is about what was handed in, and of thousands these would be megabytes."""


class Kind(Enum):
    """What an entry waits for; in the order of the queue. The values stand in addresses."""

    CONFIRM = "bestaetigen"
    CHECK = "pruefen"
    OTHERS = "warten"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Kind.CONFIRM: "Wartet auf Ihre Bestätigung",
    Kind.CHECK: "Zu prüfen",
    Kind.OTHERS: "Wartet auf andere",
}


@dataclass(frozen=True)
class Turn:
    """An entry of the queue: what it waits for, since or until when, and in words who waits for whom."""

    entry: Submission
    kind: Kind
    at: datetime
    said: str
    corrected: bool
    findings: Counter[str]
    proposal: Proposal | None = None

    @property
    def key(self) -> str:
        """Its place in the queue, for the next one after it; moments in UTC sort as text."""
        return f"{list(Kind).index(self.kind)} {self.at.timestamp():020.6f} {self.entry.number:06d}"

    @property
    def category(self) -> str:
        """The key of the category that was handed in."""
        return str(self.entry.submitted_category.key)  # type: ignore[union-attr]  # what is submitted has one

    @property
    def is_safe(self) -> bool:
        """Whether it may be admitted together with others: nothing proposed, no condition judged as not met."""
        is_due = self.kind is Kind.CHECK and self.entry.formal_check == Check.OPEN
        return is_due and not self.findings[Verdict.FAILED]

    @property
    def judged(self) -> str:
        """How far the checklist is."""
        if failed := self.findings[Verdict.FAILED]:
            return f"{failed} nicht erfüllt"
        met = self.findings[Verdict.MET]
        return f"{met} von {len(conditions.CONDITIONS)} Punkten erfüllt" if met else ""


def queue(round: Round, user: User, now: datetime) -> list[Turn]:
    """Return every entry of `round` whose formal check is not decided, those that wait longest first; three queries.

    Entries of a category the jury has decided are left out: nothing about them changes any more.
    """
    entries = list(_undecided(round))
    for row in entries:
        row.round = round
    findings = _findings(entries)
    waiting = Proposal.objects.waiting().filter(submission__round=round).select_related("proposed_by")
    proposals = {row.submission_id: row for row in waiting}
    turns = [_turn(row, user, now, findings[row.pk], proposals.get(row.pk)) for row in entries]
    return sorted(turns, key=lambda turn: turn.key)


def _undecided(round: Round) -> "QuerySet[Any]":
    handed_back = Event.objects.filter(submission=OuterRef("pk"), verb=Event.Verb.HANDED_BACK)
    rows = Submission.objects.filter(
        round=round,
        status=Submission.Status.SUBMITTED,
        formal_check__in=(Check.OPEN, Check.RETURNED),
        submitted_category__decided_at__isnull=True,
    )
    return (
        rows.select_related("submitted_category", "submitted_lead")
        .defer(*TEXTS)
        .annotate(
            came_at=F("current__submitted_at"), version_number=F("current__number"), was_handed_back=Exists(handed_back)
        )
    )


def _findings(entries: Iterable[Submission]) -> Mapping[UUID, Counter[str]]:
    counted: dict[UUID, Counter[str]] = defaultdict(Counter)
    versions = [row.current_id for row in entries]
    found = Finding.objects.filter(version__in=versions).values_list("submission_id", "verdict")
    for entry, verdict in found:
        counted[entry][verdict] += 1
    return counted


def _turn(entry: Any, user: User, now: datetime, findings: Counter[str], proposal: Proposal | None) -> Turn:
    corrected = entry.formal_check == Check.OPEN and entry.was_handed_back and entry.version_number > 1
    kind, at, said = _place(entry, user, now, proposal)
    return Turn(entry, kind, at, said, corrected, findings, proposal)


def _place(entry: Any, user: User, now: datetime, proposal: Proposal | None) -> tuple[Kind, datetime, str]:
    if proposal:
        said = f"{proposal.proposed_by.name} schlägt vor: {proposal.get_act_display()}"
        if proposal.proposed_by_id == user.pk:
            return Kind.OTHERS, proposal.proposed_at, f"Ihr Vorschlag „{proposal.get_act_display()}“ wartet auf andere"
        return Kind.CONFIRM, proposal.proposed_at, said
    if workflow.is_open(entry, now):
        who = "Wird korrigiert bis" if entry.formal_check == Check.RETURNED else "Frist läuft noch bis"
        return Kind.OTHERS, entry.deadline, f"{who} {wording.deadline(entry.deadline)}"
    if entry.formal_check == Check.RETURNED:
        return Kind.CHECK, entry.deadline, f"Nicht korrigiert bis {wording.deadline(entry.deadline)}"
    return Kind.CHECK, entry.came_at, f"Eingegangen am {wording.moment_short(entry.came_at)}"


def following(turns: Sequence[Turn], key: str) -> Turn | None:
    """Return the next one that waits for this person after that place in the queue, or the first, or None."""
    mine = [turn for turn in turns if turn.kind is not Kind.OTHERS]
    return next((turn for turn in mine if turn.key > key), mine[0] if mine else None)


def hints(entries: Sequence[Submission]) -> dict[UUID, dict[str, conditions.Hint]]:
    """Return what the portal sees of each entry by the key of the condition; two queries."""
    versions = {row.pk: row for row in Version.objects.filter(pk__in=[entry.current_id for entry in entries])}
    leads = [entry.submitted_lead_id for entry in entries]
    same = Submission.objects.filter(submitted_lead__in=leads, current__isnull=False).select_related("round")
    found = {}
    for entry in entries:
        rivals = [row for row in same if row.submitted_lead_id == entry.submitted_lead_id and row.pk != entry.pk]
        others = [f"{row.label} ({row.get_status_display()})" for row in rivals if row.round_id == entry.round_id]
        content = versions[entry.current_id].payload  # type: ignore[index]  # what is submitted has one
        found[entry.pk] = conditions.hints(conditions.Frozen(content, entry.round, others))
    return found
