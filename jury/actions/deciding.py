"""Verbs of the decision: record it, confirm it twice; the second confirmation locks it for good."""

from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from jury import presiding, progress
from jury.actions import gate, papers, sessions
from jury.models import Attendance, Decision, Juror, JuryEvent, Seat, Session
from jury.sight import Sight
from jury.workflow import Act
from landespreis.refusal import NotAllowed, Refused
from submissions.actions import concluding
from submissions.models import Category, Round, Submission

CHANGED = (
    "Der Beschluss wurde inzwischen geändert, oder Punkte haben sich geändert. Bitte lesen Sie, was jetzt dort steht, "
    "und entscheiden Sie dann."
)


@dataclass(frozen=True)
class Outcome:
    """What the jury decided: a winner and who writes the Laudatio, or neither; the votes; the reasons."""

    winner: Submission | None
    votes_for: int
    votes_against: int
    votes_abstained: int
    reasons: str
    laudatio: Seat | None

    @property
    def votes(self) -> int:
        return self.votes_for + self.votes_against + self.votes_abstained


@transaction.atomic
def record(session: Session, *, by: User, outcome: Outcome, seen: int) -> Decision:
    """Record what the jury decided, or change what was recorded; a change takes both confirmations away.

    `by` presides (`presiding.py`). `seen` is the revision the person had before them, 0 where nothing was recorded.
    The winner is an admitted entry of the category with the sheets it needs; no prize is possible, a shared one is
    not. At least one vote, not more than present jurors without a recusal in the category, and not more against than
    for it. Recording the same again changes nothing. Journals. Raises NotAllowed, Refused.
    """
    room = gate.enter(session.category, Act.RECORD)
    sight = gate.sight_of(by)
    assert room.session
    winner = _winner(outcome.winner, room.category, sight)
    _require_presiding(presiding.of(room.category), sight.juror, winner)
    _require_votes(outcome, presiding.of(room.category).voters(winner))
    values = _values(outcome, winner, room.round)
    decision = Decision.objects.filter(session=room.session).first()
    if decision and all(getattr(decision, name) == value for name, value in values.items()):
        return decision
    if (decision.revision if decision else 0) != seen:
        raise Refused(CHANGED, title="Der Beschluss ist inzwischen ein anderer")
    decision = decision or Decision(session=room.session, revision=0)
    for name, value in values.items():
        setattr(decision, name, value)
    decision.revision += 1
    decision.recorded_by, decision.recorded_at = sight.juror, room.now
    decision.chair = decision.office = decision.chair_at = decision.office_at = None
    decision.save()
    gate.record(
        room.round, JuryEvent.Verb.RECORDED, at=room.now, by=by, juror=sight.juror, category=room.category,
        entry=winner, revision=decision.revision, prize=winner is not None,
        votes=[outcome.votes_for, outcome.votes_against, outcome.votes_abstained],
    )  # fmt: skip
    gate.touch(room.session)
    return decision


@transaction.atomic
def confirm_as_chair(decision: Decision, *, by: User, revision: int) -> Decision:
    """Confirm the decision as the one who presides; locks it if the Geschäftsstelle has confirmed this revision.

    Confirming again changes nothing. Journals. Raises NotAllowed, Refused.
    """
    room = gate.enter(decision.session.category, Act.CONFIRM)
    sight = gate.sight_of(by)
    decision = _fresh(decision, revision)
    _require_presiding(presiding.of(room.category), sight.juror, decision.winner)
    if decision.chair_id == sight.juror.pk:
        return decision
    decision.chair, decision.chair_at = sight.juror, room.now
    decision.save(update_fields=["chair", "chair_at"])
    _note(room, decision, JuryEvent.Verb.CHAIR_CONFIRMED, by, sight.juror)
    if decision.office_id:
        _lock(room, decision, by, sight)
    return decision


@transaction.atomic
def confirm_as_office(decision: Decision, *, by: User, revision: int) -> Decision:
    """Confirm the decision for the Geschäftsstelle; locks it if who presides has confirmed this revision.

    A confirmation by somebody who no longer presides, because of a recusal since, does not count. Confirming again
    changes nothing. Journals. Raises NotAllowed, Refused.
    """
    gate.require_office(by)
    room = gate.enter(decision.session.category, Act.CONFIRM)
    decision = _fresh(decision, revision)
    if decision.office_id:
        return decision
    decision.office, decision.office_at = by, room.now
    decision.save(update_fields=["office", "office_at"])
    _note(room, decision, JuryEvent.Verb.OFFICE_CONFIRMED, by, None)
    if chair_stands(decision, presiding.of(room.category)):
        _lock(room, decision, by, None)
    return decision


def chair_stands(decision: Decision, bench: presiding.Bench) -> bool:
    """Whether the chair's confirmation is that of the juror who presides now."""
    juror = bench.presiding(decision.winner)
    return juror is not None and decision.chair_id == juror.pk


def _winner(winner: Submission | None, category: Category, sight: Sight) -> Submission | None:
    """Return the winner, read after the lock, if this juror may see it and it has the sheets it needs."""
    if winner is None:
        return None
    fresh = sight.entries(category).filter(pk=winner.pk).first()
    if fresh is None:
        raise Refused("Den Preis kann nur eine zugelassene Einreichung dieser Kategorie bekommen.")
    line = next(line for line in progress.of(category).lines if line.entry.pk == fresh.pk)
    if line.lacking or not line.sheets:
        raise Refused(
            f"Gültige Bewertungen zu {line.entry.label}: {line.sheets}, nötig: {max(1, line.needed)}. Fehlende "
            "Bewertungen können Mitglieder in der Sitzung nachreichen."
        )
    return fresh


def _require_presiding(bench: presiding.Bench, juror: Juror, winner: Submission | None) -> None:
    if bench.presiding(winner) != juror:
        raise NotAllowed("Den Beschluss hält fest und bestätigt, wer die Sitzung dieser Kategorie leitet.")


def _require_votes(outcome: Outcome, voters: int) -> None:
    if outcome.votes < 1:
        raise Refused("Bitte geben Sie an, wie abgestimmt wurde: mindestens eine Stimme.")
    if outcome.votes > voters:
        raise Refused(
            f"Angegebene Stimmen: {outcome.votes}, Stimmberechtigte: {voters}. Das sind anwesende Mitglieder, die bei "
            "keiner Einreichung dieser Kategorie befangen sind."
        )
    if outcome.votes_against > outcome.votes_for:
        raise Refused("Mit mehr Nein- als Ja-Stimmen ist nichts beschlossen. Bitte prüfen Sie die Zahlen.")


def _values(outcome: Outcome, winner: Submission | None, round: Round) -> dict[str, object]:
    reasons = outcome.reasons.strip()
    if not reasons:
        raise Refused("Bitte nennen Sie die Gründe der Jury. Sie gehen in die Niederschrift.")
    if winner and (outcome.laudatio is None or outcome.laudatio.round_id != round.pk):
        raise Refused("Bitte wählen Sie, wer die Laudatio schreibt.")
    return {
        "winner": winner,
        "votes_for": outcome.votes_for,
        "votes_against": outcome.votes_against,
        "votes_abstained": outcome.votes_abstained,
        "reasons": reasons,
        "laudatio": outcome.laudatio if winner else None,
    }


def _fresh(decision: Decision, revision: int) -> Decision:
    """Return the decision as it is after the lock, if it still is the one the person read."""
    fresh = Decision.objects.select_related("session__category__round", "winner").get(pk=decision.pk)
    if fresh.revision != revision:
        raise Refused(CHANGED, title="Der Beschluss ist inzwischen ein anderer")
    return fresh


def _note(room: gate.Room, decision: Decision, verb: JuryEvent.Verb, by: User, juror: Juror | None) -> None:
    gate.record(room.round, verb, at=room.now, by=by, juror=juror, category=room.category, revision=decision.revision)
    gate.touch(decision.session)


def _lock(room: gate.Room, decision: Decision, by: User, sight: Sight | None) -> None:
    """Lock the decision, decide the category and with the last one the round, and owe what follows."""
    _require_lockable(room, decision, sight)
    decision.locked_at = room.now
    decision.save(update_fields=["locked_at"])
    Category.objects.filter(pk=room.category.pk).update(decided_at=room.now)
    concluding.conclude(room.round, at=room.now)
    _note(room, decision, JuryEvent.Verb.LOCKED, by, None)
    papers.owe_decided(Session.objects.select_related("category__round", "decision").get(pk=decision.session_id))


def _require_lockable(room: gate.Room, decision: Decision, sight: Sight | None) -> None:
    """Raise Refused when what the decision rests on is gone; a juror reads of no entry they are recused from."""
    winner = decision.winner
    takes_part = Submission.objects.admitted().filter(submitted_category=room.category)
    if winner and not takes_part.filter(pk=winner.pk).exists():
        raise Refused(
            f"{winner.label} nimmt nicht mehr am Wettbewerb teil. Der Beschluss muss neu gefasst werden.",
            title="Der Beschluss kann nicht gesperrt werden",
        )
    present = Attendance.objects.filter(session=decision.session).count()
    votes = decision.votes_for + decision.votes_against + decision.votes_abstained
    if votes > present:
        raise Refused(
            f"Stimmen im Beschluss: {votes}, anwesende Mitglieder: {present}. Bitte berichtigen Sie Stimmen oder "
            "Anwesenheit.",
            title="Der Beschluss kann nicht gesperrt werden",
        )
    try:
        sessions.require_checked(room)
    except Refused as refusal:
        if sight:  # whoever of the jury locks need not know of the entry
            raise Refused(
                "Die Geschäftsstelle hat hier noch etwas zu prüfen. Bitte bestätigen Sie danach noch einmal.",
                title=refusal.title,
            ) from None
        raise
    try:
        sessions.require_quorum(progress.of(room.category))
    except sessions.NotReady as refusal:
        if sight and sight.recusals_in(room.category):
            raise Refused("Zu einer Einreichung fehlen noch Bewertungen.", title=refusal.title) from None
        raise
