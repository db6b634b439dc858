"""What is owed to the jury: dossiers, minutes and certificates that are not written yet."""

from collections.abc import Iterator

from django.db.models import Count, Min

from jury.models import Paper
from landespreis.owed import Kind, Owed

PAPER = Kind(
    "paper", "Niederschrift oder Urkunde", "Niederschriften oder Urkunden", "admin:jury_paper_changelist",
    "jury.view_paper",
)  # fmt: skip


def owed() -> Iterator[Owed]:
    yield Owed(PAPER, **Paper.objects.owed().aggregate(number=Count("pk"), since=Min("owed_at")))
