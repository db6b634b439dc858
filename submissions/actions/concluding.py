"""When a round is decided: once the jury has decided a category, and none is left with entries it may come to judge."""

from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Q

from submissions.models import Category, Round, Submission


def conclude(round: Round, *, at: datetime) -> None:
    """Note that a round is decided, if it is; call it last where a category is decided, or an entry leaves the award.

    It is since the last of that: what leaves a decided round later does not change its moment.

    The round stays locked until commit, so that of two who do the last of it at once the second sees what the first
    did. After the entry and its category, as everywhere.
    """
    Round.objects.select_for_update(no_key=True).values_list("pk").get(pk=round.pk)
    standing = Submission.objects.admitted() | Submission.objects.unchecked()
    judged = Exists(standing.filter(submitted_category=OuterRef("pk")))
    categories = Category.objects.filter(round=round)
    if categories.filter(judged, decided_at__isnull=True).exists():
        return
    if last := categories.aggregate(last=Max("decided_at"))["last"]:
        before = Q(decided_at=None) | Q(decided_at__lt=last)
        Round.objects.filter(before, pk=round.pk).update(decided_at=at)
