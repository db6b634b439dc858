"""Who has won a round, for everybody: nothing before its embargo ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from jury.models import Decision
from landespreis.composed import Question
from landespreis.composed_rows import Read
from portal.models import Project
from submissions.models import Category, Round


@dataclass(frozen=True)
class Winner:
    """What the jury decided in a category. Without a prize `title` and `lead` are empty."""

    category: Category
    title: str
    lead: str
    project: Project | None
    """What the directory shows of it, once that is public."""
    has_prize: bool


def of(round_: Round, now: datetime) -> list[Winner]:
    """Return who has won a round, as `told` says it; two queries, none before the embargo ends."""
    return told(decided(round_, now), now)


def decided(round_: Round, now: datetime) -> list[Decision]:
    """Return the locked decisions of a round, ordered by category; one query, none before the embargo ends."""
    return LOCKED.objects(round_.pk) if round_.phase(now) is Round.Phase.PUBLISHED else []


def told(decisions: Sequence[Decision], now: datetime) -> list[Winner]:
    """Return who has won by the decisions, with what the directory shows of it; one query, none without a winner.

    Title and lead are those of the version that was judged.
    """
    entries = [decision.winner_id for decision in decisions if decision.winner_id]
    public = {row.submission_id: row for row in PROJECTS.rows(entries) if row.is_public(now)}
    return [_winner(decision, public.get(decision.winner_id)) for decision in decisions]


def _locked(round_: int) -> QuerySet[Decision]:
    decisions = Decision.objects.filter(session__category__round=round_, locked_at__isnull=False)
    rows = decisions.select_related("session__category", "winner__submitted_lead")
    return rows.order_by("session__category__position")


LOCKED = Question(_locked, -1)
PROJECTS = Read(Project, ["id", "slug", "submission_id", "published_at"], by="submission_id")


def _winner(decision: Decision, project: Project | None) -> Winner:
    entry, category = decision.winner, decision.session.category
    if entry is None or entry.submitted_lead is None:
        return Winner(category, "", "", None, has_prize=False)
    return Winner(category, entry.submitted_title, entry.submitted_lead.label, project, has_prize=True)
