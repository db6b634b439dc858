"""The transition table of an entry and the rule of the window: pure, no database, no clock."""

from datetime import datetime
from enum import Enum

from landespreis import wording
from landespreis.refusal import NotAllowed, Refused, TooLate
from submissions.models import HelpRequest, Offer, Round, Submission

Status = Submission.Status
Check = Submission.Check


class Act(Enum):
    """What a person can want to do to an entry that exists."""

    WRITE = "write"
    """Save a section, partners, files, editors, the owner: the draft side."""
    SUBMIT = "submit"
    WITHDRAW = "withdraw"


TRANSITIONS: dict[tuple[Status, Act], Status] = {
    (Status.DRAFT, Act.WRITE): Status.DRAFT,
    (Status.DRAFT, Act.SUBMIT): Status.SUBMITTED,
    (Status.SUBMITTED, Act.WRITE): Status.SUBMITTED,
    (Status.SUBMITTED, Act.SUBMIT): Status.SUBMITTED,
    (Status.SUBMITTED, Act.WITHDRAW): Status.WITHDRAWN,
    (Status.WITHDRAWN, Act.WRITE): Status.WITHDRAWN,
    (Status.WITHDRAWN, Act.SUBMIT): Status.SUBMITTED,
}
"""Every pair that is not named is refused. A withdrawn entry keeps its number and may come back in time."""


class CheckAct(Enum):
    """What the Geschäftsstelle decides in the formal check."""

    ADMIT = "admit"
    EXCLUDE = "exclude"
    REOPEN = "reopen"
    HAND_BACK = "hand_back"
    """For correction, with an own deadline: the people of the entry submit a new version until then."""
    CORRECT = "correct"
    """Done by a submit that answers a decision in time, not by the Geschäftsstelle: what is new is checked anew."""
    UNDO = "undo"
    """Takes the last decision back; to which state, says `undone`."""
    WITHDRAW = "withdraw"
    """On request of its people; the check keeps its state, that of the entry is `target`'s."""


CHECKS: dict[tuple[Check, CheckAct], Check] = {
    (Check.OPEN, CheckAct.ADMIT): Check.ADMITTED,
    (Check.OPEN, CheckAct.EXCLUDE): Check.EXCLUDED,
    (Check.OPEN, CheckAct.HAND_BACK): Check.RETURNED,
    (Check.RETURNED, CheckAct.CORRECT): Check.OPEN,
    (Check.RETURNED, CheckAct.ADMIT): Check.ADMITTED,
    (Check.RETURNED, CheckAct.EXCLUDE): Check.EXCLUDED,
    (Check.RETURNED, CheckAct.REOPEN): Check.OPEN,
    (Check.ADMITTED, CheckAct.EXCLUDE): Check.EXCLUDED,
    (Check.ADMITTED, CheckAct.REOPEN): Check.OPEN,
    (Check.EXCLUDED, CheckAct.REOPEN): Check.OPEN,
    (Check.EXCLUDED, CheckAct.CORRECT): Check.OPEN,
}
"""Every pair that is not named is refused. An admitted entry can be excluded later, an excluded one only reopened."""
ANSWERED = frozenset(check for check, act in CHECKS if act is CheckAct.CORRECT)
"""Decisions that a new version answers."""


DECISIONS: dict[Check, CheckAct] = {
    Check.ADMITTED: CheckAct.ADMIT,
    Check.EXCLUDED: CheckAct.EXCLUDE,
    Check.RETURNED: CheckAct.HAND_BACK,
}
"""Which decision leads to a state: these can be taken back."""


def checked(check: str, act: CheckAct) -> Check:
    """Return the state of the formal check after `act`; raises Refused for a pair the table does not name."""
    try:
        return CHECKS[Check(check), act]
    except KeyError:
        raise Refused(
            f"Die formale Prüfung steht auf „{Check(check).label}“; dieser Schritt passt nicht dazu. "
            "Vielleicht hat schon jemand anderes entschieden."
        ) from None


def undone(check: str, before: str) -> Check:
    """Return the state to which the decision that led to `check` is taken back; it was made in the state `before`.

    Raises Refused where the state is no decision, or none that is made in `before`.
    """
    act = DECISIONS.get(Check(check))
    if act is None or CHECKS.get((Check(before), act)) != check:
        raise Refused(
            f"Die formale Prüfung steht auf „{Check(check).label}“; da ist keine Entscheidung zurückzunehmen."
        )
    return Check(before)


def target(status: str, act: Act) -> Status:
    """Return the status after `act`; raises Refused for a pair the table does not name."""
    try:
        return TRANSITIONS[Status(status), act]
    except KeyError:
        raise Refused(
            "Zurückziehen lässt sich nur eine Einreichung, die gerade eingereicht ist. "
            "Vielleicht hat schon jemand anderes sie zurückgezogen."
        ) from None


def require_started(round: Round, now: datetime) -> None:
    """Raise TooLate unless a new entry may begin at `now`: in an announced round, from `opens_at` to `closes_at`."""
    if not round.is_announced:
        raise TooLate("Diese Runde ist noch nicht bekannt gemacht.", title="Die Einreichung ist noch nicht eröffnet")
    if now < round.opens_at:
        raise TooLate(
            f"Einreichungen sind ab {wording.opening(round.opens_at)} möglich. Bis dahin kann niemand beginnen.",
            title="Die Einreichung ist noch nicht eröffnet",
        )
    if now >= round.closes_at:
        raise TooLate(
            f"Einreichungsschluss war {wording.deadline(round.closes_at)}. Neue Einreichungen sind nicht mehr möglich.",
            title="Die Einreichung ist geschlossen",
        )


def is_open(entry: Submission, now: datetime) -> bool:
    """Whether an existing entry may change at `now`: from `opens_at` on, before its own deadline."""
    return entry.round.opens_at <= now < entry.deadline


def require_open(entry: Submission, now: datetime) -> None:
    """Raise TooLate unless `is_open`; nothing of what was written is lost, and the message says so."""
    if now < entry.round.opens_at:
        raise TooLate(
            f"Einreichungen sind ab {wording.opening(entry.round.opens_at)} möglich.",
            title="Die Einreichung ist noch nicht eröffnet",
        )
    if now >= entry.deadline:
        raise TooLate(
            f"Die Frist endete am {wording.deadline(entry.deadline)}. Seitdem ändert sich an dieser Einreichung nichts "
            "mehr. Alles bis dahin Gespeicherte bleibt lesbar.",
            title="Die Frist ist abgelaufen",
        )


def is_helping(asked: HelpRequest, now: datetime) -> bool:
    """Whether the draft lies open to the office at `now`: not ended, and before the instant it was given until."""
    return asked.ended_at is None and now < asked.until


def require_helping(asked: HelpRequest, now: datetime) -> None:
    """Raise NotAllowed unless `is_helping`: outside it nobody of the office reads a draft."""
    if not is_helping(asked, now):
        raise NotAllowed(
            "Diese Bitte um Hilfe ist beendet oder abgelaufen. Den Entwurf lesen jetzt nur noch die, die an ihm "
            "schreiben. Braucht es die Hilfe noch, können sie in ihrer Einreichung noch einmal darum bitten.",
            title="Der Entwurf ist nicht mehr einsehbar",
        )


def is_offered(offer: Offer, now: datetime) -> bool:
    """Whether an entry offered to a successor can be taken over at `now`."""
    return offer.accepted_at is None and offer.withdrawn_at is None and now < offer.expires_at
