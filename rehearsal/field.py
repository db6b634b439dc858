"""What takes part in the award once the office has checked it."""

from dataclasses import dataclass

from accounts.models import User
from rehearsal.stage import Stage
from submissions.models import Submission

ENTRY = "/jury/einreichungen/"


@dataclass(frozen=True)
class Case:
    """An admitted entry: what the office knows of it, and its town, which is the same in every run."""

    entry: Submission
    category: str
    town: str

    @property
    def label(self) -> str:
        return self.entry.label


def admitted(stage: Stage) -> list[Case]:
    """Return what takes part, in the order of numbers."""
    rows = Submission.objects.admitted().filter(round=stage.round).select_related("round", "submitted_category")
    emails = dict(User.objects.values_list("pk", "email"))
    return [
        Case(entry, str(entry.submitted_category.key) if entry.submitted_category else "", emails[entry.owner_id])
        for entry in rows.order_by("number")
    ]
