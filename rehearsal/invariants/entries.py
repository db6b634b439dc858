"""What was handed in: versions, checksums and numbers, in time, and all that people were told and nothing else."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from landespreis import clock
from rehearsal import ledger
from rehearsal.invariants import Check, Finding, compare, none, none_lost
from rehearsal.ledger import Line
from rehearsal.stage import Stage
from submissions.models import Event, Extension, Submission, Version

EXCERPT = 0
"""The number of what is left of a version when its time of keeping is over."""


def checksums(stage: Stage) -> Iterator[Finding]:
    """The content of every version is spelled canonically and has the checksum that stands beside it."""
    versions = _versions(stage)
    wrong = [str(version.pk) for version in versions if _recomputed(version) != (version.canonical, version.sha256)]
    yield none_lost("Jede Version hat die Prüfsumme ihres Inhalts", wrong, len(versions))


def _recomputed(version: Version) -> tuple[str, str]:
    text = json.dumps(json.loads(version.canonical), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text, hashlib.sha256(text.encode("utf-8")).hexdigest()


def numbers(stage: Stage) -> Iterator[Finding]:
    """Numbers run from one without gap or double; so do the versions of each entry, and each version says its own."""
    given = Submission.objects.filter(round=stage.round).exclude(number=None).values_list("number", flat=True)
    found = sorted(number or 0 for number in given)
    yield compare("Nummern lückenlos und einmalig", found, list(range(1, len(found) + 1)))
    versions = _versions(stage)
    counted: dict[str, list[int]] = {}
    for version in versions:
        counted.setdefault(str(version.submission_id), []).append(version.number)
    gaps = [pk for pk, given in counted.items() if sorted(given) != list(range(1, len(given) + 1))]
    yield none("Versionen jeder Einreichung lückenlos gezählt", gaps, len(counted))
    strange = [str(version.pk) for version in versions if not _names_itself(stage, version)]
    yield none("Jede Version nennt ihre Nummer und Fassung", strange, len(versions))


def _names_itself(stage: Stage, version: Version) -> bool:
    said = version.payload
    label = f"{stage.round.number_prefix}-{version.submission.number:04d}"
    return (said["number"], said["version"]) == (label, version.number)


def told_is_held(stage: Stage) -> Iterator[Finding]:
    """Each version that somebody was told of is there once, as told; and there is none that nobody was told of."""
    gone = _excerpted(stage)
    lines = [line for line in stage.ledger.told(ledger.SUBMITTED) if line.about not in gone]
    told = Counter((line.about, line.detail["version"], line.detail["number"], line.detail["sha256"]) for line in lines)
    held = Counter(
        (str(version.submission_id), version.number, version.submission.number, version.sha256)
        for version in _versions(stage)
    )
    yield none_lost("Jede zugesagte Einreichung liegt genau einmal vor", sorted((told - held).elements()), len(lines))
    yield none("Keine Version, von der niemand erfuhr", sorted((held - told).elements()), held.total())


def deadlines(stage: Stage) -> Iterator[Finding]:
    """Nothing was accepted at or after its deadline, by the portal's clock and by that of the people."""
    versions = _versions(stage)
    late = [f"{version.pk} {version.submitted_at}" for version in versions if not _was_in_time(stage, version)]
    yield none("Nichts nach der Frist angenommen", late, len(versions))
    pressed = stage.ledger.told(ledger.SUBMITTED)
    after = [line for line in pressed if not _may_be_in_time(stage, line)]
    yield none("Nichts angenommen, was nach der Frist abgeschickt wurde", map(_said, after), len(pressed))


def refusals(stage: Stage) -> Iterator[Finding]:
    """Nobody who got the answer before the deadline was too late, and what they had written is still there."""
    refused = stage.ledger.told(ledger.TOO_LATE)
    wrong = [line for line in refused if _moment(line, "ended") < _last(stage, line.about, _moment(line, "ended"))]
    yield none("Nichts Rechtzeitiges abgewiesen", map(_said, wrong), len(refused))
    kept = {str(pk) for pk in Submission.objects.exclude(title="").values_list("pk", flat=True)} | _excerpted(stage)
    yield none_lost(
        "Entwürfe der Verspäteten erhalten", [line.about for line in refused if line.about not in kept], len(refused)
    )


def withdrawals(stage: Stage) -> Iterator[Finding]:
    """What was withdrawn takes no part any more."""
    told = {line.about for line in stage.ledger.told(ledger.WITHDRAWN)}
    states = dict(Submission.objects.filter(pk__in=told).values_list("pk", "status"))
    wrong = [pk for pk in sorted(told) if pk not in map(str, states)]
    wrong += [str(pk) for pk, status in states.items() if status != Submission.Status.WITHDRAWN]
    yield none_lost("Zurückgezogenes bleibt zurückgezogen", wrong, len(told))


def _versions(stage: Stage) -> list[Version]:
    rows = Version.objects.filter(submission__round=stage.round).exclude(number=EXCERPT).select_related("submission")
    return list(rows.order_by("pk"))


def _excerpted(stage: Stage) -> set[str]:
    rows = Version.objects.filter(submission__round=stage.round, number=EXCERPT)
    return {str(pk) for pk in rows.values_list("submission", flat=True)}


def _was_in_time(stage: Stage, version: Version) -> bool:
    return version.submitted_at < _last(stage, str(version.submission_id), version.submitted_at)


def _may_be_in_time(stage: Stage, line: Line) -> bool:
    """Who was told by a look at the page, not by the answer itself, may have pressed before."""
    began = _moment(line, "began")
    return not line.detail["pressed"] or began < _last(stage, line.about, began)


def _last(stage: Stage, pk: str, at: datetime) -> datetime:
    """Return the deadline that held for an entry at a moment: the round's, or a later one that had been given."""
    given = Extension.objects.filter(submission_id=pk, granted_at__lte=at)
    untils = [extension.until for extension in given if not _was_undone(extension, at)]
    return max([stage.round.closes_at, *untils])


def _was_undone(extension: Extension, at: datetime) -> bool:
    undone = Event.objects.filter(submission_id=extension.submission_id, verb=Event.Verb.CHECK_UNDONE)
    return undone.filter(at__gte=extension.granted_at, at__lte=at).exists()


def _moment(line: Line, which: str) -> datetime:
    """Return what the award's clock showed when a request began or ended."""
    return clock.told(datetime.fromisoformat(line.detail[which]))


def _said(line: Line) -> str:
    return f"{line.about} {_moment(line, 'began')}–{_moment(line, 'ended'):%H:%M:%S.%f}"


CHECKS: tuple[Check, ...] = (checksums, numbers, told_is_held, deadlines, refusals, withdrawals)
