"""What the page of each verb of the formal check asks: what will happen, the mail that goes, and the verb."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import F
from django.urls import reverse

from landespreis import wording
from landespreis.outgoing import Outgoing
from submissions.actions import formal_check, four_eyes, gate, ruling
from submissions.actions.ruling import Ruling
from submissions.admin.cases import DECISIONS, REVERSALS, SCORED, TITLES, Case, Decision, next_after, title, turn
from submissions.admin.confirm import NoForm, Question, ReasonForm
from submissions.models import Event, Finding, Proposal, Submission
from submissions.workflow import CheckAct

ACTS = {**{slug: decision.act for slug, decision in DECISIONS.items()}, **REVERSALS}
"""Part of the address → what is decided there."""
SECOND = (
    "In dieser Runde entscheiden zwei: Es gilt erst, wenn eine zweite Person Ihren Vorschlag bestätigt. Eine E-Mail "
    "dazu geht erst dann hinaus."
)
REOPENED = (
    "Die formale Prüfung steht dann wieder auf „noch nicht geprüft“, und die Jury sieht die Einreichung nicht, bis Sie "
    "sie zulassen. Punkte bleiben gespeichert und zählen wieder, wenn Sie sie zulassen. Eine Frist zur Korrektur läuft "
    "weiter."
)
Values = dict[str, Any]
"""The fields of a Question by name."""


def _alone(of: Case, slug: str) -> Values:
    """Return what is asked of one who decides: what will happen, the form, the mail and the verb."""
    act = ACTS[slug]

    def decide(*, seen: str = "", **values: Any) -> Any:
        return formal_check.decide(of.entry, Ruling(act, **values), by=of.user, read=of.read, seen=seen)

    return {**_effect(of, slug), "button": TITLES[slug], "verb": decide}


def _proposal(of: Case, slug: str) -> Values:
    """Return what is asked of one who proposes: the same, said of what will be once another has confirmed it."""
    act, effect, name = ACTS[slug], _effect(of, slug), title(of, slug)

    def propose(*, seen: str = "", **values: Any) -> Any:
        return four_eyes.propose(of.entry, Ruling(act, **values), by=of.user, read=of.read, seen=seen)

    return {
        **effect,
        "sentences": [*effect["sentences"], SECOND],
        "button": name,
        "send": name,
        "mailed": "Diese E-Mail geht hinaus, sobald jemand bestätigt",
        "done": "Ihr Vorschlag wartet auf eine zweite Person.",
        "verb": propose,
    }


def _confirmation(of: Case, proposal: Proposal) -> Values:
    decided = Ruling.proposed(proposal)
    slug = next(slug for slug, act in ACTS.items() if act is decided.act)
    effect = _effect(of, slug)
    by = f"{proposal.proposed_by.name}, {wording.moment_short(proposal.proposed_at)}"
    reason = [f"Grund: {decided.reason}"] if decided.reason else []
    until = [f"Neue Frist: {wording.deadline(decided.until)}"] if decided.until else []

    return {
        **effect,
        "sentences": [f"Vorschlag von {by}: {TITLES[slug]}.", *reason, *until, *effect["sentences"]],
        "button": TITLES[slug],
        "form": NoForm,
        "letter": (lambda: _letter(of, decided)) if effect.get("letter") else None,
        "verb": partial(four_eyes.confirm, proposal, by=of.user, read=of.read),
    }


def _letter(of: Case, ruled: Ruling) -> Outgoing | None:
    return ruling.letter(of.entry, ruled, by=of.user, at=of.now)


def _effect(of: Case, slug: str) -> Values:
    """Return what will happen with the act of a page, whoever decides it."""
    if slug in DECISIONS:
        return _deciding(of, DECISIONS[slug])
    return {"zuruecknehmen": _undoing, "wieder-oeffnen": _reopening, "zurueckziehen": _withdrawal}[slug](of)


def _deciding(of: Case, decision: Decision) -> Values:
    return {
        "sentences": [decision.effect],
        "send": f"{decision.title} und E-Mail verschicken",
        "done": decision.done,
        "form": decision.form,
        "letter": lambda **values: _letter(of, Ruling(decision.act, **values)),
        "warnings": _warnings(of.entry) if decision.act is CheckAct.ADMIT else (),
    }


def _warnings(entry: Submission) -> list[str]:
    known = Finding.objects.filter(submission=entry, version=F("submission__current"))
    failed = known.filter(verdict=Finding.Verdict.FAILED).count()
    if not failed:
        return []
    points = "1 Prüfpunkt steht" if failed == 1 else f"{failed} Prüfpunkte stehen"
    return [f"{points} auf „nicht erfüllt“. Lassen Sie die Einreichung nur zu, wenn das trotzdem richtig ist."]


def _rejection(of: Case, proposal: Proposal) -> Values:
    return {
        "sentences": ["Die Einreichung wartet dann wieder auf eine Entscheidung. Niemand erhält eine E-Mail."],
        "button": title(of, "ablehnen"),
        "done": "Der Vorschlag ist verworfen.",
        "verb": partial(four_eyes.reject, proposal, by=of.user, read=of.read),
        "form": ReasonForm,
    }


def _undoing(of: Case) -> Values:
    last = of.last
    assert last is not None  # `question` has looked
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
        "done": "Die Entscheidung ist zurückgenommen.",
        "form": ReasonForm,
    }


def _reopening(of: Case) -> Values:
    return {
        "sentences": [
            *(of.last.built if of.last else ()),
            REOPENED,
            "Niemand erhält dazu eine E-Mail; der Grund steht im Verlauf.",
        ],
        "done": "Die formale Prüfung ist wieder offen.",
        "form": ReasonForm,
    }


def _withdrawal(of: Case) -> Values:
    return {
        "sentences": [
            f"Nur auf Wunsch der Einreichenden: Die Einreichung nimmt nicht mehr teil. {SCORED}",
            "Nennen Sie als Grund, wer darum gebeten hat und wie. Er steht im Verlauf, nicht in der E-Mail.",
        ],
        "send": "Zurückziehen und E-Mail verschicken",
        "done": "Die Einreichung ist zurückgezogen, die Mitwirkenden sind benachrichtigt.",
        "form": ReasonForm,
        "letter": lambda reason: _letter(of, Ruling(CheckAct.WITHDRAW, reason)),
    }


def question(of: Case, slug: str) -> Question | None:
    """Return what the page of a verb asks, or None where there is nothing (any more) that it could be about."""
    asked = _proposal if of.entry.round.four_eyes else _alone
    made: dict[str, Callable[[], Values]] = {known: partial(asked, of, known) for known in ACTS}
    if of.last is None:
        del made["zuruecknehmen"]
    if of.proposal:
        made |= {"bestaetigen": partial(_confirmation, of, of.proposal)}
        made |= {"ablehnen": partial(_rejection, of, of.proposal)}
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
