"""The tables of the jury, by topic: who sits, who may not judge what, what was scored, what was decided, the record."""

from jury.models.assessments import Assessment, Clearance, Recusal, Score
from jury.models.papers import Letter, Paper
from jury.models.record import JuryEvent, ScoringReminder
from jury.models.seats import Juror, Seat
from jury.models.sessions import Attendance, Decision, Session

__all__ = [
    "Assessment",
    "Attendance",
    "Clearance",
    "Decision",
    "Juror",
    "JuryEvent",
    "Letter",
    "Paper",
    "Recusal",
    "Score",
    "ScoringReminder",
    "Seat",
    "Session",
]
