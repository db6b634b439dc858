"""The sheets of the demo's jury: each seat at its own pace, one stricter and one kinder than the others."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from accounts.models import User
from jury.actions import assessing
from jury.demo.script import Act, script, spread
from submissions.demo.acts import unwrapped
from submissions.models import Category, Round, Submission

CRITERIA = ("gewinn", "innovation", "zukunft")
LUCK = (-1, 0, 0, 0, 1)
LEAST, MOST = 1, 10
READS, REMEMBERS = timedelta(minutes=7), timedelta(days=1, hours=3)
"""How long before its sheet an entry is opened; how long after it a juror remembers to be biased."""
TOUCHES = timedelta(minutes=4)
"""Between two drafts that are finalised in the end."""

Row = dict[str, Any]


def acts(round: Round, people: dict[str, User]) -> Iterator[Act]:
    """Yield what the jurors do before the Sessions; `people` by the key of their seat."""
    entries = _by_lead(round)
    rows = {row["lead"]: row for row in script()["sheets"]}
    biased = {(row["seat"], row["lead"]): row for row in script()["recusals"]}
    for key, seat in script()["seats"].items():
        chance = Random(key)  # noqa: S311 - invented points, not a secret - the same every time, no secret
        leads = _in_order(entries, round, seat["first_category"])
        drafts = 0
        for lead, at in zip(leads, spread(seat["begins"], seat["ends"], len(leads), chance), strict=True):
            entry, by, bias = entries[lead], people[key], biased.get((key, lead))
            if bias and not bias.get("after_scoring"):
                yield at, partial(_recuse, entry, by, bias)
                continue
            yield at - READS, partial(assessing.clear, entry, by=by)
            sheet = _sheet(rows[lead], key, seat["lean"])
            if not bias and chance.random() * 10 < seat["afterthought"]:
                yield at, partial(assessing.save, entry, by=by, revision=0, **_half(sheet))
                drafts += 1
                yield seat["ends"] + TOUCHES * drafts, partial(assessing.finalise, entry, by=by, revision=1, **sheet)
            else:
                yield at, partial(assessing.finalise, entry, by=by, revision=0, **sheet)
            if bias:
                yield at + REMEMBERS, partial(_recuse, entry, by, bias)


def _by_lead(round: Round) -> dict[str, Submission]:
    """Return the admitted entries by the AGS of their lead, in the order of their numbers."""
    rows = Submission.objects.admitted().filter(round=round).select_related("submitted_category", "submitted_lead")
    return {
        entry.submitted_lead.ags: entry
        for entry in rows.order_by("number")
        if entry.submitted_lead and entry.submitted_lead.ags
    }


def _in_order(entries: dict[str, Submission], round: Round, first: str) -> list[str]:
    """Return the leads by category, in the order of the round but from `first` on, then by number."""
    keys = list(Category.objects.filter(round=round).values_list("key", flat=True))
    turned = [*keys[keys.index(first) :], *keys[: keys.index(first)]]
    return sorted(entries, key=lambda lead: turned.index(_key(entries[lead])))


def _key(entry: Submission) -> str:
    assert entry.submitted_category
    return entry.submitted_category.key


def _sheet(row: Row, seat: str, lean: list[int]) -> Row:
    """Return the sheet as the verbs take it."""
    given = row["by_seat"][seat] if "by_seat" in row else _leaning(row["most"], lean, f"{seat} {row['lead']}")
    comment = unwrapped(row.get("words", {}).get(seat, ""))
    return {"points": dict(zip(CRITERIA, given, strict=True)), "comments": {}, "comment": comment}


def _leaning(most: list[int], lean: list[int], seed: str) -> list[int]:
    """Return what most would give, moved by the seat's leaning and some luck."""
    chance = Random(seed)  # noqa: S311 - invented points, not a secret
    moved = [points + more + chance.choice(LUCK) for points, more in zip(most, lean, strict=True)]
    return [min(MOST, max(LEAST, points)) for points in moved]


def _half(sheet: Row) -> Row:
    """Return the sheet while it is written: the last criterion is still open."""
    return {**sheet, "points": {**sheet["points"], CRITERIA[-1]: None}, "comment": ""}


def _recuse(entry: Submission, by: User, row: Row) -> None:
    assessing.recuse(entry, by=by, reason=row["reason"], text=unwrapped(row["text"]))
