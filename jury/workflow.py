"""Which act is possible in which stage of a category: the table, pure, no database, no clock."""

from datetime import datetime
from enum import Enum

from landespreis.refusal import Refused
from submissions.models import Round


class Stage(Enum):
    """How far a category is in the hands of the jury."""

    WAITING = "waiting"
    """Scoring has not begun: the jury sees no entry."""
    SCORING = "scoring"
    """Blind: each seat sees its own sheets only."""
    SESSION = "session"
    """The Session is open: everybody not recused sees all final sheets."""
    DECIDED = "decided"
    """The decision is locked: nothing changes any more."""


class Act(Enum):
    """What somebody can want to do in a category."""

    CLEAR = "clear"
    RECUSE = "recuse"
    TAKE_BACK = "take_back"
    SCORE = "score"
    """Save a sheet, finalise it, reopen it."""
    OPEN = "open"
    ATTEND = "attend"
    REVISE = "revise"
    RECORD = "record"
    CONFIRM = "confirm"


ALLOWED: dict[Stage, frozenset[Act]] = {
    Stage.WAITING: frozenset(),
    Stage.SCORING: frozenset({Act.CLEAR, Act.RECUSE, Act.TAKE_BACK, Act.SCORE, Act.OPEN}),
    Stage.SESSION: frozenset({Act.CLEAR, Act.RECUSE, Act.TAKE_BACK, Act.ATTEND, Act.REVISE, Act.RECORD, Act.CONFIRM}),
    Stage.DECIDED: frozenset(),
}
"""Every pair that is not named is refused. The scoring deadline is no stage: it reminds, the Session ends scoring."""

WHY: dict[Stage, tuple[str, str]] = {
    Stage.WAITING: (
        "Die Bewertung hat noch nicht begonnen",
        "Die Geschäftsstelle prüft die Einreichungen zuerst formal. Sie erhalten eine E-Mail, wenn es losgeht.",
    ),
    Stage.SCORING: (
        "Die Sitzung ist noch nicht eröffnet",
        "Das geht erst, wenn die Geschäftsstelle die Sitzung dieser Kategorie eröffnet hat.",
    ),
    Stage.SESSION: (
        "Die Sitzung ist eröffnet",
        (
            "Seit der Eröffnung der Sitzung sehen alle die Punkte. Gespeichert ist, was Sie bis dahin gespeichert "
            "haben; ändern lässt sich eine Bewertung jetzt nur noch auf der Seite der Sitzung, mit einem Grund."
        ),
    ),
    Stage.DECIDED: (
        "Diese Kategorie ist entschieden",
        "Der Beschluss ist bestätigt und gesperrt. An Punkten, Befangenheiten und Beschluss ändert sich nichts mehr.",
    ),
}
"""Title and message of a refusal, by the stage that refuses."""


def stage(round: Round, *, opened: bool, decided: bool, now: datetime) -> Stage:
    """Return the stage of a category whose Session is `opened` and whose decision is `decided` (locked)."""
    if decided:
        return Stage.DECIDED
    if opened:
        return Stage.SESSION
    begun = round.scoring_opens_at is not None and now >= round.scoring_opens_at
    return Stage.SCORING if begun else Stage.WAITING


def require(stage: Stage, act: Act) -> None:
    """Raise Refused unless the table allows `act` in `stage`."""
    if act not in ALLOWED[stage]:
        title, message = WHY[stage]
        raise Refused(message, title=title)
