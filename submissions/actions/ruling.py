"""What the verbs of the formal check share: lock and who may, whether the page is still true, guard, write, mail."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from accounts.models import User
from landespreis import clock, wording
from landespreis.outgoing import Outgoing
from landespreis.refusal import MailChanged, NotAllowed, Overtaken, Refused
from submissions import permissions, workflow
from submissions.actions import gate
from submissions.models import Category, Event, Proposal, Submission
from submissions.workflow import CheckAct

Verb = Event.Verb
VERBS = {CheckAct.ADMIT: Verb.ADMITTED, CheckAct.EXCLUDE: Verb.EXCLUDED, CheckAct.HAND_BACK: Verb.HANDED_BACK}
WATCHED = (
    Verb.SUBMITTED, Verb.WITHDRAWN, Verb.EXTENDED, Verb.CHECKED, Verb.CHECK_PROPOSED, Verb.CHECK_UNPROPOSED,
    Verb.ADMITTED, Verb.EXCLUDED, Verb.HANDED_BACK, Verb.CHECK_REOPENED, Verb.CHECK_UNDONE,
)  # fmt: skip
"""What somebody who decides must have seen; their own lines of the checklist they know."""


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


def enter(entry: Submission, *, by: User, read: int | None) -> tuple[Submission, datetime]:
    """Lock the entry and its category, which the jury's verbs lock too, and read clock and decision after that.

    `read` is what `last_seen` said when the person's page was made; None asks nothing. Raises NotAllowed, Overtaken,
    and Refused for what is not submitted or once the jury has decided the category.
    """
    if not permissions.may_check(by):
        raise NotAllowed("Über die formale Prüfung entscheidet die Geschäftsstelle.")
    entry = gate.lock(entry)
    if read is not None:
        require_unchanged(entry, read, by)
    if entry.status != Submission.Status.SUBMITTED:
        raise Refused("Das geht nur mit einer Einreichung, die eingereicht und nicht zurückgezogen ist.")
    category = Category.objects.filter(entries=entry)
    category.select_for_update(no_key=True, of=("self",)).values_list("pk").get()
    if category.filter(decided_at__isnull=False).exists():
        raise Refused("Die Jury hat diese Kategorie entschieden. An ihren Einreichungen ändert sich nichts mehr.")
    return entry, clock.now()


def last_seen(entry: Submission) -> int:
    """Return the mark of the last line of the journal that matters to a decision; 0 where there is none."""
    return last_seen_of([entry]).get(entry.pk, 0)


def last_seen_of(entries: Iterable[Submission]) -> dict[UUID, int]:
    """Return the marks of several entries by their primary key, in one query."""
    lines = Event.objects.filter(submission__in=[entry.pk for entry in entries], verb__in=WATCHED).order_by()
    return dict(lines.values("submission").annotate(last=Max("pk")).values_list("submission", "last"))


def require_unchanged(entry: Submission, read: int, by: User) -> None:
    """Raise Overtaken, saying what was done by whom and when, unless `read` is still the last line that matters."""
    newer = entry.events.filter(pk__gt=read, verb__in=WATCHED).exclude(verb=Verb.CHECKED, by=by)
    event = newer.select_related("by").order_by("-pk").first()
    if event is None:
        return
    who = event.by.name if event.by else "das Portal"
    raise Overtaken(
        f"Inzwischen hat sich etwas geändert: „{event.get_verb_display()}“, {who}, "
        f"{wording.recently(event.at, clock.now())}. Von Ihnen ist nichts gespeichert. Bitte sehen Sie sich den neuen "
        "Stand an."
    )


def guard(entry: Submission, ruling: Ruling, now: datetime) -> Ruling:
    """Return the ruling, its reason trimmed, where it can be made about the entry now; raises Refused."""
    if ruling.act is not CheckAct.EXCLUDE and workflow.is_open(entry, now):
        raise Refused("Die Frist dieser Einreichung läuft noch. Zulassen oder zurückgeben können Sie sie danach.")
    workflow.checked(entry.formal_check, ruling.act)
    if ruling.act is CheckAct.ADMIT:
        return replace(ruling, reason="", until=None)
    if ruling.act is CheckAct.HAND_BACK and (ruling.until is None or ruling.until <= max(now, entry.deadline)):
        raise Refused("Die Frist der Korrektur muss in der Zukunft und nach der bisherigen Frist liegen.")
    return replace(ruling, reason=required(ruling.reason))


def required(reason: str) -> str:
    """Return the reason trimmed; raises Refused for an empty one."""
    if not reason.strip():
        raise Refused("Bitte nennen Sie den Grund.")
    return reason.strip()


def letter(entry: Submission, ruling: Ruling) -> Outgoing | None:
    """Return the mail that goes to owner and editors with this ruling, or None where an admission is not mailed."""
    if ruling.act is CheckAct.ADMIT and not ruling.tell:
        return None
    context: dict[str, Any] = {"number": entry.label, "title": entry.submitted_title, "path": entry.get_absolute_url()}
    if ruling.act is not CheckAct.ADMIT:
        context["reason"] = ruling.reason.strip()
    if ruling.until:
        context["until"] = ruling.until
    return Outgoing(str(VERBS[ruling.act].value), gate.addresses(entry), context)


def require_seen(outgoing: Outgoing | None, seen: str) -> None:
    """Raise MailChanged unless the mail that will go is the one that was shown; an empty `seen` asks nothing."""
    if seen and (outgoing is None or outgoing.mark != seen):
        raise MailChanged(
            "Seit Sie die E-Mail gesehen haben, hat sich ihr Text oder der Kreis der Empfangenden geändert. "
            "Bitte sehen Sie sie noch einmal an."
        )


def write(
    entry: Submission, ruling: Ruling, *, at: datetime, by: User, seen: str, proposed_by: User | None = None
) -> None:
    """Set the state, journal who decided what in which state, and owe the mail. The guard has let it pass."""
    outgoing = letter(entry, ruling)
    require_seen(outgoing, seen)
    detail: dict[str, str | bool] = {"before": entry.formal_check, "told": outgoing is not None}
    if ruling.reason:
        detail["reason"] = ruling.reason
    if proposed_by:
        detail["proposed_by"] = proposed_by.name
    entry.formal_check = workflow.checked(entry.formal_check, ruling.act)
    if ruling.until:
        detail |= {"until": ruling.until.isoformat(), "deadline_before": _moment(entry.extended_until)}
        why = f"Korrektur: {ruling.reason}"
        entry.extensions.create(until=ruling.until, reason=why, granted_by=by, granted_at=at)
        entry.extended_until = ruling.until
    entry.save(update_fields=["formal_check", "extended_until"])
    gate.record(entry, VERBS[ruling.act], at=at, by=by, version=entry.current, **detail)
    if outgoing:
        outgoing.owe()


def _moment(value: datetime | None) -> str:
    return value.isoformat() if value else ""
