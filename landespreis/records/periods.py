"""Periods as staff set them, when what is due, and what is held back; the verbs on them."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import PermissionsMixin
from django.db import transaction

from landespreis import clock, journal, wording
from landespreis.models import RetentionHold, RetentionRule, RetentionRun
from landespreis.records import parts, permissions, workflow
from landespreis.records.parts import Kind, Scope
from landespreis.refusal import NotAllowed, Refused

ASSUMED = "Annahme, von niemandem bestätigt. Bitte mit Datenschutz und Landesarchiv abstimmen."


@dataclass(frozen=True)
class Due:
    """When what of a scope may go: `at` is empty where each row has its own date."""

    kind: Kind
    scope: Scope
    months: int
    at: datetime | None
    run: RetentionRun | None

    def is_over(self, now: datetime) -> bool:
        return self.at is None or self.at <= now

    @property
    def address(self) -> str:
        return f"{self.kind.key}/{self.scope.key}" if self.scope.key else self.kind.key


def rules() -> dict[str, RetentionRule]:
    """Return the period of every kind; one that staff never saw gets its default, marked as an assumption."""
    known = {rule.kind: rule for rule in RetentionRule.objects.all()}
    for kind in parts.kinds().values():
        if kind.key not in known:
            values = {"title": kind.title, "since": kind.since, "months": kind.months, "note": ASSUMED}
            known[kind.key] = RetentionRule.objects.get_or_create(kind=kind.key, defaults=values)[0]
    return known


def due() -> list[Due]:
    """Return every kind and scope with its date, and the run that is under way."""
    known = rules()
    running = {
        (run.kind, run.scope): run
        for run in RetentionRun.objects.exclude(status__in=[RetentionRun.Status.DONE, RetentionRun.Status.DISCARDED])
    }
    return [
        Due(kind, scope, known[kind.key].months, _at(scope, known[kind.key].months), running.get((kind.key, scope.key)))
        for kind in parts.kinds().values()
        for scope in kind.scopes()
    ]


def require_due(kind: Kind, scope: Scope) -> datetime:
    """Return the moment before which rows are old enough. Raises Refused before the date, which it names."""
    months, now = rules()[kind.key].months, clock.now()
    date = _at(scope, months)
    if date and now < date:
        raise Refused(
            f"Die Frist für „{kind.title}“ aus „{scope.name}“ endet {period(months)} {kind.since}, also am "
            f"{wording.moment(date)}. Vorher lässt sich keine Löschung vorschlagen."
        )
    return workflow.later(now, -months)


def period(months: int) -> str:
    """Return «5 Jahre», «18 Monate»."""
    years, rest = divmod(months, 12)
    if not rest:
        return "ein Jahr" if years == 1 else f"{years} Jahre"
    return "einen Monat" if months == 1 else f"{months} Monate"


@transaction.atomic
def change(rule: RetentionRule, *, by: PermissionsMixin, months: int, note: str) -> RetentionRule:
    """Set a period and what it rests on. Raises NotAllowed."""
    if not permissions.may_set_periods(by):
        raise NotAllowed("Aufbewahrungsfristen ändert die Geschäftsstelle.")
    fresh = RetentionRule.objects.select_for_update().get(pk=rule.pk)
    before, fresh.months, fresh.note = fresh.months, months, note
    fresh.save(update_fields=["months", "note"])
    journal.note(
        journal.Verb.RETENTION_CHANGED,
        by=permissions.account(by),
        about=fresh.title,
        before=before,
        months=months,
        note=note,
    )
    return fresh


@transaction.atomic
def hold(subject: str, *, by: PermissionsMixin, label: str, reason: str) -> RetentionHold:
    """Keep a subject longer, whatever its period says. Raises NotAllowed, or Refused when it is held already."""
    if not permissions.may_hold(by):
        raise NotAllowed("Die Aufbewahrung verlängert die Geschäftsstelle.")
    if not reason.strip():
        raise Refused("Bitte nennen Sie den Grund.")
    held, is_new = RetentionHold.objects.get_or_create(
        subject=subject,
        lifted_at=None,
        defaults={"label": label, "reason": reason.strip(), "held_by_id": by.pk, "held_at": clock.now()},
    )
    if not is_new:
        raise Refused(f"Die Aufbewahrung von „{held.label}“ ist schon verlängert.")
    journal.note(
        journal.Verb.RETENTION_HELD, by=permissions.account(by), about=label, subject=subject, reason=reason.strip()
    )
    return held


@transaction.atomic
def lift(held: RetentionHold, *, by: PermissionsMixin) -> RetentionHold:
    """End a longer keeping; the period counts again. Raises NotAllowed, or Refused when it has ended already."""
    if not permissions.may_hold(by):
        raise NotAllowed("Die verlängerte Aufbewahrung beendet die Geschäftsstelle.")
    fresh = RetentionHold.objects.select_for_update().get(pk=held.pk)
    if fresh.lifted_at:
        raise Refused(f"Die verlängerte Aufbewahrung von „{fresh.label}“ ist schon beendet.")
    fresh.lifted_at, fresh.lifted_by_id = clock.now(), by.pk
    fresh.save(update_fields=["lifted_at", "lifted_by"])
    journal.note(journal.Verb.RETENTION_UNHELD, by=permissions.account(by), about=fresh.label, subject=fresh.subject)
    return fresh


def _at(scope: Scope, months: int) -> datetime | None:
    return workflow.later(scope.since, months) if scope.since else None
