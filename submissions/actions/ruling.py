"""What the verbs of the formal check share: lock and who may, whether the page is still true, guard, write, mail."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from accounts.models import User
from landespreis import clock, wording
from landespreis.outgoing import Outgoing, owe_all, require_seen
from landespreis.refusal import NotAllowed, Overtaken, Refused
from submissions import permissions, reading, workflow
from submissions.actions import concluding, gate, reversing
from submissions.models import Category, Event, Proposal, Submission
from submissions.workflow import CheckAct

Verb = Event.Verb
VERBS = reversing.DECIDED
WATCHED = (
    Verb.SUBMITTED, Verb.WITHDRAWN, Verb.EXTENDED, Verb.CHECKED, Verb.CHECK_PROPOSED, Verb.CHECK_UNPROPOSED,
    Verb.ADMITTED, Verb.EXCLUDED, Verb.HANDED_BACK, Verb.CHECK_REOPENED, Verb.CHECK_UNDONE,
)  # fmt: skip
"""What somebody who decides must have seen; their own lines of the checklist they know."""
NOT_THERE = "Das geht nur mit einer Einreichung, die eingereicht und nicht zurückgezogen ist."
DECIDED = "Die Jury hat diese Kategorie entschieden. An ihren Einreichungen ändert sich nichts mehr."


@dataclass(frozen=True)
class Ruling:
    """A decision: what, why, until when it may be corrected; `tell` says whether an admission is mailed."""

    act: CheckAct
    reason: str = ""
    until: datetime | None = None
    tell: bool = True

    @classmethod
    def proposed(cls, proposal: Proposal) -> "Ruling":
        return cls(CheckAct(proposal.act), proposal.reason, proposal.until, proposal.tell)


@dataclass(frozen=True)
class Entered:
    """Several locked entries: those that a decision can be made about at `now`, and why it cannot about the others."""

    ready: list[Submission]
    refused: Mapping[UUID, Refused]
    now: datetime

    def without(self, refused: Mapping[UUID, Refused]) -> "Entered":
        """Return it with further ones that it cannot be made about."""
        ready = [entry for entry in self.ready if entry.pk not in refused]
        return Entered(ready, {**self.refused, **refused}, self.now)


def enter(entry: Submission, *, by: User, read: int | None) -> tuple[Submission, datetime]:
    """Lock the entry and its category, which the jury's verbs lock too, and read clock and decision after that.

    `read` is what `last_seen` said when the person's page was made; None asks nothing. Raises NotAllowed, Overtaken,
    and Refused for what is not submitted or once the jury has decided the category.
    """
    entered = enter_each([entry.pk], by=by, read={} if read is None else {entry.pk: read})
    for refusal in entered.refused.values():
        raise refusal
    (fresh,) = entered.ready
    return fresh, entered.now


def enter_each(keys: Sequence[UUID], *, by: User, read: Mapping[UUID, int]) -> Entered:
    """Lock several entries like `enter`, in as many queries as one; what that raises about one stands beside the rest.

    They stay in the order of `keys`. Raises NotAllowed.
    """
    if not permissions.may_check(by):
        raise NotAllowed("Über die formale Prüfung entscheidet die Geschäftsstelle.")
    found = {row.pk: row for row in reading.locked_all(keys)}
    rows = [found[key] for key in keys if key in found]
    decided = _decided({row.submitted_category_id for row in rows if row.submitted_category_id})
    refused: dict[UUID, Refused] = {row.pk: Refused(DECIDED) for row in rows if row.submitted_category_id in decided}
    submitted = {row.pk for row in rows if row.status == Submission.Status.SUBMITTED}
    refused |= {key: Refused(NOT_THERE) for key in keys if key not in submitted}
    refused |= _overtaken(rows, read, by)
    return Entered(rows, {}, clock.now()).without(refused)


def _decided(categories: set[int]) -> set[int]:
    """Lock the categories, and return those that the jury has decided by now."""
    rows = Category.objects.filter(pk__in=categories).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))
    return set(rows.filter(decided_at__isnull=False).values_list("pk", flat=True))


def last_seen(entry: Submission) -> int:
    """Return the mark of the last line of the journal that matters to a decision; 0 where there is none."""
    return last_seen_of([entry]).get(entry.pk, 0)


def last_seen_of(entries: Iterable[Submission]) -> dict[UUID, int]:
    """Return the marks of several entries by their primary key, in one query."""
    lines = Event.objects.filter(submission__in=[entry.pk for entry in entries], verb__in=WATCHED).order_by()
    return dict(lines.values("submission").annotate(last=Max("pk")).values_list("submission", "last"))


def require_unchanged(entry: Submission, read: int, by: User) -> None:
    """Raise Overtaken, saying what was done by whom and when, unless `read` is still the last line that matters."""
    for overtaken in _overtaken([entry], {entry.pk: read}, by).values():
        raise overtaken


def _overtaken(entries: Sequence[Submission], read: Mapping[UUID, int], by: User) -> Mapping[UUID, Overtaken]:
    """Return for which entries `read` is not the last line that matters, saying what was done by whom and when."""
    seen = {entry.pk: read[entry.pk] for entry in entries if entry.pk in read}
    if not seen:
        return {}
    lines = Event.objects.filter(submission__in=seen, verb__in=WATCHED).exclude(verb=Verb.CHECKED, by=by)
    last = dict(lines.order_by().values("submission").annotate(last=Max("pk")).values_list("submission", "last"))
    newer = [line for pk, line in last.items() if line > seen[pk]]
    events = Event.objects.filter(pk__in=newer).select_related("by") if newer else ()
    return {event.submission_id: _overtaken_by(event) for event in events}


def _overtaken_by(event: Event) -> Overtaken:
    who = event.by.name if event.by else "das Portal"
    return Overtaken(
        f"Inzwischen hat sich etwas geändert: „{event.get_verb_display()}“, {who}, "
        f"{wording.recently(event.at, clock.now())}. Von Ihnen ist nichts gespeichert. Bitte sehen Sie sich den neuen "
        "Stand an."
    )


def guard(entry: Submission, ruling: Ruling, now: datetime) -> Ruling:
    """Return the ruling, its reason trimmed, where it can be made about the entry now; raises Refused."""
    if ruling.act in reversing.REVERSED:
        reversing.require(entry, ruling.act)
        return replace(ruling, reason=required(ruling.reason), until=None)
    if ruling.act is not CheckAct.EXCLUDE and workflow.is_open(entry, now):
        raise Refused("Die Frist dieser Einreichung läuft noch. Zulassen oder zurückgeben können Sie sie danach.")
    workflow.checked(entry.formal_check, ruling.act)
    if ruling.act is CheckAct.ADMIT:
        return replace(ruling, reason="", until=None)
    if ruling.act is CheckAct.HAND_BACK and (ruling.until is None or ruling.until <= max(now, entry.deadline)):
        raise Refused("Die Frist der Korrektur muss in der Zukunft und nach der bisherigen Frist liegen.")
    return replace(ruling, reason=required(ruling.reason))


def admissible(entered: Entered) -> Entered:
    """Return what was entered with the reasons of `guard` for what cannot be admitted now."""
    refused = {}
    for entry in entered.ready:
        try:
            guard(entry, Ruling(CheckAct.ADMIT), entered.now)
        except Refused as refusal:
            refused[entry.pk] = refusal
    return entered.without(refused)


def required(reason: str) -> str:
    """Return the reason trimmed; raises Refused for an empty one."""
    if not reason.strip():
        raise Refused("Bitte nennen Sie den Grund.")
    return reason.strip()


def letter(entry: Submission, ruling: Ruling, *, by: User, at: datetime) -> Outgoing | None:
    """Return the mail that goes to owner and editors with this ruling of `by`, or None where none does."""
    if ruling.act is CheckAct.WITHDRAW:
        return reversing.withdrawal(entry, by=by, at=at)
    if ruling.act not in VERBS or (ruling.act is CheckAct.ADMIT and not ruling.tell):
        return None
    context: dict[str, Any] = {"number": entry.label, "title": entry.submitted_title, "path": entry.get_absolute_url()}
    if ruling.act is not CheckAct.ADMIT:
        context["reason"] = ruling.reason.strip()
    if ruling.until:
        context["until"] = ruling.until
    elif ruling.act is CheckAct.EXCLUDE and workflow.is_open(entry, at):
        context["until"] = entry.deadline  # what is mended and handed in again by then is checked anew
    return Outgoing(str(VERBS[ruling.act].value), gate.addresses(entry), context)


def write(
    entry: Submission, ruling: Ruling, *, at: datetime, by: User, seen: str, proposed_by: User | None = None
) -> None:
    """Set the state, journal who decided what in which state, and owe the mail. The guard has let it pass."""
    outgoing = letter(entry, ruling, by=by, at=at)
    require_seen(outgoing, seen)
    proposed = {"proposed_by": proposed_by.name} if proposed_by else {}
    if ruling.act in reversing.REVERSED:
        reversing.write(entry, ruling.act, at=at, by=by, reason=ruling.reason, **proposed)
    else:
        _decide(entry, ruling, at=at, by=by, **_detail(entry, outgoing), **proposed)
    if ruling.act in {CheckAct.EXCLUDE, CheckAct.WITHDRAW}:
        concluding.conclude(entry.round, at=at)
    if outgoing:
        outgoing.owe()


def _decide(entry: Submission, ruling: Ruling, *, at: datetime, by: User, **detail: str | bool) -> None:
    if ruling.reason:
        detail["reason"] = ruling.reason
    entry.formal_check = workflow.checked(entry.formal_check, ruling.act)
    if ruling.until:
        detail |= {"until": ruling.until.isoformat(), "deadline_before": _moment(entry.extended_until)}
        why = f"Korrektur: {ruling.reason}"
        entry.extensions.create(until=ruling.until, reason=why, granted_by=by, granted_at=at)
        entry.extended_until = ruling.until
    entry.save(update_fields=["formal_check", "extended_until"])
    gate.record(entry, VERBS[ruling.act], at=at, by=by, version=entry.current, **detail)


def write_admissions(entries: Sequence[Submission], admission: Ruling, *, at: datetime, by: User) -> None:
    """Admit several entries like `write`, in as many queries as one. The guard has let each pass."""
    letters = [(entry, letter(entry, admission, by=by, at=at)) for entry in entries]
    told = [(entry, _detail(entry, outgoing)) for entry, outgoing in letters]
    for entry in entries:
        entry.formal_check = workflow.checked(entry.formal_check, CheckAct.ADMIT)
    Submission.objects.bulk_update(entries, ["formal_check"])
    gate.record_each(VERBS[CheckAct.ADMIT], told, at=at, by=by)
    owe_all(outgoing for _, outgoing in letters if outgoing)


def _detail(entry: Submission, outgoing: Outgoing | None) -> dict[str, str | bool]:
    """Return what the journal says of every decision: the state it was made in, and whether a mail went with it."""
    return {"before": entry.formal_check, "told": outgoing is not None}


def _moment(value: datetime | None) -> str:
    return value.isoformat() if value else ""
