"""The letters after the decision: the words of their drafts, which staff read and change, and a letter on paper."""

from datetime import datetime

from django.conf import settings

from jury.models import Decision, Letter
from landespreis import pdf, wording
from submissions.models import Submission

CLOSING = "Mit freundlichen Grüßen\nIhre Geschäftsstelle des Landespreises"


def draft(entry: Submission, decision: Decision) -> Letter:
    """Return the unsaved letter to the people of an admitted entry."""
    if decision.winner_id == entry.pk:
        return Letter(
            submission=entry,
            kind=Letter.Kind.WINNER,
            subject=f"{entry.label}: Ihr Projekt erhält den Landespreis",
            text=_winner(entry, decision),
        )
    return Letter(
        submission=entry,
        kind=Letter.Kind.THANKS,
        subject=f"{entry.label}: Dank für Ihre Teilnahme am Landespreis",
        text=_thanks(entry, decision),
    )


def render(letter: Letter, at: datetime) -> bytes:
    """Return a letter as PDF to be printed, addressed to the lead municipality of its version and dated `at`."""
    entry = letter.submission
    assert entry.current is not None
    told = entry.current.payload
    lines = [told["lead"]["label"], told["department"], told["contact"]["name"]]
    return pdf.render(
        "jury/paper/letter.html",
        {
            "label": entry.label,
            "address": [line for line in lines if line],
            "day": wording.day(at),
            "subject": letter.subject,
            "text": letter.text,
            "demo": settings.DEMO,
        },
        stylesheet="css/papers.css",
        title=f"{entry.label}: {letter.get_kind_display()}",
        created=at,
    )


def _winner(entry: Submission, decision: Decision) -> str:
    category, prize = decision.session.category, wording.number(entry.round.prize)
    return _paragraphs(
        "Guten Tag,",
        f"die Jury hat Ihrem Projekt „{entry.submitted_title}“ den Preis in der Kategorie „{category.name}“ zuerkannt. "
        "Dazu gratulieren wir Ihnen und allen Partnern herzlich.",
        "Aus den Gründen der Jury:",
        decision.reasons,
        f"Der Preis ist mit {prize} Euro dotiert. Wie Sie das Preisgeld aufteilen, entscheiden Sie mit Ihren Partnern. "
        "Bitte nennen Sie uns eine Bankverbindung und eine Person, an die wir uns dafür wenden können.",
        "Ihre Urkunde liegt dieser Nachricht als PDF bei. Das unterschriebene Exemplar gibt es bei der "
        f"Preisverleihung am {wording.weekday(entry.round.ceremony_on)}.",
        CLOSING,
    )


def _thanks(entry: Submission, decision: Decision) -> str:
    category = decision.session.category
    outcome = (
        "Die Jury hat den Preis dieser Kategorie einem anderen Projekt zuerkannt."
        if decision.winner_id
        else "Die Jury hat in dieser Kategorie keinen Preis vergeben."
    )
    return _paragraphs(
        "Guten Tag,",
        f"mit „{entry.submitted_title}“ haben Sie sich in der Kategorie „{category.name}“ am "
        f"{entry.round.name} beteiligt. Dafür danken wir Ihnen und Ihren Partnern.",
        f"{outcome} Alle Einreichungen wurden nach denselben Kriterien gelesen, bewertet und beraten. Was Sie "
        "gemeinsam erreicht haben, zeigt anderen Kommunen, wie Zusammenarbeit gelingt, auch ohne Preis.",
        "Ihre Urkunde über die Teilnahme liegt dieser Nachricht als PDF bei.",
        CLOSING,
    )


def _paragraphs(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)
