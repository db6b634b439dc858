"""Tables of the jury for staff: points and decisions of the categories that are decided; before, nobody has them."""

from collections.abc import Iterable, Iterator

from django.contrib.auth.models import PermissionsMixin

from accounts.models import User
from jury import permissions
from jury.models import Assessment, Decision, Recusal, Score
from landespreis.exports import Dataset
from landespreis.tables import Row

CHUNK = 500
SCORES = ("number", "category", "seat", "criterion", "weight", "points", "comment", "finalised_at")
DECISIONS = (
    "category", "winner", "votes_for", "votes_against", "votes_abstained", "reasons", "locked_at", "round", "status",
    "formal_check",
)  # fmt: skip
"""`status` and `formal_check` are what the entry that has won stands at now."""
RECUSALS = ("number", "category", "seat", "reason", "declared_at", "taken_back_at")


def datasets(user: PermissionsMixin) -> Iterable[Dataset]:
    if isinstance(user, User) and permissions.may_run(user):
        yield Dataset(
            "bewertungen", "Bewertungen", "eine Zeile je Kriterium; nur entschiedene Kategorien", SCORES, _scores
        )
        yield Dataset("beschluesse", "Beschlüsse", "eine Zeile je entschiedener Kategorie", DECISIONS, _decisions)
        yield Dataset(
            "befangenheiten", "Befangenheiten", "eine Zeile je Erklärung, ohne Erläuterung", RECUSALS, _recusals
        )


def _scores() -> Iterator[Row]:
    decided = Score.objects.filter(
        assessment__status=Assessment.Status.FINAL, assessment__submission__submitted_category__decided_at__isnull=False
    )
    rows = decided.select_related(
        "criterion", "assessment__seat", "assessment__submission__round", "assessment__submission__submitted_category"
    )
    order = ("assessment__submission__number", "assessment__seat__position", "criterion__position")
    for score in rows.order_by("assessment__submission__round__opens_at", *order).iterator(CHUNK):
        sheet = score.assessment
        entry = sheet.submission
        assert entry.submitted_category
        yield (
            entry.label, entry.submitted_category.key, sheet.seat.key, score.criterion.key,
            float(score.criterion.weight), score.points, score.comment, sheet.finalised_at,
        )  # fmt: skip


def _decisions() -> Iterator[Row]:
    locked = Decision.objects.filter(locked_at__isnull=False)
    locked = locked.select_related("session__category__round", "winner__round")
    for row in locked.order_by("session__category__round__opens_at", "session__category__position"):
        category, won = row.session.category, row.winner
        votes = row.votes_for, row.votes_against, row.votes_abstained
        state = (won.label, won.status, won.formal_check) if won else (None, None, None)
        yield category.key, state[0], *votes, row.reasons, row.locked_at, category.round.key, *state[1:]


def _recusals() -> Iterator[Row]:
    rows = Recusal.objects.select_related("juror__seat", "submission__round", "submission__submitted_category")
    for row in rows.order_by("at", "pk").iterator(CHUNK):
        category = row.submission.submitted_category
        yield (
            row.submission.label, category.key if category else None, row.juror.seat.key, row.reason, row.at,
            row.taken_back_at,
        )  # fmt: skip
