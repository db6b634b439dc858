"""What the directory has built on the admission of an entry, see `submissions.builds_on`."""

from portal.models import Project
from submissions.models import Submission


def admission(entry: Submission) -> str:
    """Say that the directory holds a copy, published or not."""
    copied = Project.objects.filter(submission=entry).exists()
    return "Die Redaktion hat das Projekt schon in das Verzeichnis übernommen." if copied else ""
