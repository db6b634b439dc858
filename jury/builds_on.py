"""What the jury has built on the admission of an entry, see `submissions.builds_on`."""

from jury.models import Assessment, Clearance, Recusal
from submissions.models import Submission


def admission(entry: Submission) -> str:
    """Say that a juror has stated whether they are biased, or has scored: from then on somebody knows the entry."""
    touched = (model._default_manager.filter(submission=entry).exists() for model in (Clearance, Recusal, Assessment))
    return "Die Jury hat sich mit dieser Einreichung schon befasst." if any(touched) else ""
