"""In how many sections of each draft something is missing, kept per draft for as long as nobody saves it."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.core.cache import cache
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from landespreis.clock import BERLIN
from submissions import checks, draft
from submissions.models import Attachment, Round, Section, Submission

AT_ONCE = 250
"""Drafts that are looked through together, with three queries; few are in memory at once: their texts are long."""
KEPT_FOR = 86_400
"""Seconds; what a draft lacks depends on the day, too."""

Mark = tuple[int, int]
"""How often the sections of a draft were saved, and how many of its files were found infected.

Each verb that changes what a draft says raises the first number (`save_section`, `gate.touch`), the scanner's verdict
the second, so neither comes back. What the round asks for has a stamp of its own.
"""
Kept = Mapping[uuid.UUID, tuple[Mark, int]]


def of_drafts(round: Round, now: datetime) -> list[int]:
    """Return of each draft of the round in how many sections something is missing or wrong at `now`.

    One query, and three for every `AT_ONCE` drafts that were saved since somebody asked last. `round` is read afresh.
    """
    key = f"submissions.gaps:{round.pk}:{round.stamp}:{now.astimezone(BERLIN).date()}"
    kept: Kept = cache.get(key) or {}
    marks = _marks(round)
    changed = [pk for pk, mark in marks.items() if pk not in kept or kept[pk][0] != mark]
    found = {pk: kept[pk] for pk in marks if pk in kept} | {pk: (marks[pk], gaps) for pk, gaps in _read(changed, now)}
    if changed:
        cache.set(key, found, KEPT_FOR)
    return [gaps for _, gaps in found.values()]


def _marks(round: Round) -> dict[uuid.UUID, Mark]:
    """Return the mark of every draft, read before the draft itself: what is saved meanwhile is looked at next time."""
    saved = _each(Section.objects.all(), Sum("revision"))
    infected = _each(Attachment.objects.filter(scan=Attachment.Scan.INFECTED), Count("pk"))
    rows = Submission.objects.never_submitted().filter(round=round).order_by()
    return {pk: (saves, finds) for pk, saves, finds in rows.values_list("pk", saved, infected)}


def _each(rows: "QuerySet[Section] | QuerySet[Attachment]", number: Sum | Count) -> Coalesce:
    """Return `number` over those of `rows` that belong to an entry."""
    own = rows.filter(submission=OuterRef("pk")).order_by().values("submission")
    return Coalesce(Subquery(own.annotate(number=number).values("number")), 0)


def _read(keys: Sequence[uuid.UUID], now: datetime) -> Iterator[tuple[uuid.UUID, int]]:
    for start in range(0, len(keys), AT_ONCE):
        rows = Submission.objects.filter(pk__in=keys[start : start + AT_ONCE]).select_related("round")
        for pk, row in draft.load_all(list(rows), saves=False).items():
            yield pk, len({problem.section for problem in checks.problems(row, now)})
