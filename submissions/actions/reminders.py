"""Verbs on reminders: tell the people of an unsubmitted draft how long they still have, once per offset."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q

from landespreis import clock, mail, persevering, wording
from submissions import checks, draft
from submissions.actions import gate
from submissions.models import Editor, Event, Reminder, Round, Submission


def due_offset(entry: Submission, now: datetime) -> int | None:
    """Return the offset in hours whose reminder is the latest due at `now`, or None.

    Due are offsets before the entry's own deadline that lie after its beginning; of several that a sleeping beat
    missed only the latest counts. Nothing is due from the deadline on.
    """
    if now >= entry.deadline:
        return None
    due = [
        hours
        for hours in entry.round.reminder_hours
        if entry.created_at <= entry.deadline - timedelta(hours=hours) <= now
    ]
    return min(due, default=None)


def remind_all() -> int:
    """Send every reminder that is due now; return how many entries were reminded."""
    now = clock.now()
    entries = Submission.objects.never_submitted().select_related("round")
    return persevering.each((entry for entry in entries if due_offset(entry, now) is not None), remind)


def unsent(now: datetime) -> list[datetime]:
    """Return of every reminder that is due and was not sent since when it is.

    Drafts with the deadline of their round, nearly all, are counted by the database.
    """
    drafts, found = Submission.objects.never_submitted(), []
    longer = Q(extended_until__gt=F("round__closes_at"))
    for round in Round.objects.filter(closes_at__gt=now):
        missed = [hours for hours in round.reminder_hours if round.closes_at - timedelta(hours=hours) <= now]
        if missed:
            due = round.closes_at - timedelta(hours=min(missed))
            sent = Reminder.objects.filter(submission=OuterRef("pk"), deadline=round.closes_at, hours=min(missed))
            waiting = drafts.filter(~Exists(sent), round=round, created_at__lte=due).exclude(longer)
            found += [due] * waiting.count()
    for entry in drafts.filter(longer, extended_until__gt=now).select_related("round"):
        hours = due_offset(entry, now)
        if hours and not entry.reminders.filter(deadline=entry.deadline, hours=hours).exists():
            found.append(entry.deadline - timedelta(hours=hours))
    return found


def remind(entry: Submission) -> bool:
    """Owe the due reminder of a draft to its owner and everybody who edits; return whether it was owed now.

    The row and the mail are one transaction, and a constraint makes the row unique per offset and deadline: two beats
    at once remind once. An entry that was submitted meanwhile is left alone.
    """
    try:
        with transaction.atomic():
            entry = gate.lock(entry)
            now = clock.now()
            hours = due_offset(entry, now)
            if entry.status != Submission.Status.DRAFT or hours is None:
                return False
            if Reminder.objects.filter(submission=entry, deadline=entry.deadline, hours=hours).exists():
                return False
            Reminder.objects.create(submission=entry, hours=hours, deadline=entry.deadline, sent_at=now)
            gate.record(entry, Event.Verb.REMINDED, at=now, by=None, hours=hours)
            _owe_mail(entry, now)
    except IntegrityError:
        return False
    return True


def _owe_mail(entry: Submission, now: datetime) -> None:
    missing = checks.problems(draft.load(entry), now)
    readers = {editor.user.email for editor in entry.colleagues if editor.user and editor.role == Editor.Role.READ}
    mail.owe(
        "reminder",
        [address for address in gate.addresses(entry) if address not in readers],
        {
            "title": entry.heading,
            "deadline": entry.deadline,
            "remaining": wording.remaining(entry.deadline - now),
            "missing": [problem.task for problem in missing],
            "path": entry.get_absolute_url(),
        },
    )
