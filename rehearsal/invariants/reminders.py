"""Reminders go to drafts only, once for each offset, to everybody who can do something about it."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count

from rehearsal import letters
from rehearsal.invariants import Check, Finding, compare, none
from rehearsal.stage import Stage
from submissions.models import Editor, Reminder, Version

KIND = "Handlungsbedarf"
NOT_YET = "noch nicht eingereicht"


def rows(stage: Stage) -> Iterator[Finding]:
    """No entry was reminded twice for one offset, none after it was handed in, none too early or too late."""
    reminders = _reminders(stage)
    twice = Reminder.objects.values("submission", "hours", "deadline").annotate(times=Count("pk")).filter(times__gt=1)
    yield none("Niemand zweimal an dasselbe erinnert", twice, len(reminders))
    first = dict(Version.objects.filter(number=1).values_list("submission", "submitted_at"))
    done = [str(row.submission_id) for row in reminders if row.sent_at > first.get(row.submission_id, row.sent_at)]
    yield none("Niemand erinnert, der schon eingereicht hatte", done, len(reminders))
    off = [
        str(row.pk) for row in reminders if not row.deadline - timedelta(hours=row.hours) <= row.sent_at < row.deadline
    ]
    yield none("Jede Erinnerung zu ihrer Zeit", off, len(reminders))


def mailed(stage: Stage) -> Iterator[Finding]:
    """As many came to each person as there were reminders for them."""
    came = [letter for letter in stage.installation.mail.letters if letter.kind == KIND and NOT_YET in letter.subject]
    expected = Counter(address for row in _reminders(stage) for address in _addresses(row))
    found = Counter(letter.to for letter in letters.once(came))
    yield compare("Jede Erinnerung kam einmal an: Zahl", found.total(), expected.total())
    differing = sorted((found - expected) + (expected - found))
    yield none("Jede Erinnerung kam einmal an: Personen", differing, len(expected))
    yield letters.again(stage, "Erinnerungen", came)


def _reminders(stage: Stage) -> list[Reminder]:
    rows = Reminder.objects.filter(submission__round=stage.round).select_related("submission__owner")
    return list(rows.prefetch_related("submission__editors__user").order_by("pk"))


def _addresses(reminder: Reminder) -> set[str]:
    """Return the owner and whoever could write along at that time."""
    editors = [
        editor.user.email
        for editor in reminder.submission.editors.all()
        if editor.user and editor.role != Editor.Role.READ
        if editor.accepted_at and editor.accepted_at <= reminder.sent_at
    ]
    return {reminder.submission.owner.email, *editors}


CHECKS: tuple[Check, ...] = (rows, mailed)
