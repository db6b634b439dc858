"""What the admin's first page says about the jury: how far the sheets are, and which Session waits; never a point."""

from datetime import datetime

from django.contrib.auth.models import PermissionsMixin
from django.urls import reverse

from accounts.models import User
from jury import permissions
from jury.admin import progress
from landespreis.overview import Part, Table, Task
from submissions.models import Round


def part(user: PermissionsMixin, now: datetime) -> Part:
    """Speak once the window has closed: before, the jury has nothing to do."""
    round = Round.objects.current()
    if round is None or now < round.closes_at or not isinstance(user, User) or not permissions.may_run(user):
        return Part()
    overview = progress.overview(round, now)
    home = reverse("admin:jury_session_changelist")
    due = [line for line in overview.lines if line.due]
    lines = [
        (
            line.category.short_name,
            reverse("admin:jury_session_category", args=[line.category.pk]),
            [str(line.entries), *(tally.share for tally in line.tallies), line.state],
        )
        for line in overview.lines
    ]
    heads = ("Kategorie", "Einreichungen", *(seat.short_name for seat in overview.seats), "Stand")
    table = Table("Abgeschlossene Bewertungen je Kategorie und Sitz", heads, lines, noted=True, wide=True)
    names = ", ".join(line.category.short_name for line in due)
    tasks = [Task(len(due), "Sitzungen warten auf Sie", "Sitzung wartet auf Sie", home, names)]
    return Part(tasks=tasks, tables=[table])
