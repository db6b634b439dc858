"""Who presides over a Session and who votes in it, by seat, attendance and recusal."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from jury.models import Attendance, Juror, Recusal
from submissions.models import Category, Submission


@dataclass(frozen=True)
class Bench:
    """The jurors who serve now, those present first, the chair before the others, and what they are recused from."""

    jurors: tuple[Juror, ...]
    present: frozenset[int]
    """Jurors (pk) who take part in the Session."""
    recused: Mapping[int, frozenset[uuid.UUID]]
    """By juror (pk): entries of the category they are recused from."""

    @property
    def free(self) -> tuple[Juror, ...]:
        """Those whom no recusal in the category touches."""
        return tuple(juror for juror in self.jurors if not self.recused[juror.pk])

    def presiding(self, winner: Submission | None) -> Juror | None:
        """Return who records and confirms that the prize goes to `winner`, None for no prize.

        The chair, unless absent or recused from an entry of the category; else the first seat of which this is not
        true. Where every juror is recused from some entry, the first one who is not recused from the winner.
        """
        return next(iter(self._eligible(winner)), None)

    def may_preside(self, juror: Juror, entries: frozenset[uuid.UUID]) -> bool:
        """Whether `juror` would preside for one of `entries` or for no prize: who is shown the form."""
        if self.free:
            return self.free[0] == juror
        firsts = {next(iter(self._not_recused(entry)), None) for entry in entries}
        return juror in firsts or (bool(self.jurors) and self.jurors[0] == juror)

    def voters(self, winner: Submission | None) -> int:
        """Return how many may have voted: present jurors no recusal touches, or, as above, not one from the winner."""
        return sum(juror.pk in self.present for juror in self._eligible(winner))

    def _eligible(self, winner: Submission | None) -> tuple[Juror, ...]:
        if self.free:
            return self.free
        return self._not_recused(winner.pk) if winner else self.jurors

    def _not_recused(self, entry: uuid.UUID) -> tuple[Juror, ...]:
        return tuple(juror for juror in self.jurors if entry not in self.recused[juror.pk])


def of(category: Category) -> Bench:
    """Return the bench of the Session of `category`, or of the one to come."""
    jurors = list(Juror.objects.confirmed().filter(seat__round=category.round_id).select_related("seat", "user"))
    present = frozenset(Attendance.objects.filter(session__category=category).values_list("juror", flat=True))
    standing = Recusal.objects.standing().filter(submission__submitted_category=category)
    by_person: dict[int, set[uuid.UUID]] = {}
    for user, entry in standing.values_list("juror__user", "submission"):
        by_person.setdefault(user, set()).add(entry)
    jurors.sort(key=lambda juror: (juror.pk not in present, not juror.seat.is_chair, juror.seat.position))
    recused = {juror.pk: frozenset(by_person.get(juror.user_id or 0, ())) for juror in jurors}
    return Bench(tuple(jurors), present, recused)
