"""Verb of the checklist: write down what somebody judged about the conditions of an entry."""

from collections.abc import Mapping
from typing import NamedTuple

from django.db import transaction

from accounts.models import User
from landespreis.refusal import Refused
from submissions import conditions
from submissions.actions import gate, ruling
from submissions.models import Event, Finding, Submission

Check = Submission.Check


class Judged(NamedTuple):
    """What was judged about one condition."""

    verdict: Finding.Verdict
    note: str = ""


UNJUDGED = Judged(Finding.Verdict.OPEN)


@transaction.atomic
def judge(entry: Submission, points: Mapping[str, Judged], *, by: User, read: int | None = None) -> list[Finding]:
    """Write what changed among `points` (key of a condition → what was judged) for the version that counts.

    Decides nothing. Journals what changed; judging the same again changes nothing. Raises NotAllowed, Overtaken, and
    Refused for an unknown condition or once the check is decided.
    """
    entry, now = ruling.enter(entry, by=by, read=read)
    if entry.formal_check not in {Check.OPEN, Check.RETURNED}:
        raise Refused("Die formale Prüfung ist entschieden. Prüfpunkte ändern sich nur, solange sie offen ist.")
    if points.keys() - conditions.KEYS:
        raise Refused("Diesen Prüfpunkt gibt es nicht.")
    known = {row.key: Judged(Finding.Verdict(row.verdict), row.note) for row in of_version(entry)}
    changed = {key: judged for key, judged in points.items() if known.get(key, UNJUDGED) != judged}
    written = [
        Finding.objects.update_or_create(
            version=entry.current,
            key=key,
            defaults={"submission": entry, "verdict": verdict, "note": note, "by": by, "at": now},
        )[0]
        for key, (verdict, note) in changed.items()
    ]
    if written:
        told = [{"key": row.key, "verdict": row.verdict, "note": row.note} for row in written]
        gate.record(entry, Event.Verb.CHECKED, at=now, by=by, version=entry.current, points=told)
    return written


def of_version(entry: Submission) -> list[Finding]:
    """Return what was judged about the version that counts."""
    return list(Finding.objects.filter(version=entry.current).select_related("by"))
