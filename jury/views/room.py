"""What the pages of a Session show to one juror: everything taken from their sight."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.urls import reverse

from jury import presiding, progress, standings, workflow
from jury.actions import deciding
from jury.forms.session import DecisionForm
from jury.models import Decision, Recusal, Session
from jury.sight import Sight
from jury.views import ranking
from submissions.models import Category, Submission


@dataclass(frozen=True)
class Shown:
    """A category's Session as one juror may see it; what is expensive is made when a page asks for it."""

    sight: Sight
    category: Category
    session: Session | None
    stage: workflow.Stage
    undeclared: tuple[Submission, ...]
    """Entries this juror must declare about before the ranking is shown."""
    token: str
    """Changes whenever this juror would see something else."""

    @property
    def recusals(self) -> int:
        return self.sight.recusals_in(self.category)

    @property
    def is_open(self) -> bool:
        return self.stage is workflow.Stage.SESSION

    @property
    def is_decided(self) -> bool:
        return self.stage is workflow.Stage.DECIDED

    @cached_property
    def board(self) -> standings.Board:
        return standings.of(self.sight, self.category)

    @cached_property
    def ranking(self) -> ranking.Ranking:
        return ranking.of(self.board)

    @cached_property
    def bench(self) -> presiding.Bench:
        return presiding.of(self.category)

    @cached_property
    def decision(self) -> Decision | None:
        """What was recorded, if this juror may know of it."""
        if self.session is None or self.undeclared or not (self.sees_decision or self._presides_over_recorded):
            return None
        return self._recorded

    @property
    def reads_reasons(self) -> bool:
        """Whether votes and reasons are shown, too: who is recused here learns the winner, with the public, alone."""
        return not self.recusals or self._presides_over_recorded

    @property
    def sees_decision(self) -> bool:
        return self.sight.sees_decision(self.category)

    @cached_property
    def presides(self) -> bool:
        """Whether this juror records and confirms here, now: then the page holds a form no refresh may replace."""
        if not self.is_open or self.undeclared:
            return False
        leads = self.bench.presiding(self._recorded.winner) if self._recorded else None
        return leads == self.sight.juror if leads else self._may_lead

    @cached_property
    def may_confirm(self) -> bool:
        return bool(self.decision and self._presides_over_recorded and not self.chair_stands)

    @cached_property
    def chair_stands(self) -> bool:
        return bool(self.decision and deciding.chair_stands(self.decision, self.bench))

    @property
    def shaken(self) -> bool:
        """Whether somebody declared a recusal in this category after the decision was recorded."""
        if self.decision is None or self.decision.locked_at:
            return False
        standing = Recusal.objects.standing().filter(submission__submitted_category=self.category)
        return standing.filter(at__gt=self.decision.recorded_at).exists()

    @property
    def leader(self) -> str:
        """The name of who presides, for those who see the decision."""
        juror = self.bench.presiding(self._recorded.winner if self._recorded else None)
        return juror.name if juror else ""

    @property
    def voters(self) -> int:
        return self.bench.voters(None)

    @property
    def serving(self) -> int:
        return len(self.bench.jurors)

    @property
    def present(self) -> int:
        return sum(juror.pk in self.bench.present for juror in self.bench.jurors)

    def state_url(self, *, writing: bool) -> str:
        query = f"?stand={self.token}{'&formular=1' if writing else ''}"
        return reverse("jury:session_state", args=[self.category.key]) + query

    @property
    def reading_url(self) -> str:
        return self.state_url(writing=False)

    @property
    def writing_url(self) -> str:
        return self.state_url(writing=True)

    def form(self, data: Mapping[str, Any] | None = None) -> DecisionForm:
        seen = self._recorded.revision if self._recorded else 0
        return DecisionForm(self.board, data, decision=self.decision, seen=seen)

    @cached_property
    def _recorded(self) -> Decision | None:
        rows = Decision.objects.filter(session=self.session)
        return rows.select_related("winner__round", "laudatio", "recorded_by", "chair", "office").first()

    @cached_property
    def _may_lead(self) -> bool:
        known = frozenset(row.entry.pk for row in self.board.rows)
        return self.bench.may_preside(self.sight.juror, known)

    @property
    def _presides_over_recorded(self) -> bool:
        return bool(self._recorded and self.bench.presiding(self._recorded.winner) == self.sight.juror)


def enter(sight: Sight, category: Category) -> Shown:
    """Return what `sight` shows of the Session of `category`."""
    session = Session.objects.filter(category=category).first()
    decided = category.decided_at is not None
    stage = workflow.stage(sight.round, opened=session is not None, decided=decided, now=sight.now)
    entries: list[Submission] = []
    if session:
        entries = list(sight.entries(category).select_related("submitted_lead"))
        for entry in entries:
            entry.round = sight.round
    return Shown(
        sight=sight,
        category=category,
        session=session,
        stage=stage,
        undeclared=tuple(entry for entry in entries if not sight.may_read(entry)),
        token=_token(sight, category, session, stage, entries),
    )


def _token(
    sight: Sight, category: Category, session: Session | None, stage: workflow.Stage, entries: list[Submission]
) -> str:
    """Return a word for all that the page depends on: an entry that takes part no more bumps no revision."""
    changes = _changes(sight, category, session, entries) if session else -1
    seen = [changes, stage.value, *((entry.pk, sight.may_read(entry)) for entry in entries)]
    return sha256(repr(seen).encode()).hexdigest()[:16]


def _changes(sight: Sight, category: Category, session: Session, entries: list[Submission]) -> object:
    """Return what changes with the ranking and the decision as this juror sees them.

    To somebody recused, a refresh that brings nothing new would tell that the others are busy with what is hidden. So
    for them it is made of what they do see, unless they may come to preside and see the decision, too.
    """
    bench = presiding.of(category) if sight.recusals_in(category) else None
    if bench is None or not bench.free:
        return session.revision
    sheets = sight.sheets(category).order_by("pk").values_list("pk", "revision", "status")
    known = {entry.pk for entry in entries}
    words = sorted(pair for pair in progress.recused_pairs(sight.round) if pair[1] in known)
    return list(sheets), words, sorted(bench.present), [juror.pk for juror in bench.jurors]
