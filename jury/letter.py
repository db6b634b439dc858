"""The words of the letters after the decision: drafts that staff read and change before they go out."""

from jury.models import Decision, Letter
from landespreis import wording
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


def _winner(entry: Submission, decision: Decision) -> str:
    category = decision.session.category
    return "\n\n".join(
        (
            "Guten Tag,",
            f"die Jury hat Ihrem Projekt „{entry.submitted_title}“ den Preis in der Kategorie „{category.name}“ "
            f"zuerkannt. Dazu gratulieren wir Ihnen und allen Partnern herzlich.",
            "Aus den Gründen der Jury:",
            decision.reasons,
            f"Der Preis ist mit {wording.number(entry.round.prize)} Euro dotiert. Wie Sie ihn unter sich aufteilen, "
            "entscheiden die Partner gemeinsam. Bitte nennen Sie uns dafür eine Bankverbindung und eine Person, an die "
            "wir uns wenden können.",
            f"Verliehen wird er am {wording.weekday(entry.round.ceremony_on)}. Ihre Urkunde liegt dieser Nachricht als "
            "PDF bei; das unterschriebene Exemplar erhalten Sie persönlich.",
            CLOSING,
        )
    )


def _thanks(entry: Submission, decision: Decision) -> str:
    category = decision.session.category
    outcome = (
        "Die Jury hat den Preis dieser Kategorie einem anderen Projekt zuerkannt."
        if decision.winner_id
        else "Die Jury hat in dieser Kategorie keinen Preis vergeben."
    )
    return "\n\n".join(
        (
            "Guten Tag,",
            f"mit „{entry.submitted_title}“ haben Sie sich in der Kategorie „{category.name}“ am "
            f"{entry.round.name} beteiligt. Dafür danken wir Ihnen und Ihren Partnern.",
            f"{outcome} Fünf Mitglieder aus dem Land und den kommunalen Spitzenverbänden haben jede Einreichung nach "
            "denselben Kriterien bewertet und darüber beraten. Dass Ihre nicht vorn lag, nimmt ihr nichts: Was Sie "
            "gemeinsam erreicht haben, kann anderen Kommunen zeigen, wie Zusammenarbeit gelingt.",
            "Ihre Urkunde über die Teilnahme liegt dieser Nachricht als PDF bei.",
            CLOSING,
        )
    )
