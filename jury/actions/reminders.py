"""Verbs on reminders of the jury: that scoring begins, and how long it still goes on, once per offset."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.urls import reverse

from jury import sight as sights
from jury.actions import gate
from jury.models import Assessment, Juror, JuryEvent, ScoringReminder
from jury.sight import Sight
from landespreis import clock, mail, persevering, wording
from submissions.models import Round

BEGIN = 0
"""Stands for the mail that scoring has begun; it counts for the beginning, the others for the closing."""


class Due(NamedTuple):
    """A reminder: its offset in hours, and the instant it is about."""

    hours: int
    deadline: datetime


class Rest(NamedTuple):
    """How many entries of a category are not finished by a juror, and how many of them are begun."""

    category: str
    open: int
    begun: int


def due(round: Round, now: datetime) -> Due | None:
    """Return the latest reminder due at `now`, or None.

    First the beginning of scoring, then the offsets before its closing that lie after the beginning; of several that
    a sleeping beat missed only the latest counts. Nothing is due before the beginning or from the closing on.
    """
    opens, closes = round.scoring_opens_at, round.scoring_closes_at
    if opens is None or now < opens or (closes and now >= closes):
        return None
    offsets = round.scoring_reminder_hours if closes else []
    missed = [hours for hours in offsets if closes and opens < closes - timedelta(hours=hours) <= now]
    return Due(min(missed), closes) if closes and missed else Due(BEGIN, opens)


def remind_all() -> int:
    """Send every reminder that is due now; return how many jurors were reminded."""
    round = Round.objects.current()
    if round is None or due(round, clock.now()) is None:
        return 0
    jurors = Juror.objects.confirmed().filter(seat__round=round).select_related("seat__round", "user")
    return persevering.each(jurors, remind)


def remind(juror: Juror) -> bool:
    """Owe the due reminder to a juror who has entries left to score; return whether it was owed now.

    The row and the mail are one transaction, and a constraint makes the row unique per offset and instant: two beats
    at once remind once. Journals. Nobody is reminded of what became due before they confirmed.
    """
    try:
        with transaction.atomic():
            Juror.objects.select_for_update(no_key=True).values_list("pk").get(pk=juror.pk)
            juror = Juror.objects.select_related("seat__round", "user").get(pk=juror.pk)
            round, now = juror.seat.round, clock.now()
            found = due(round, now)
            if found is None or not _serves(juror, found) or _was_sent(juror, found):
                return False
            rest = left(sights.of_juror(juror))
            if not rest:
                return False
            ScoringReminder.objects.create(juror=juror, hours=found.hours, deadline=found.deadline, sent_at=now)
            gate.record(round, JuryEvent.Verb.REMINDED, at=now, by=None, juror=juror, hours=found.hours)
            _owe_mail(juror, found, rest, now)
    except IntegrityError:
        return False
    return True


def left(sight: Sight) -> list[Rest]:
    """Return what a juror still has to score, by category; categories whose Session is open are past scoring."""
    states = sight.own_states()
    rows: dict[int, Rest] = {}
    for entry in sight.entries().select_related("submitted_category").order_by("submitted_category__position"):
        category = entry.submitted_category
        state = states.get(entry.pk)
        if category is None or category.pk in sight.opened or state == Assessment.Status.FINAL:
            continue
        known = rows.get(category.pk, Rest(category.name, 0, 0))
        rows[category.pk] = known._replace(open=known.open + 1, begun=known.begun + (state is not None))
    return list(rows.values())


def _serves(juror: Juror, found: Due) -> bool:
    """Whether the person serves, can log in as a juror, and had confirmed when the reminder became due."""
    moment = found.deadline - timedelta(hours=found.hours)
    if juror.until or not juror.user or not juror.confirmed_at or not sights.permissible(juror.user):
        return False
    return found.hours == BEGIN or juror.confirmed_at <= moment


def _was_sent(juror: Juror, found: Due) -> bool:
    return ScoringReminder.objects.filter(juror=juror, hours=found.hours, deadline=found.deadline).exists()


def _owe_mail(juror: Juror, found: Due, rest: list[Rest], now: datetime) -> None:
    assert juror.user
    closes = juror.seat.round.scoring_closes_at
    mail.owe(
        "jury_reminder",
        juror.user.email,
        {
            "name": juror.name,
            "begins": found.hours == BEGIN,
            "deadline": closes,
            "remaining": wording.remaining(closes - now) if closes else "",
            "session_at": juror.seat.round.session_at,
            "rest": rest,
            "total": sum(row.open for row in rest),
            "path": reverse("jury:index"),
        },
    )
