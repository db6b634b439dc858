"""Who has won a round, for everybody: nothing before its embargo ends."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from jury.models import Decision
from landespreis.composed import Question
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
    """Return the locked decisions of a round in the order of its categories; one query, none before the embargo ends.

    Title and lead are those of the version that was judged.
    """
    if round_.phase(now) is not Round.Phase.PUBLISHED:
        return []
    return [_winner(decision, now) for decision in LOCKED.objects(round_.pk)]


def _locked(round_: int) -> QuerySet[Decision]:
    decisions = Decision.objects.filter(session__category__round=round_, locked_at__isnull=False)
    rows = decisions.select_related("session__category", "winner__submitted_lead", "winner__project")
    return rows.order_by("session__category__position")


LOCKED = Question(_locked, -1)


def _winner(decision: Decision, now: datetime) -> Winner:
    entry, category = decision.winner, decision.session.category
    if entry is None or entry.submitted_lead is None:
        return Winner(category, "", "", None, has_prize=False)
    project: Project | None = getattr(entry, "project", None)
    public = project if project and project.is_public(now) else None
    return Winner(category, entry.submitted_title, entry.submitted_lead.label, public, has_prize=True)
