"""Whose turn it is in the formal check: the queue, who waits for whom, and which entry comes next."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from accounts.models import User
from landespreis import wording
from submissions import conditions
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


KINDS = tuple(Kind)
"""In the order of the queue; the database knows a kind by its place here."""


class Place(NamedTuple):
    """Where an entry stands in the queue; earlier places come first."""

    turn: int
    at: datetime
    number: int


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
    def place(self) -> Place:
        assert self.entry.number  # what is submitted has one
        return Place(KINDS.index(self.kind), self.at, self.entry.number)

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


@dataclass(frozen=True)
class Queue:
    """Every entry of `round` whose formal check is not decided, as it waits for `user` at `now`.

    Where two decide, also each that is decided and about which something new is proposed.

    Entries of a category the jury has decided are left out: nothing about them changes any more. The database counts
    and orders them, so a page of the queue reads no more entries than it shows.
    """

    round: Round
    user: User
    now: datetime
    category: str = ""
    """Only entries of the category with this key."""
    kind: str = ""
    """Only those that wait for this; the value of a `Kind`."""

    @property
    def rows(self) -> "QuerySet[Any]":
        """The entries, those first that wait longest."""
        rows: QuerySet[Any] = _undecided(self.round)
        if self.category:
            rows = rows.filter(submitted_category__in=self._categories)
        rows = _placed(rows, self.round, self.user, self.now)
        if self.kind:
            rows = rows.filter(turn__in=[KINDS.index(one) for one in KINDS if one.value == self.kind])
        return rows.order_by("turn", "turn_at", "number")

    def numbers(self) -> Counter[Kind]:
        """Count the entries by what they wait for, in one query."""
        counted = self.rows.order_by().values_list("turn").annotate(amount=Count("pk"))
        return Counter({KINDS[turn]: amount for turn, amount in counted})

    def turns(self, rows: "QuerySet[Any] | None" = None) -> list[Turn]:
        """Return these of its `rows` (some of them, or a page), or all, with what they wait for; three queries."""
        entries = list(_with_all(self.rows if rows is None else rows))
        for row in entries:
            row.round = self.round
        findings = _findings(entries)
        waiting = Proposal.objects.waiting().filter(submission__in=[row.pk for row in entries])
        proposals = {row.submission_id: row for row in waiting.select_related("proposed_by")}
        return [_turn(row, self.user, findings[row.pk], proposals.get(row.pk)) for row in entries]

    def following(self, after: Place | None, *, but: UUID | None = None) -> UUID | None:
        """Return the next entry `but` that one which waits for this person after that place, or the first, or None."""
        mine = self.rows.exclude(turn=KINDS.index(Kind.OTHERS))
        mine = mine.exclude(pk=but) if but else mine
        later = mine.filter(_after(after)) if after else mine
        found = later.values_list("pk", flat=True).first()
        return found if found or not after else mine.values_list("pk", flat=True).first()

    @cached_property
    def _categories(self) -> list[int]:
        """Looked up among those of the round: whatever an address says is no key of one, and finds nothing."""
        return [row.pk for row in self.round.categories.all() if row.key == self.category]


def _undecided(round: Round) -> "QuerySet[Any]":
    undecided = Q(formal_check__in=(Check.OPEN, Check.RETURNED))
    if round.four_eyes:
        undecided |= Q(Exists(Proposal.objects.waiting().filter(submission=OuterRef("pk"))))
    return Submission.objects.filter(
        undecided,
        round=round,
        status=Submission.Status.SUBMITTED,
        submitted_category__decided_at__isnull=True,
    )


def _placed(rows: "QuerySet[Any]", round: Round, user: User, now: datetime) -> "QuerySet[Any]":
    """Say of each whose `turn` it is and since or until when; `workflow.is_open`, as the database reads it."""
    own = When(extended_until__gt=round.closes_at, then=F("extended_until"))
    is_open = Q(own_end__gt=now) if round.opens_at <= now else Q(pk__in=[])
    proposed, others = Q(waits__isnull=False), Value(KINDS.index(Kind.OTHERS))
    placed: QuerySet[Any] = rows.annotate(
        waits=FilteredRelation("proposals", condition=Q(proposals__outcome=Proposal.Outcome.OPEN)),
        own_end=Case(own, default=Value(round.closes_at), output_field=DateTimeField()),
        turn=Case(
            When(waits__proposed_by=user, then=others),
            When(proposed, then=Value(KINDS.index(Kind.CONFIRM))),
            When(is_open, then=others),
            default=Value(KINDS.index(Kind.CHECK)),
        ),
        turn_at=Case(
            When(proposed, then=F("waits__proposed_at")),
            When(is_open | Q(formal_check=Check.RETURNED), then=F("own_end")),
            default=F("current__submitted_at"),
        ),
    )
    return placed


def _after(place: Place) -> Q:
    later = Q(turn_at__gt=place.at) | Q(turn_at=place.at, number__gt=place.number)
    return Q(turn__gt=place.turn) | Q(turn=place.turn) & later


def _with_all(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    decided = (Event.Verb.HANDED_BACK, Event.Verb.EXCLUDED)
    answered = Event.objects.filter(submission=OuterRef("pk"), verb__in=decided)
    whole: QuerySet[Any] = (
        rows.select_related("submitted_category", "submitted_lead")
        .defer(*TEXTS)
        .annotate(version_number=F("current__number"), was_answered=Exists(answered))
    )
    return whole


def _findings(entries: Iterable[Submission]) -> Mapping[UUID, Counter[str]]:
    counted: dict[UUID, Counter[str]] = defaultdict(Counter)
    versions = [row.current_id for row in entries]
    found = Finding.objects.filter(version__in=versions).values_list("submission_id", "verdict")
    for entry, verdict in found:
        counted[entry][verdict] += 1
    return counted


def _turn(entry: Any, user: User, findings: Counter[str], proposal: Proposal | None) -> Turn:
    corrected = entry.formal_check == Check.OPEN and entry.was_answered and entry.version_number > 1
    kind, said = KINDS[entry.turn], _said(entry, user, proposal)
    return Turn(entry, kind, entry.turn_at, said, corrected, findings, proposal)


def _said(entry: Any, user: User, proposal: Proposal | None) -> str:
    if proposal and proposal.proposed_by_id == user.pk:
        return f"Ihr Vorschlag „{proposal.get_act_display()}“ wartet auf andere"
    if proposal:
        return f"{proposal.proposed_by.name} schlägt vor: {proposal.get_act_display()}"
    if KINDS[entry.turn] is Kind.OTHERS:
        who = "Wird korrigiert bis" if entry.formal_check == Check.RETURNED else "Frist läuft noch bis"
        return f"{who} {wording.deadline(entry.deadline)}"
    if entry.formal_check == Check.RETURNED:
        return f"Nicht korrigiert bis {wording.deadline(entry.deadline)}"
    return f"Eingegangen am {wording.moment_short(entry.turn_at)}"


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
