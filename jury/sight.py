"""What a juror may see: the one place that decides it, by stage, seat and recusal.

Pages, counts, orders, search, mails, papers and addresses take their rows from here. The rule (design.md, Jury):

- Before scoring opens, no entry. From then on every admitted entry except those the person is recused from.
- Texts and files only after «nicht befangen» (`cleared`), which no longer holds once the person works on the entry.
- Sheets of cleared entries: those of the own seat; once the Session of a category is open, also the final ones of the
  others. A sheet that a recusal has made void is seen by nobody.
- A recused person sees nothing that tells of the entry: no row, count, rank, mean or paper, and no decision of its
  category.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from jury.models import Assessment, Clearance, Juror, Recusal, Seat, Session
from jury.models.assessments import AssessmentQuerySet
from landespreis import clock
from submissions.models import Category, Round, Submission
from submissions.models.entry import SubmissionQuerySet


@dataclass(frozen=True)
class Sight:
    """What one juror may see at `now`; made by `of` and `of_juror`."""

    juror: Juror
    now: datetime
    recused: Mapping[uuid.UUID, int | None]
    """Entries of this person's standing recusals, with the category (pk) each was handed in to."""
    cleared: frozenset[uuid.UUID]
    """Entries about which this person stated not to be biased, without the recused ones and those they work on."""
    opened: frozenset[int]
    """Categories (pk) whose Session is open or decided."""
    round: Round = field(compare=False)

    @property
    def seat(self) -> Seat:
        return self.juror.seat

    @property
    def has_begun(self) -> bool:
        """Whether scoring has begun."""
        return self.round.scoring_opens_at is not None and self.now >= self.round.scoring_opens_at

    def entries(self, category: Category | None = None) -> SubmissionQuerySet:
        """Return the entries this juror may know of, in the order of their numbers."""
        rows: SubmissionQuerySet = Submission.objects.admitted().filter(round=self.round).order_by("number")
        if category is not None:
            rows = rows.filter(submitted_category=category)
        return rows.exclude(pk__in=list(self.recused)) if self.has_begun else rows.none()

    def readable(self, category: Category | None = None) -> SubmissionQuerySet:
        """Return the entries whose texts and files this juror may read."""
        return self.entries(category).filter(pk__in=self.cleared)

    def gone(self) -> SubmissionQuerySet:
        """Return entries this juror was reading and that take part no more: their number may be named, nothing else."""
        rows = Submission.objects.filter(round=self.round, pk__in=self.cleared)
        return rows.exclude(pk__in=list(self.recused)).exclude(
            status=Submission.Status.SUBMITTED, formal_check=Submission.Check.ADMITTED
        )

    def may_read(self, entry: Submission) -> bool:
        return entry.pk in self.cleared

    def sheets(self, category: Category | None = None) -> AssessmentQuerySet:
        """Return the sheets this juror may see: those of the seat, and the final ones of opened categories."""
        others = Q(status=Assessment.Status.FINAL, submission__submitted_category__in=self.opened)
        rows: AssessmentQuerySet = Assessment.objects.standing().filter(submission__in=self.readable(category))
        return rows.filter(Q(seat=self.seat) | others)

    def own_states(self, category: Category | None = None) -> dict[uuid.UUID, str]:
        """Return the status of the seat's sheet per entry, also where a predecessor wrote it; never its points."""
        rows = Assessment.objects.standing().filter(seat=self.seat, submission__in=self.entries(category))
        return dict(rows.values_list("submission_id", "status"))

    def recusals_in(self, category: Category) -> int:
        """Return how many entries of `category` this person is recused from; the only thing told of them."""
        return sum(pk == category.pk for pk in self.recused.values())

    def sees_decision(self, category: Category) -> bool:
        """Whether what was decided in `category` may be shown: its Session is open and no recusal touches it.

        After the embargo it is public, also for them.
        """
        if self.now >= self.round.embargo_until:
            return True
        return category.pk in self.opened and not self.recusals_in(category)


def of(user: User) -> Sight | None:
    """Return what `user` may see as a juror of the current round, or None for somebody without a seat in it."""
    round = Round.objects.current()
    juror = (
        Juror.objects.confirmed().filter(user=user, seat__round=round).select_related("seat__round").first()
        if round and permissible(user)
        else None
    )
    return of_juror(juror) if juror else None


def permissible(user: User) -> bool:
    """Somebody who works in the Verwaltung has no sight of the jury, whatever seat they were given before."""
    return user.is_active and not user.is_staff


def of_juror(juror: Juror) -> Sight:
    """Return what a confirmed juror may see; for mails and papers, where nobody is logged in."""
    round = juror.seat.round
    recusals = Recusal.objects.standing().filter(juror__user=juror.user_id, submission__round=round)
    recused = dict(recusals.values_list("submission_id", "submission__submitted_category_id"))
    cleared = Clearance.objects.filter(juror__user=juror.user_id, submission__round=round).exclude(
        Q(submission__owner=juror.user_id) | Q(submission__editors__user=juror.user_id)
    )
    opened = Session.objects.filter(category__round=round)
    return Sight(
        juror=juror,
        now=clock.now(),
        recused=recused,
        cleared=frozenset(cleared.values_list("submission_id", flat=True)) - recused.keys(),
        opened=frozenset(opened.values_list("category_id", flat=True)),
        round=round,
    )
