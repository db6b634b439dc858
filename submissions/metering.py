"""What monitoring counts of entries: how many there are by round, category and state; nothing about a single one."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import Count

from landespreis.watching.figures import Figure
from submissions.models import Submission

Status = Submission.Status
NO_CATEGORY = "none"


def figures() -> Iterator[Figure]:
    """A draft counts for the category it names now, all others for that of their version."""
    places = ("round__key", "category__key", "submitted_category__key", "status", "formal_check")
    counted = Submission.objects.order_by().values_list(*places).annotate(number=Count("pk"))
    numbers: Counter[tuple[str, ...]] = Counter()
    for round, drafted, handed_in, status, check, number in counted:
        category = drafted if status == Status.DRAFT else handed_in
        numbers[round, category or NO_CATEGORY, check if status == Status.SUBMITTED else status] += number
    yield Figure(
        "landespreis_entries",
        "Entries by round, category and state: draft, withdrawn, or how the formal check of a submitted one stands",
        ("round", "category", "state"),
        dict(numbers),
    )
