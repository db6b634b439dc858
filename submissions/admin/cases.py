"""The formal check of one entry as its pages see it: what is offered now, under which names, and where they lead."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from landespreis import clock
from submissions import permissions, workflow
from submissions.actions import reversing, ruling
from submissions.admin.confirm import CorrectionForm, RemarkForm, TellForm
from submissions.models import Proposal, Submission
from submissions.turns import Place, Queue, Turn
from submissions.workflow import CheckAct

Check = Submission.Check
SCORED = "Hat die Jury schon Punkte vergeben, bleiben sie gespeichert und zählen nicht mehr."
ALL = "alle"
"""In the address of a page of the queue: of all categories."""


class Decision(NamedTuple):
    """A decision as a page: the act, what will happen, what is said when it has, and the names of its buttons."""

    act: CheckAct
    title: str
    proposal: str
    """The same as somebody proposes it."""
    effect: str
    done: str
    form: type[forms.Form]


DECISIONS = {
    "zulassen": Decision(
        CheckAct.ADMIT,
        "Zulassen",
        "Zulassung vorschlagen",
        "Die Jury liest und bewertet dann die geltende Version, sobald die Bewertung begonnen hat. Sie können die "
        "Einreichung später noch ausschließen.",
        "Die Einreichung ist zugelassen.",
        TellForm,
    ),
    "ausschliessen": Decision(
        CheckAct.EXCLUDE,
        "Ausschließen",
        "Ausschluss vorschlagen",
        f"Die Einreichung nimmt nicht mehr am Wettbewerb teil. {SCORED}",
        "Die Einreichung ist ausgeschlossen, die Mitwirkenden sind benachrichtigt.",
        RemarkForm,
    ),
    "zurueckgeben": Decision(
        CheckAct.HAND_BACK,
        "Zur Korrektur zurückgeben",
        "Rückgabe vorschlagen",
        "Die Mitwirkenden können die Einreichung bis zur neuen Frist ändern und noch einmal einreichen. Bis dahin "
        "zählt die bisherige Version. Reichen sie noch einmal ein, steht die Prüfung wieder auf „noch nicht geprüft“; "
        "sonst entscheiden Sie nach der Frist.",
        "Die Einreichung ist zurückgegeben, die Mitwirkenden sind benachrichtigt.",
        CorrectionForm,
    ),
}
REVERSALS = {
    "zuruecknehmen": CheckAct.UNDO,
    "wieder-oeffnen": CheckAct.REOPEN,
    "zurueckziehen": CheckAct.WITHDRAW,
}
"""Part of the address → what it takes back."""
PROPOSALS = {
    **{slug: decision.proposal for slug, decision in DECISIONS.items()},
    "zuruecknehmen": "Rücknahme vorschlagen",
    "wieder-oeffnen": "Wiederöffnen vorschlagen",
    "zurueckziehen": "Zurückziehen vorschlagen",
}
"""Part of the address → name of the button where two decide."""
TITLES = {
    **{slug: decision.title for slug, decision in DECISIONS.items()},
    "bestaetigen": "Vorschlag bestätigen",
    "ablehnen": "Vorschlag ablehnen",
    "zuruecknehmen": "Entscheidung zurücknehmen",
    "wieder-oeffnen": "Prüfung wieder öffnen",
    "zurueckziehen": "Zurückziehen auf Wunsch",
}
"""Part of the address → name of the button, in their order."""


ANSWERS = ("bestaetigen", "ablehnen")
"""What can be done to a proposal."""


class Case(NamedTuple):
    """What a page of the formal check is about, read once. `read` is the journal's mark at which the person read it."""

    entry: Submission
    user: User
    now: datetime
    read: int
    proposal: Proposal | None
    last: reversing.LastDecision | None
    flow: str = ""
    """Key of a category or `ALL` where the person goes through the queue."""

    @property
    def name(self) -> str:
        return f"{self.entry.label} {self.entry.submitted_title}"

    @property
    def page(self) -> str:
        """The page on which the person decides."""
        url = reverse("admin:submissions_review", args=[self.entry.pk])
        return f"{url}?{urlencode({'reihe': self.flow})}" if self.flow else url

    def link(self, act: str) -> str:
        """The page of one verb, which goes on from what this page has shown."""
        values = {"gelesen": self.read} | ({"reihe": self.flow} if self.flow else {})
        return f"{reverse('admin:submissions_check', args=[self.entry.pk, act])}?{urlencode(values)}"


def case(entry: Submission, user: User, *, read: str = "", flow: str = "") -> Case:
    """Read what the pages and buttons of an entry's formal check need; `read` and `flow` as they came in."""
    proposal = Proposal.objects.waiting().filter(submission=entry).select_related("proposed_by").first()
    seen = int(read) if read.isascii() and read.isdecimal() and len(read) < 19 else ruling.last_seen(entry)
    return Case(entry, user, clock.now(), seen, proposal, reversing.last_decision(entry), flow)


def offered(of: Case) -> list[str]:
    """Return which verbs fit the state of the entry and the person, as parts of addresses."""
    entry = of.entry
    if entry.status != Submission.Status.SUBMITTED or not permissions.may_check(of.user):
        return []
    free = not of.proposal or not entry.round.four_eyes
    fits = {slug: free and _possible(entry, decision.act, of.now) for slug, decision in DECISIONS.items()}
    fits["bestaetigen"] = bool(of.proposal and permissions.may_confirm(of.user, of.proposal))
    fits["ablehnen"] = of.proposal is not None
    can_undo = bool(of.last and not of.last.built)
    fits["zuruecknehmen"] = free and can_undo
    fits["wieder-oeffnen"] = free and entry.formal_check != Check.OPEN and not can_undo
    fits["zurueckziehen"] = free
    return [slug for slug in TITLES if fits[slug]]


def _possible(entry: Submission, act: CheckAct, now: datetime) -> bool:
    waits = act is not CheckAct.EXCLUDE and workflow.is_open(entry, now)
    return not waits and (Check(entry.formal_check), act) in workflow.CHECKS


def title(of: Case, slug: str) -> str:
    """Return what the button of a verb says."""
    if slug == "ablehnen" and of.proposal and of.proposal.proposed_by_id == of.user.pk:
        return "Eigenen Vorschlag zurückziehen"
    return (PROPOSALS if of.entry.round.four_eyes else {}).get(slug, TITLES[slug])


def checker(request: HttpRequest) -> User:
    """Return the person; raises PermissionDenied for whoever does not decide the formal check."""
    if not isinstance(request.user, User) or not permissions.may_check(request.user):
        raise PermissionDenied
    return request.user


# Through the queue -----------------------------------------------------------------------------------


def address(entry: UUID | None, flow: str) -> str:
    """Return the page on which somebody who goes through the queue decides about an entry; empty for None."""
    if entry is None:
        return ""
    return f"{reverse('admin:submissions_review', args=[entry])}?{urlencode({'reihe': flow})}"


def waiting(of: Case) -> Queue:
    """Return the part of the queue that the person goes through."""
    return Queue(of.entry.round, of.user, of.now, category="" if of.flow == ALL else of.flow)


def next_after(of: Case, here: Place | None) -> str:
    """Return the address of the next entry after the place `here` that is not this one; empty at the end."""
    return address(waiting(of).following(here, but=of.entry.pk), of.flow)


def turn(of: Case) -> Turn | None:
    """Return what the entry waits for; None where it is not in that part of the queue."""
    queued = waiting(of)
    return next(iter(queued.turns(queued.rows.filter(pk=of.entry.pk))), None)
