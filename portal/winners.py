"""Who has won a round, for everybody: nothing before its embargo ends."""

from dataclasses import dataclass
from datetime import datetime

from portal.models import Project
from submissions.models import Category, Round


@dataclass(frozen=True)
class Winner:
    """What the jury decided in a category. Without a prize `title` and `lead` are empty."""

    category: Category
    title: str
    lead: str
    project: Project | None
    has_prize: bool


def of(round_: Round, now: datetime) -> list[Winner]:
    """Stub: return nothing yet."""
    return []
