"""What the page of each verb of the formal check asks: what will happen, the mail that goes, and the verb."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import F
from django.urls import reverse

from landespreis import wording
from submissions.actions import formal_check, four_eyes, gate, ruling
from submissions.actions.ruling import Ruling
from submissions.admin.cases import DECISIONS, SCORED, TITLES, Case, next_after, title, turn
from submissions.admin.confirm import NoForm, Question, ReasonForm
from submissions.models import Event, Finding, Proposal, Submission
from submissions.workflow import CheckAct

SECOND = (
    "In dieser Runde entscheiden zwei: Es gilt erst, wenn eine zweite Person Ihren Vorschlag bestätigt, und auch die "
    "E-Mail geht erst dann hinaus."
)
REOPENED = (
    "Die formale Prüfung steht dann wieder auf „noch nicht geprüft“, und die Jury sieht die Einreichung nicht, bis Sie "
    "sie zulassen. Punkte bleiben gespeichert und zählen wieder, wenn Sie sie zulassen. Eine Frist zur Korrektur läuft "
    "weiter."
)
Values = dict[str, Any]
"""The fields of a Question by name."""


def _decision(of: Case, slug: str) -> Values:
    entry, decision = of.entry, DECISIONS[slug]
    name = title(of, slug)
    two = entry.round.four_eyes

    def decide(*, seen: str, **values: Any) -> Any:
        verb = four_eyes.propose if two else formal_check.decide
        return verb(entry, Ruling(decision.act, **values), by=of.user, read=of.read, seen=seen)

    return {
        "sentences": [decision.effect, *([SECOND] if two else [])],
        "button": name,
        "send": name if two else f"{name} und E-Mail verschicken",
        "mailed": "Diese E-Mail geht hinaus, sobald jemand bestätigt" if two else "Diese E-Mail geht hinaus",
        "done": "Ihr Vorschlag wartet auf eine zweite Person." if two else decision.done,
        "verb": decide,
        "form": decision.form,
        "letter": lambda **values: ruling.letter(entry, Ruling(decision.act, **values)),
        "warnings": _warnings(entry) if decision.act is CheckAct.ADMIT else (),
    }


def _warnings(entry: Submission) -> list[str]:
    known = Finding.objects.filter(submission=entry, version=F("submission__current"))
    failed = known.filter(verdict=Finding.Verdict.FAILED).count()
    if not failed:
        return []
    points = "1 Prüfpunkt steht" if failed == 1 else f"{failed} Prüfpunkte stehen"
    return [f"{points} auf „nicht erfüllt“. Lassen Sie die Einreichung nur zu, wenn das trotzdem richtig ist."]


def _confirmation(of: Case, proposal: Proposal) -> Values:
    decided = Ruling.proposed(proposal)
    by = f"{proposal.proposed_by.name}, {wording.moment_short(proposal.proposed_at)}"
    reason = [f"Grund: {decided.reason}"] if decided.reason else []
    until = [f"Neue Frist: {wording.deadline(decided.until)}"] if decided.until else []
    what = next(decision for decision in DECISIONS.values() if decision.act is decided.act)
    return {
        "sentences": [f"Vorschlag von {by}: {what.title}.", *reason, *until, what.effect],
        "button": what.title,
        "send": f"{what.title} und E-Mail verschicken",
        "done": what.done,
        "verb": partial(four_eyes.confirm, proposal, by=of.user, read=of.read),
        "letter": lambda: ruling.letter(of.entry, decided),
        "warnings": _warnings(of.entry) if decided.act is CheckAct.ADMIT else (),
    }


def _rejection(of: Case, proposal: Proposal) -> Values:
    return {
        "sentences": ["Die Einreichung wartet dann wieder auf eine Entscheidung. Niemand erhält eine E-Mail."],
        "button": title(of, "ablehnen"),
        "done": "Der Vorschlag ist verworfen.",
        "verb": partial(four_eyes.reject, proposal, by=of.user, read=of.read),
        "form": ReasonForm,
    }


def _undoing(of: Case, last: formal_check.LastDecision) -> Values:
    event, people = last.event, ", ".join(gate.addresses(of.entry))
    by = event.by.name if event.by else "dem Portal"
    made = f"„{event.get_verb_display()}“ von {by} vom {wording.moment_short(event.at)}"
    before = Submission.Check(last.before).label
    ends = ["Die Frist zur Korrektur endet damit sofort."] if event.verb == Event.Verb.HANDED_BACK else []
    mailed = (
        "Die E-Mail dazu ist schon verschickt und lässt sich nicht zurückholen. Das Portal schreibt jetzt von sich aus "
        f"nichts: Schreiben Sie den Mitwirkenden selbst ({people})."
    )
    return {
        "sentences": [
            f"Die Entscheidung {made} wird zurückgenommen; noch hat niemand darauf aufgebaut.",
            f"Die Prüfung steht dann wieder auf „{before}“.",
            *ends,
            mailed if last.was_told else "Eine E-Mail ging dazu nicht hinaus, und auch jetzt erhält niemand eine.",
        ],
        "button": TITLES["zuruecknehmen"],
        "done": "Die Entscheidung ist zurückgenommen.",
        "verb": partial(formal_check.undo, of.entry, by=of.user, read=of.read),
        "form": ReasonForm,
    }


def _reopening(of: Case) -> Values:
    return {
        "sentences": [
            *(of.last.built if of.last else ()),
            REOPENED,
            "Niemand erhält dazu eine E-Mail; der Grund steht im Verlauf.",
        ],
        "button": TITLES["wieder-oeffnen"],
        "done": "Die formale Prüfung ist wieder offen.",
        "verb": partial(formal_check.reopen, of.entry, by=of.user, read=of.read),
        "form": ReasonForm,
    }


def _withdrawal(of: Case) -> Values:
    def withdraw(*, seen: str, reason: str) -> Any:
        """The mail names the moment it is sent at, so it is not the one that was shown to the second."""
        return formal_check.withdraw_on_request(of.entry, by=of.user, reason=reason, read=of.read)

    return {
        "sentences": [
            f"Nur auf Wunsch der Einreichenden: Die Einreichung nimmt nicht mehr teil. {SCORED}",
            "Nennen Sie als Grund, wer darum gebeten hat und wie. Er steht im Verlauf, nicht in der E-Mail.",
        ],
        "button": TITLES["zurueckziehen"],
        "send": "Zurückziehen und E-Mail verschicken",
        "done": "Die Einreichung ist zurückgezogen, die Mitwirkenden sind benachrichtigt.",
        "verb": withdraw,
        "form": ReasonForm,
        "letter": lambda reason: formal_check.withdrawal(of.entry, by=of.user, at=of.now),
    }


def question(of: Case, slug: str) -> Question | None:
    """Return what the page of a verb asks, or None where there is nothing (any more) that it could be about."""
    made: dict[str, Callable[[], Values]] = {
        **{known: partial(_decision, of, known) for known in DECISIONS},
        "wieder-oeffnen": partial(_reopening, of),
        "zurueckziehen": partial(_withdrawal, of),
    }
    if of.proposal:
        made |= {"bestaetigen": partial(_confirmation, of, of.proposal)}
        made |= {"ablehnen": partial(_rejection, of, of.proposal)}
    if of.last:
        made |= {"zuruecknehmen": partial(_undoing, of, of.last)}
    if slug not in made:
        return None
    queued = turn(of) if of.flow else None
    here = queued.place if queued else None

    def after(_: object) -> str:
        """Where the person goes on once it is done: in the queue to the next one, otherwise back."""
        return (next_after(of, here) or reverse("admin:submissions_queue")) if of.flow else of.page

    values: Values = {"form": NoForm} | made[slug]()
    return Question(
        title=title(of, slug),
        about=of.name,
        back=of.page,
        after=after,
        carried={"read": of.read, "reihe": of.flow},
        **values,
    )
