"""Sessions for tests: a category with five jurors, entries, sheets and, if wished, its Session opened by the verb."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import Permission

from accounts.models import User
from jury.actions import deciding, sessions
from jury.actions.deciding import Outcome
from jury.models import Decision, Juror, Session
from submissions.models import Category, Round, Submission
from tests.accounts.factories import StaffFactory
from tests.jury import factories


@dataclass
class Stage:
    """A category with everything that happens in it."""

    round: Round
    category: Category
    panel: list[Juror]
    entries: list[Submission]
    office: User

    @property
    def chair(self) -> User:
        return self.user(0)

    def user(self, place: int) -> User:
        user = self.panel[place].user
        assert user
        return user

    def open(self, present: Sequence[Juror] | None = None) -> Session:
        return sessions.open(self.category, by=self.office, present=self.panel if present is None else present)

    def outcome(self, winner: Submission | None = None, **values: object) -> Outcome:
        """Return a decision for `winner`, unanimous unless told otherwise."""
        fields = {
            "winner": winner,
            "votes_for": 5,
            "votes_against": 0,
            "votes_abstained": 0,
            "reasons": "Die Alarmkette trägt über Kreisgrenzen.",
            "laudatio": self.panel[1].seat if winner else None,
        }
        return Outcome(**(fields | values))  # type: ignore[arg-type]

    def record(self, winner: Submission | None = None, *, by: int = 0, seen: int = 0, **values: object) -> Decision:
        session = Session.objects.get(category=self.category)
        return deciding.record(session, by=self.user(by), outcome=self.outcome(winner, **values), seen=seen)

    def decide(self, winner: Submission | None) -> Decision:
        """Record and confirm twice: the decision is locked."""
        decision = self.record(winner)
        deciding.confirm_as_chair(decision, by=self.chair, revision=decision.revision)
        return deciding.confirm_as_office(decision, by=self.office, revision=decision.revision)


def office() -> User:
    """Return somebody of the Geschäftsstelle."""
    user: User = StaffFactory()
    user.user_permissions.add(*Permission.objects.filter(content_type__app_label="jury", codename__endswith="_seat"))
    user.user_permissions.add(Permission.objects.get(codename="view_session", content_type__app_label="jury"))
    return User.objects.get(pk=user.pk)


def scored(
    round: Round, scoring: Callable[[], None], points: Sequence[Sequence[int | None]], category: str = "krisen"
) -> Stage:
    """Return a category whose sheets are final: `points` has a row per entry, in it a number per juror.

    None instead of a number: no sheet.
    """
    panel = factories.panel(round)
    entries = [factories.admitted(round, category, title=f"Projekt {n}") for n in range(1, len(points) + 1)]
    scoring()
    for entry, row in zip(entries, points, strict=True):
        for juror, given in zip(panel, row, strict=True):
            if given is not None:
                factories.sheet(juror, entry, given)
    found = round.categories.select_related("round").get(key=category)
    return Stage(round, found, panel, entries, office())
